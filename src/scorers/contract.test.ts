/** One suite for every scorer: what a scorer promises, whatever it looks at. */
import { describe, expect, test } from "vitest";
import { createRegistry, faultOfPlugin } from "../registry.ts";
import type { Case, Json, Passage, Score, Scorer } from "../types.ts";
import { scorers } from "./index.ts";

interface Sample {
  readonly options: Record<string, unknown>;
  readonly expected: Json;
  readonly perfect: string;
  readonly wrong: string;
  /** Whether the scorer compares with the case's expected answer. */
  readonly compares: boolean;
  /** Whether an object is something that it can compare with. */
  readonly objects?: boolean;
}

/** An answer that is right and one that is wrong, for each scorer: a new scorer must add its own. */
const samples: Record<string, Sample> = {
  exact: { options: {}, expected: ["refund", "refunds"], perfect: "Refund", wrong: "return", compares: true, objects: true },
  "token-f1": { options: {}, expected: "within two working days", perfect: "Within two working days.", wrong: "never", compares: true },
  contains: { options: { mode: "all" }, expected: ["hold", "ten"], perfect: "Hold it ten seconds", wrong: "hold it", compares: true },
  regex: { options: { pattern: "^T-\\d+$" }, expected: null, perfect: "T-412", wrong: "ticket 412", compares: false },
  "json-schema": {
    options: { schema: { type: "object", required: ["label"] } },
    expected: null,
    perfect: '{"label": "refund"}',
    wrong: '{"labels": []}',
    compares: false,
  },
  number: { options: {}, expected: 42, perfect: "It is 42 km.", wrong: "41", compares: true },
  recall: { options: {}, expected: null, perfect: "", wrong: "", compares: false },
};

const passage: Passage = { id: "a.md#0", source: "a.md", title: "A", text: "…", score: 0.9 };
const answers = [
  "",
  " ",
  "\n",
  "0",
  "null",
  "{}",
  "NaN",
  "-",
  "\u0000",
  "\ud800",
  "北京。",
  "٣",
  "🙂",
  "((((",
  "1e999",
  "a".repeat(20_000),
  "9".repeat(400),
];
const references: readonly (Json | undefined)[] = [
  undefined,
  null,
  "",
  [],
  ["", "x"],
  0,
  -1.5,
  true,
  { a: 1 },
  [{ a: 1 }],
  [null],
  "[1]",
  "北京",
  "1e999",
];

/** Options are checked once and then used for many answers, as in a run. */
const parsed = new Map(scorers.map((scorer) => [scorer.name, scorer.options.parse(samples[scorer.name]?.options)]));

async function grade(scorer: Scorer, sample: Sample, answer: string, expected: Json | undefined): Promise<Score> {
  const kase: Case = { id: "c", fields: { question: "?" }, expected, sources: ["a.md"] };
  const options = parsed.get(scorer.name) ?? {};
  const passages = scorer.name === "recall" && answer === sample.perfect ? [passage] : [];
  return await scorer.score({ question: kase, answer, passages, retrieved: true }, kase, options);
}

test("the built-in scorers make a registry", () => {
  expect([...createRegistry(scorers).scorers.keys()]).toEqual(Object.keys(samples));
});

describe.each(scorers.map((scorer) => [scorer.name, scorer as Scorer] as const))("%s", (name, scorer) => {
  const sample = samples[name] as Sample;

  test("is a plugin with an axis and a line about it", () => {
    expect(faultOfPlugin(scorer)).toBeUndefined();
    expect(["context", "behaviour"]).toContain(scorer.axis);
    expect(scorer.about).toMatch(/^\S.{10,90}\S$/u);
  });

  test("has strict options", () => {
    expect(scorer.options.safeParse({ ...sample.options, ingore_case: true }).error?.issues[0]?.code).toBe("unrecognized_keys");
  });

  test("gives a right answer 1 and a wrong one less, with a reason", async () => {
    expect(await grade(scorer, sample, sample.perfect, sample.expected)).toMatchObject({ value: 1 });
    if (name === "recall") return; // its answer is the passages, see recall.test.ts
    const wrong = await grade(scorer, sample, sample.wrong, sample.expected);
    expect("value" in wrong && wrong.value < 1 && wrong.why !== "" && wrong.why !== undefined).toBe(true);
  });

  test("gives any answer against any reference a value in 0..1, an error or a skip, twice the same", async () => {
    for (const answer of answers)
      for (const reference of references) {
        const score = await grade(scorer, sample, answer, reference);
        expect(await grade(scorer, sample, answer, reference)).toEqual(score);
        if ("value" in score) expect(score.value >= 0 && score.value <= 1).toBe(true);
        else expect("error" in score ? score.error : score.skipped).toMatch(/\S/u);
      }
  });

  test("has an error, never a 0, where there is nothing to compare with", async () => {
    if (!sample.compares) return;
    const nothing = [undefined, null, [], [{ a: 1 }], [null], ...(sample.objects === true ? [] : [{ a: 1 }])];
    for (const reference of nothing) expect(await grade(scorer, sample, sample.perfect, reference)).toHaveProperty("error");
  });
});
