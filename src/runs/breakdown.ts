/** Where two runs differ: by tag and by case. Pure. */
import { compareRows, type Metric } from "../ladder/measure.ts";
import { corrected } from "../stats/corrected.ts";
import { valuesOf } from "../stats/values.ts";
import type { Answered, Case, CompareResult, Slice } from "../types.ts";

/** A case also flips, and is broken where it is a fall, when its value moves by more than this. */
const FLIP = 0.5;

/** Rows of both winners, and the cases that both were tested on. */
export interface Both {
  readonly a: readonly Answered[];
  readonly b: readonly Answered[];
  readonly cases: readonly Case[];
  readonly seed: number;
}

/** Every metric on the cases of each tag, the most frequent tag first. */
export function slicesOf(metrics: readonly Metric[], primary: string, both: Both): CompareResult["slices"] {
  const tags = Map.groupBy(
    both.cases.flatMap((kase) => [...new Set(kase.tags)].map((tag) => ({ tag, kase }))),
    ({ tag }) => tag,
  );
  const sliced = [...tags]
    .map(([tag, members]) => ({ tag, cases: members.map(({ kase }) => kase) }))
    .sort((x, y) => y.cases.length - x.cases.length || (x.tag < y.tag ? -1 : 1));
  const columns = metrics.map((metric) => ({
    name: metric.name,
    family: corrected(sliced.map(({ cases }) => compareRows(both.a, both.b, cases, metric, both.seed))),
  }));
  return Object.fromEntries(
    sliced.map(({ tag, cases }, at): readonly [string, Slice] => {
      const found = columns.flatMap(({ name, family }) =>
        family[at] === undefined || family[at].n === 0 ? [] : [[name, family[at]] as const],
      );
      const own = Object.fromEntries(found);
      return [tag, { n: cases.length, metrics: own, p_holm: own[primary]?.p_holm ?? null }];
    }),
  );
}

/** Losses first, the largest first; the answers shown are those of the first repeat. */
export function flipsOf(scorer: string, threshold: number | undefined, { a, b, cases }: Both): CompareResult["flips"] {
  const [before, after] = [valuesOf(a, scorer), valuesOf(b, scorer)];
  const bar = threshold ?? FLIP;
  const answers = (rows: readonly Answered[]): ReadonlyMap<string, string> =>
    new Map(
      rows
        .filter((row) => row.error === undefined)
        .toSorted((x, y) => y.repeat - x.repeat)
        .map((row) => [row.case, row.answer]),
    );
  const [answersA, answersB] = [answers(a), answers(b)];
  return cases
    .flatMap(({ id, fields }): CompareResult["flips"] => {
      const [x, y] = [before.get(id), after.get(id)];
      if (x === undefined || y === undefined) return [];
      if (x >= bar === y >= bar && Math.abs(y - x) <= FLIP) return [];
      const [answerA, answerB] = [answersA.get(id) ?? "", answersB.get(id) ?? ""];
      return [{ case: id, broken: x - y > FLIP, fields, a: { answer: answerA, value: x }, b: { answer: answerB, value: y } }];
    })
    .toSorted((x, y) => x.b.value - x.a.value - (y.b.value - y.a.value));
}
