/** Findings and their causes as a diagnosis: counts, examples, gains, and what to try next. Pure. */
import type { Bucket, DiagnosedCase, Diagnosis, Gain, PlannedRung } from "../../types.ts";
import { AXES, type Cause } from "./cause.ts";
import { WEAK } from "./doubt.ts";
import type { Finding } from "./finding.ts";
import { gainOf, gainOfBucket, repeatGain } from "./gains.ts";
import { probes } from "./probes/index.ts";
import repeat from "./probes/repeat.ts";

/** Examples of a bucket, and characters that are shown of a text. */
const EXAMPLES = 3;
const MOST_SHOWN = 500;
/** Cases that a sentence names. */
const NAMED = 5;

export function diagnosisOf(found: {
  readonly findings: readonly Finding[];
  /** Of each finding. */
  readonly causes: readonly Cause[];
  /** What reading answers leniently gains. */
  readonly reading: Gain | null;
  readonly failing: number;
  readonly total: number;
  readonly seed: number;
  readonly ladder: readonly PlannedRung[];
  readonly calls: number;
}): Diagnosis {
  const { findings, causes, reading, failing, total, ladder } = found;
  const scale = { share: failing / Math.max(1, total), seed: found.seed };
  const named = findings.map((finding, i) => ({ finding, cause: causes[i] as Cause }));
  const order = Object.keys(AXES);
  const groups = [...Map.groupBy(named, ({ cause }) => cause.bucket)].sort(
    ([x, a], [y, b]) => b.length - a.length || order.indexOf(x) - order.indexOf(y),
  );
  const buckets = groups.map(([bucket, members]) => ({
    bucket,
    axis: AXES[bucket],
    cases: members.map(({ finding }) => finding.kase.id),
    asks_for: rungsFor(bucket, ladder),
    gain: gainOfBucket(bucket, causes, findings, reading, scale),
    examples: members.slice(0, EXAMPLES).map(({ finding, cause }) => exampleOf(finding, cause)),
  }));
  const rows = probes.map(({ name, about }) => {
    const tried = findings.flatMap(({ tries }) => tries.get(name)?.[0] ?? []);
    return {
      probe: name,
      about,
      n: tried.length,
      passed: tried.filter(({ passed }) => passed).length,
      gain: gainOf(name, findings, scale),
    };
  });
  const first = findings.flatMap(({ repeats }) => repeats[0] ?? []);
  const all = [
    {
      probe: repeat.name,
      about: repeat.about,
      n: first.length,
      passed: first.filter(({ passed }) => passed).length,
      gain: repeatGain(findings, scale),
    },
    {
      probe: "lenient reading",
      about: "its answer read without regard to form, and graded again",
      n: reading === null ? 0 : findings.length,
      passed: findings.filter((finding) => finding.reading !== undefined).length,
      gain: reading,
    },
    ...rows,
  ];
  // What is at its ceiling is a result, and has a name.
  const ceiling = { bucket: "no headroom" as const, axis: null, cases: [], asks_for: [], gain: null, examples: [] };
  const counts = { probed: findings.length, failing, total };
  return {
    ...counts,
    buckets: failing === 0 && total > 0 ? [ceiling] : buckets,
    probes: all.filter(({ n }) => n > 0),
    calls: found.calls,
    next: nextOf(counts, buckets),
  };
}

/** The rungs of the ladder that say they treat this kind of failure. */
function rungsFor(bucket: Bucket, ladder: readonly PlannedRung[]): readonly string[] {
  return ladder.filter(({ stage }) => stage.treats?.includes(bucket) === true).map(({ name }) => name);
}

/** What to try next: the largest cause that a rung treats, the largest gain that was seen, and what no rung can mend. */
function nextOf({ probed, failing }: Pick<Diagnosis, "probed" | "failing">, buckets: Diagnosis["buckets"]): string {
  if (failing === 0) return "nothing fails on select: these cases show no headroom";
  if (probed === 0) return `none of the ${failing} failures was probed: too little of the budget is left for probes`;
  const share = ({ bucket, cases }: Diagnosis["buckets"][number]) => `${bucket} (${cases.length} of ${probed} probed failures)`;
  const treated = buckets.filter(({ asks_for }) => asks_for.length > 0);
  const [largest] = treated;
  const best = treated.toSorted((a, b) => (b.gain?.delta ?? 0) - (a.gain?.delta ?? 0))[0];
  const asked = [...new Set([largest, best])].flatMap((one) => {
    if (one === undefined) return [];
    return [`${share(one)} asks for ${one.asks_for.join(", ")}${one.gain === null ? "" : `, which could gain ${gainText(one.gain)}`}`];
  });
  const others = buckets.flatMap((one) => {
    const { bucket, cases, asks_for, examples } = one;
    if (bucket === "no headroom")
      return [`${share(one)}: the scorer does not pass their own expected answers; mend the scorer or the data`];
    if (bucket === "unstable") return [`${share(one)}: no rung mends chance; repeat answers, or lower the temperature`];
    if (bucket === "unexplained") return one === buckets[0] ? [`${share(one)}: look at ${some(cases)}`] : [];
    if (bucket !== "suspect label") return asks_for.length === 0 ? [`${share(one)}: no rung of this ladder treats it`] : [];
    const weak = examples.every(({ evidence }) => evidence.startsWith(WEAK)) ? ", on weak evidence" : "";
    return [`${share(one)}${weak}: look at ${some(cases)}`];
  });
  return [...asked, ...others].join("; ");
}

/** `+0.120 [0.031, 0.209]` */
export function gainText({ delta, low, high }: Gain): string {
  const [text, from, to] = [delta, low, high].map((value) => value.toFixed(3).replace(/^-0\.000$/u, "0.000"));
  return `${text?.startsWith("-") === true ? "" : "+"}${text} [${from}, ${to}]`;
}

function exampleOf({ kase, row }: Finding, { probe, evidence }: Cause): DiagnosedCase {
  return {
    case: kase.id,
    fields: Object.fromEntries(Object.entries(kase.fields).map(([name, text]) => [name, shown(text)])),
    expected: kase.expected ?? null,
    answer: shown(row.answer),
    ...(probe === undefined ? {} : { probe: { ...probe, answer: shown(probe.answer) } }),
    evidence,
  };
}

function shown(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

function some(ids: readonly string[]): string {
  return ids.length > NAMED ? `${ids.slice(0, NAMED).join(", ")} and ${ids.length - NAMED} more` : ids.join(", ");
}
