/** Why do cases fail? Asked by experiment: each failing select case meets probes, and the first that helps names its bucket. */
import { EndpointFault } from "../errors.ts";
import { answer, ask, gatherWith, ready } from "../program/answer.ts";
import { nearest, wantedAnswer } from "../program/demos.ts";
import { plain } from "../program/text.ts";
import { nothing } from "../spend.ts";
import type { Registry } from "../registry.ts";
import { valuesOf } from "../stats/values.ts";
import type { Answered, Axis, Bucket, Case, Demo, Diagnosis, Experiment, Passage, PlannedRung, Program, Spend, Turn } from "../types.ts";
import { asUserError, gradedOf } from "./answerer.ts";
import { endsRun, type Grade } from "./grade.ts";
import type { Meter } from "./meter.ts";
import { mapPool } from "./pool.ts";

/** Failing cases that are probed at the most, and demonstrations that the behaviour probe shows. */
export const MOST_PROBED = 30;
const PROBE_DEMOS = 4;

export const AXES: Readonly<Record<Bucket, Axis | null>> = {
  "missing knowledge": "context",
  "wrong retrieval": "context",
  "ignored context": "behaviour",
  format: "behaviour",
  behaviour: "behaviour",
  unstable: null,
  unexplained: null,
};

/**
 * Probes, in this order: a lenient scorer (the answer is there, only its form is wrong), a repeat (the same question passes on
 * another try), gold passages in the context (knowledge was missing, wrongly retrieved, or there and ignored), demonstrations
 * (it knows, but does not act as wanted). Cases are taken in the order of `cases`, which is seeded.
 */
export async function diagnose(options: {
  readonly program: Program;
  readonly cases: readonly Case[];
  readonly rows: readonly Answered[];
  readonly train: readonly Case[];
  readonly experiment: Pick<Experiment, "scorers" | "primary" | "ladder" | "repeat">;
  readonly registry: Registry;
  /** Passages of a document, in order; undefined where there is no knowledge. */
  readonly passagesOf: ((document: string) => readonly Passage[]) | undefined;
  readonly meter: Meter;
  readonly grade: Grade;
  readonly record: (spend: Spend) => void;
  readonly width: number;
  readonly watch: (done: number, total: number) => void;
}): Promise<Diagnosis> {
  const { program, cases, rows, experiment, record } = options;
  const { stages } = options.registry;
  const threshold = experiment.scorers.find(({ name }) => name === experiment.primary)?.threshold ?? 1;
  const values = valuesOf(rows, experiment.primary);
  const failing = cases.filter((kase) => (values.get(kase.id) ?? 1) < threshold);
  const probed = failing.slice(0, MOST_PROBED);
  const pool = options.train.flatMap((kase): Demo[] => {
    const wanted = wantedAnswer(kase);
    return wanted === undefined ? [] : [{ id: kase.id, fields: kase.fields, answer: wanted }];
  });
  const { lab } = options.meter.open({ record });
  // A repeat that no answer of the run has, so that it is really asked again.
  const { lab: again } = options.meter.open({ record, repeat: experiment.repeat });

  /** Whether the case passes when it is answered so. A probe whose call fails shows nothing, unless no other call can go better. */
  const passes = async (kase: Case, answered: () => Promise<Turn>): Promise<boolean> => {
    try {
      const { scores } = await options.grade(gradedOf(await answered(), nothing, 0), kase, { record });
      const score = scores[experiment.primary];
      return score !== undefined && "value" in score && score.value >= threshold;
    } catch (error) {
      if (error instanceof EndpointFault && !endsRun(error)) return false;
      throw asUserError(error);
    }
  };

  const bucketOf = async (kase: Case): Promise<Bucket> => {
    const row = rows.find((one) => one.case === kase.id);
    if (row === undefined) return "unexplained";
    if (holdsAnswer(row.answer, kase)) return "format";
    if (await passes(kase, () => answer(ready(program, stages), kase, again))) return "unstable";
    const sources = kase.sources ?? [];
    const gold = sources.flatMap((source) => options.passagesOf?.(source) ?? []);
    const shown = new Set(row.passages.map((passage) => passage.source));
    if (gold.length > 0 && (await passes(kase, () => ask(gatherWith({ ...program, steps: [] }, kase, gold), lab)))) {
      if (row.passages.length === 0) return "missing knowledge";
      return sources.every((source) => shown.has(source)) ? "ignored context" : "wrong retrieval";
    }
    const showing = async () => ({ ...program, demos: (await nearest(kase, pool, PROBE_DEMOS, lab)).toReversed() });
    if (pool.length > 0 && (await passes(kase, async () => answer(ready(await showing(), stages), kase, lab)))) return "behaviour";
    return "unexplained";
  };

  let done = 0;
  const found = await mapPool(probed, options.width, async (kase) => {
    const bucket = await bucketOf(kase);
    options.watch(++done, probed.length);
    return { bucket, id: kase.id };
  });
  const groups = [...Map.groupBy(found, ({ bucket }) => bucket)].sort(([, a], [, b]) => b.length - a.length);
  const buckets = groups.map(([bucket, members]) => ({
    bucket,
    axis: AXES[bucket],
    cases: members.map(({ id }) => id),
    asks_for: rungsFor(bucket, experiment.ladder),
  }));
  return { probed: probed.length, failing: failing.length, total: cases.length, buckets, next: nextOf(buckets, probed.length) };
}

/** The rungs of the ladder that say they treat this kind of failure. */
function rungsFor(bucket: Bucket, ladder: readonly PlannedRung[]): readonly string[] {
  return ladder.filter(({ stage }) => stage.treats?.includes(bucket) === true).map(({ name }) => name);
}

/** The sentence that names what to try next; it says how few cases it rests on. */
function nextOf(buckets: Diagnosis["buckets"], probed: number): string {
  if (probed === 0) return "nothing fails on select: these cases show no headroom";
  const treated = buckets.find(({ asks_for }) => asks_for.length > 0);
  const cause =
    treated === undefined ? "" : `${treated.bucket} (${treated.cases.length} of ${probed} probed) asks for ${treated.asks_for.join(", ")}`;
  const [largest] = buckets;
  if (treated !== undefined && largest === treated) return cause;
  const rest = `${largest?.cases.length ?? 0} of ${probed} probed failures are ${largest?.bucket ?? "unexplained"}: no rung of this ladder treats that, look at the cases`;
  return treated === undefined ? rest : `${rest}; ${cause}`;
}

/**
 * Whether an accepted answer stands in the answer once case, punctuation and spacing are set aside: as whole words, or anywhere
 * in scripts that are written without spaces.
 */
function holdsAnswer(given: string, kase: Case): boolean {
  const expected = Array.isArray(kase.expected) ? kase.expected : [kase.expected];
  const text = plain(given);
  return expected.some((one) => {
    const wanted = typeof one === "string" ? plain(one) : "";
    if (wanted === "") return false;
    return UNSPACED.test(wanted) ? text.includes(wanted) : ` ${text} `.includes(` ${wanted} `);
  });
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
