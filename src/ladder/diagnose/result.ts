/** Findings and their causes as a diagnosis: counts, examples, gains, and what to try next. Pure. */
import type { DiagnosedCase, Diagnosis, Gain, PlannedRung, TriedRung } from "../../types.ts";
import { AXES, STEADY, type Cause } from "./cause.ts";
import type { Finding } from "./finding.ts";
import { gainOf, gainOfBucket, repeatGain } from "./gains.ts";
import { probes } from "./probes/index.ts";
import repeat from "./probes/repeat.ts";
import { counts, partOf, untoldFor } from "./promise.ts";

/** Examples of a bucket, and characters that are shown of a text. */
const EXAMPLES = 3;
const MOST_SHOWN = 500;
/** Cases that a sentence names. */
const NAMED = 5;

export function diagnosisOf(found: {
  readonly findings: readonly Finding[];
  /** Of each finding. */
  readonly causes: readonly Cause[];
  readonly untold: Diagnosis["untold"];
  /** What reading answers leniently gains. */
  readonly reading: Gain | null;
  readonly failing: number;
  readonly total: number;
  readonly seed: number;
  readonly ladder: readonly PlannedRung[];
  readonly calls: number;
}): Diagnosis {
  const { findings, causes, untold, reading, failing, total, ladder } = found;
  const scale = { share: failing / Math.max(1, total), seed: found.seed };
  const named = findings.map((finding, i) => ({ finding, cause: causes[i] as Cause }));
  const order = Object.keys(AXES);
  const groups = [...Map.groupBy(named, ({ cause }) => cause.bucket)].sort(
    ([x, a], [y, b]) => b.length - a.length || order.indexOf(x) - order.indexOf(y),
  );
  const parts = groups.map(([bucket, members]) => ({
    bucket,
    axis: AXES[bucket],
    cases: members.map(({ finding }) => finding.kase.id),
    asks_for: [],
    gain: gainOfBucket(bucket, causes, findings, reading, scale),
    examples: members.slice(0, EXAMPLES).map(({ finding, cause }) => exampleOf(finding, cause)),
  }));
  const rows = probes.map(({ name, about, imitates }) => {
    const tried = findings.flatMap(({ tries }) => tries.get(name)?.[0] ?? []);
    return {
      probe: name,
      about,
      imitates,
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
  const shown = all.filter(({ n }) => n > 0);
  const buckets = parts.map((part) => ({ ...part, asks_for: rungsFor(part, shown, ladder) }));
  // What is at its ceiling is a result, and has a name.
  const ceiling = { bucket: "no headroom" as const, axis: null, cases: [], asks_for: [], gain: null, examples: [] };
  const counts = { probed: findings.length, failing, total };
  const whole = {
    ...counts,
    buckets: failing === 0 && total > 0 ? [ceiling] : buckets,
    probes: shown,
    ...(untold === undefined ? {} : { untold }),
    calls: found.calls,
  };
  return { ...whole, next: nextOf(whole, ladder) };
}

/** The diagnosis once rungs were tried on its program: what it recommends says so. */
export function withTried(diagnosis: Diagnosis, tried: readonly TriedRung[], ladder: readonly PlannedRung[]): Diagnosis {
  if (tried.length === 0) return diagnosis;
  const whole = { ...diagnosis, tried };
  return { ...whole, next: nextOf(whole, ladder) };
}

/** The largest cause, as others speak of a program that they tried. */
export function inShort({ buckets: [largest], probed }: Diagnosis): string | undefined {
  return largest === undefined || probed === 0 ? undefined : `${largest.bucket} (${largest.cases.length} of ${probed} probed failures)`;
}

type Part = Diagnosis["buckets"][number];

/** The rungs of the ladder that say they treat this kind of failure, those first whose probe gained most. */
function rungsFor(part: Part, rows: Diagnosis["probes"], ladder: readonly PlannedRung[]): readonly string[] {
  const gain = ({ stage }: PlannedRung) => partOf(stage, part, { probes: rows })?.delta ?? 0;
  return ladder
    .filter(({ stage }) => stage.treats?.includes(part.bucket) === true)
    .toSorted((a, b) => gain(b) - gain(a))
    .map(({ name }) => name);
}

/** What to try next: the largest cause that a rung treats, the largest gain that was seen, and what no rung can mend. */
function nextOf(diagnosis: Omit<Diagnosis, "next">, ladder: readonly PlannedRung[]): string {
  const { probed, failing, buckets, untold } = diagnosis;
  const tried = diagnosis.tried ?? [];
  if (failing === 0) return "nothing fails on select: these cases show no headroom";
  if (probed === 0) return `none of the ${failing} failures was probed: too little of the budget is left for probes`;
  const share = ({ bucket, cases }: Part) => `${bucket} (${cases.length} of ${probed} probed failures)`;
  const isOpen = (name: string) => !tried.some(({ rung }) => rung === name);
  const treated = buckets.filter((part) => part.asks_for.some(isOpen) && counts(part, diagnosis));
  const gainOf = (part: Part): Gain | null => gainIn(part, part.asks_for.find(isOpen), diagnosis, ladder);
  const [largest] = treated;
  const best = treated.toSorted((a, b) => (gainOf(b)?.delta ?? 0) - (gainOf(a)?.delta ?? 0))[0];
  const asked = [...new Set([largest, best])].flatMap((one) => {
    if (one === undefined) return [];
    const [first = "", ...more] = one.asks_for.filter(isOpen);
    const gain = gainOf(one);
    const others = more.map((name) => {
      const own = gainIn(one, name, diagnosis, ladder);
      return own === null || own.delta === gain?.delta ? name : `${name} (${gainText(own)})`;
    });
    const rest = others.length === 0 ? "" : `; ${gain === null ? "or" : "then"} ${others.join(", ")}`;
    return [`${share(one)} asks for ${first}${gain === null ? "" : `, which could gain ${gainText(gain)}`}${rest}`];
  });
  const spent = tried
    .filter(({ rung }) => buckets.some(({ asks_for }) => asks_for.includes(rung)))
    .map(({ rung, status, reason, fails }) => {
      if (status === "kept") return `${rung} is part of the program already: other options of it may do more`;
      return `${rung} was tried: rejected, ${reason}${fails === undefined ? "" : `; what fails with it is ${fails}`}`;
    });
  const others = buckets.flatMap((one) => {
    const { bucket, cases, asks_for, examples } = one;
    if (bucket === "no headroom")
      return [`${share(one)}: the scorer does not pass their own expected answers; mend the scorer or the data`];
    if (bucket === "unstable") return [`${share(one)}: no rung mends chance; repeat answers, or lower the temperature`];
    if (bucket === "unexplained") {
      const steady = examples.length > 0 && examples.every(({ evidence }) => evidence === STEADY);
      return one === buckets[0] || steady
        ? [`${share(one)}: look at ${some(cases)}${steady ? "; the same answer every time: it may be the labels" : ""}`]
        : [];
    }
    if (bucket === "suspect label") return [`${share(one)}: look at ${some(cases)}`];
    if (asks_for.length === 0) return [`${share(one)}: no rung of this ladder treats it`];
    return asks_for.some(isOpen) ? [] : [`${share(one)}: every rung of this ladder that treats it was tried`];
  });
  const blind = ladder.filter((planned) => isOpen(planned.name) && untoldFor(planned, diagnosis).length > 0).map(({ name }) => name);
  const unseen =
    untold === undefined || blind.length === 0
      ? []
      : [`${untold.buckets.join(" or ")} could not be probed in ${untold.cases}: ${blind.join(", ")} may tell`];
  return [...asked, ...others, ...spent, ...unseen].join("; ");
}

/** What a rung could gain in a bucket; what the bucket could where the ladder has no such rung. */
function gainIn(part: Part, rung: string | undefined, diagnosis: Omit<Diagnosis, "next">, ladder: readonly PlannedRung[]): Gain | null {
  const planned = ladder.find(({ name }) => name === rung);
  return planned === undefined ? part.gain : partOf(planned.stage, part, diagnosis);
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
