import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Case, Passage, Score, Scorer } from "../types.ts";
import hitScorer from "./hit.ts";
import { labFor, turnOf } from "./lab.fixture.ts";
import mapScorer from "./map.ts";
import mrrScorer from "./mrr.ts";
import ndcgScorer from "./ndcg.ts";
import precisionScorer from "./precision.ts";
import { averagePrecision, hit, ndcg, precision, type Ranking, recall, reciprocalRank } from "./ranking.ts";
import recallScorer from "./recall.ts";

const folder = new URL("../../../shared/data/metrics/trec_eval/", import.meta.url);
const has = existsSync(folder);
if (!has) console.warn("skipped: trec_eval's reference values are not beside the repository");

describe.skipIf(!has)("trec_eval", () => {
  const lines = (file: string): (readonly string[])[] =>
    readFileSync(new URL(file, folder), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/u));

  /** As trec_eval ranks: by score, and equal scores by name backwards. */
  const rankings = (): ReadonlyMap<string, Ranking> => {
    const relevant = lines("qrels.test").filter(([, , , grade]) => Number(grade) > 0);
    const run = Map.groupBy(lines("results.test"), ([query = ""]) => query);
    return new Map(
      [...run].map(([query, rows]) => [
        query,
        {
          ranked: rows
            .map(([, , document = "", , score]) => ({ document, score: Number(score) }))
            .toSorted((a, b) => b.score - a.score || (a.document < b.document ? 1 : -1))
            .map(({ document }) => document),
          groups: relevant.filter(([other]) => other === query).map(([, , document = ""]) => [document]),
        },
      ]),
    );
  };

  const metrics: Readonly<Record<string, (ranking: Ranking) => number>> = {
    map: averagePrecision,
    recip_rank: reciprocalRank,
    ndcg,
    ...Object.fromEntries([5, 10, 15, 20, 30, 100, 200, 500, 1000].map((k) => [`P_${k}`, (ranking: Ranking) => precision(ranking, k)])),
    ...Object.fromEntries([5, 10, 15, 20, 30, 100, 200, 500, 1000].map((k) => [`recall_${k}`, (ranking: Ranking) => recall(ranking, k)])),
    ...Object.fromEntries([5, 10, 15, 20, 30, 100, 200, 500, 1000].map((k) => [`ndcg_cut_${k}`, (ranking: Ranking) => ndcg(ranking, k)])),
    ...Object.fromEntries([1, 5, 10].map((k) => [`success_${k}`, (ranking: Ranking) => hit(ranking, k)])),
    set_P: precision,
    set_recall: recall,
  };

  test("gives the same values for each query and over all of them, to the digits that it prints", () => {
    const found = rankings();
    const printed = lines("out.test.aq").filter(([name = ""]) => name in metrics);
    expect(printed).toHaveLength(Object.keys(metrics).length * (found.size + 1));
    for (const [name = "", query = "", value] of printed) {
      const values = [...found].flatMap(([id, ranking]) => (query === "all" || query === id ? [metrics[name]?.(ranking) ?? NaN] : []));
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      expect(mean.toFixed(4), `${name} of ${query}`).toBe(value);
    }
  });

  test("has another map_cut, which divides by all relevant documents: ours is at least as high, and the same where all fit in k", () => {
    for (const [query, ranking] of rankings()) {
      for (const [name = "", of, value] of lines("out.test.aq")) {
        const k = Number(/^map_cut_(\d+)$/u.exec(name)?.[1]);
        if (of !== query || Number.isNaN(k)) continue;
        const ours = averagePrecision(ranking, k) * (Math.min(ranking.groups.length, k) / ranking.groups.length);
        expect(ours.toFixed(4), `${name} of ${query}`).toBe(value);
      }
    }
  });
});

const all = { recall, precision, hit, reciprocalRank, averagePrecision, ndcg };

test.each(Object.entries(all))(
  "%s is 0..1, 1 for the best order of all that is needed, and never falls when a hit moves up",
  (_, metric) => {
    const documents = ["a", "b", "c", "d", "e"];
    const groups = [["a", "b"], ["c"]];
    for (const ranked of permutations(documents)) {
      for (const k of [1, 2, 3, 5, 9, undefined]) {
        const value = metric({ ranked, groups }, k);
        expect(value >= 0 && value <= 1).toBe(true);
        // A document that is in no group, swapped with the one below it, which is in one.
        const [first = "", second = ""] = ranked;
        if (groups.flat().includes(first) || !groups.flat().includes(second)) continue;
        expect(metric({ ranked: [second, first, ...ranked.slice(2)], groups }, k)).toBeGreaterThanOrEqual(value - 1e-12);
      }
    }
    expect(metric({ ranked: ["b", "c"], groups }, 2)).toBe(1);
    expect(metric({ ranked: ["d", "e"], groups }, 2)).toBe(0);
  },
);

test("one document of a group is enough, and another of it brings nothing new", () => {
  const groups = [["a", "b"], ["c"]];
  expect(recall({ ranked: ["a", "b"], groups })).toBe(0.5);
  expect(recall({ ranked: ["b", "c"], groups })).toBe(1);
  expect(averagePrecision({ ranked: ["a", "b", "c"], groups })).toBeCloseTo((1 + 2 / 3) / 2, 12);
  expect(ndcg({ ranked: ["a", "b", "c"], groups })).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3)), 12);
  expect(precision({ ranked: ["a", "b", "c"], groups })).toBe(1);
});

test("precision@k divides by k although fewer were retrieved", () => {
  expect(precision({ ranked: ["a"], groups: [["a"]] }, 4)).toBe(0.25);
  expect(precision({ ranked: ["a", "b"], groups: [["a"]] })).toBe(0.5);
});

describe.each<[string, Scorer]>([
  ["recall", recallScorer],
  ["precision", precisionScorer],
  ["hit", hitScorer],
  ["mrr", mrrScorer],
  ["map", mapScorer],
  ["ndcg", ndcgScorer],
])("%s", (_, scorer) => {
  const score = async (sources: Pick<Case, "sources" | "sourceGroups">, found: readonly string[], retrieved?: boolean): Promise<Score> => {
    const kase = { id: "c", fields: {}, ...sources };
    const passages = found.map((source, i): Passage => ({ id: `${source}#${i}`, source, title: "", text: "", score: 1 }));
    return await scorer.score(turnOf(kase, "", { passages, retrieved }), kase, scorer.options.parse({}), labFor(scorer));
  };

  test("counts documents, not passages, and a source once", async () => {
    expect(await score({ sources: ["a.md", "b.md", "a.md"] }, ["a.md", "a.md", "a.md", "b.md"])).toEqual({ value: 1 });
  });

  test("is satisfied by one source of each group", async () => {
    const groups = { sources: ["a.md", "b.md", "c.md"], sourceGroups: [["a.md", "b.md"], ["c.md"]] };
    expect(await score(groups, ["b.md", "c.md"])).toEqual({ value: 1 });
    expect(await score(groups, ["x.md"])).toMatchObject({ value: 0, why: expect.stringContaining("a.md or b.md, c.md") });
  });

  test("does not apply without sources or retrieval, and is 0 where retrieval found nothing", async () => {
    expect(await score({}, ["a.md"])).toHaveProperty("skipped");
    expect(await score({ sources: [] }, ["a.md"])).toHaveProperty("skipped");
    expect(await score({ sources: ["a.md"] }, [])).toHaveProperty("skipped");
    expect(await score({ sources: ["a.md"] }, [], true)).toMatchObject({ value: 0 });
  });
});

function permutations(items: readonly string[]): readonly (readonly string[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
