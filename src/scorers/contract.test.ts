/** One suite for every scorer: what a scorer promises, whatever it looks at. */
import { describe, expect, test } from "vitest";
import { messageOf } from "../errors.ts";
import { createRegistry, faultOfPlugin } from "../registry.ts";
import type { Case, Counts, Graded, Json, Passage, Score, Scorer } from "../types.ts";
import { scorers as all } from "./index.ts";
import { judges } from "./judge/index.ts";
import { labFor, turnOf } from "./lab.fixture.ts";

interface Sample {
  readonly options: Record<string, unknown>;
  readonly expected: Json;
  readonly perfect: string;
  readonly wrong: string;
  /** Whether the scorer compares with the case's expected answer. */
  readonly compares: boolean;
  /** Whether an object is something that it can compare with. */
  readonly objects?: boolean;
  /** What the turns hold besides the answer, for a scorer that looks at that. */
  readonly turns?: { readonly perfect: Partial<Graded>; readonly wrong: Partial<Graded> };
  /** Scores of other scorers, and files, that the lab has. */
  readonly known?: { readonly perfect: Parameters<typeof labFor>[1]; readonly wrong: Parameters<typeof labFor>[1] };
  /** The scorer needs a model or a program, so that there is no value here: a right and a wrong answer are shown in its own tests. */
  readonly outside?: true;
}

const passage: Passage = { id: "a.md#0", source: "a.md", title: "A", text: "…", score: 0.9 };

const retrieval: Sample = {
  options: {},
  expected: null,
  perfect: "found",
  wrong: "nothing found",
  compares: false,
  turns: { perfect: { passages: [passage], retrieved: true }, wrong: { passages: [], retrieved: true } },
};

const LABELS = { "labels.csv": "case,value,answer\nc,1,right\nc,0.2,wrong\n" };

/** An answer that is right and one that is wrong, for each scorer: a new scorer must add its own, in any place. */
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
  "starts-with": { options: {}, expected: ["No", "Never"], perfect: "No: ask first.", wrong: "The answer is no.", compares: true },
  levenshtein: { options: {}, expected: "Invoice 2041-B", perfect: "Invoice 2041-B", wrong: "lnvoice 2O41-B", compares: true },
  "cmrc-f1": { options: {}, expected: ["新北市", "新北"], perfect: "新北市。", wrong: "北市", compares: true },
  bleu: {
    options: {},
    expected: ["It was not unexpected.", "No one was surprised."],
    perfect: "No one was surprised.",
    wrong: "It wasn't surprising.",
    compares: true,
  },
  chrf: { options: {}, expected: "Liðin hafa öll sömu getu.", perfect: "Liðin hafa öll sömu getu.", wrong: "Liðin keppa.", compares: true },
  rouge: {
    options: {},
    expected: "the council approved it",
    perfect: "The council approved it.",
    wrong: "It was approved",
    compares: true,
  },
  "word-count": { options: { max: 2 }, expected: null, perfect: "two words", wrong: "these are four words", compares: false },
  language: {
    options: { language: "de" },
    expected: null,
    perfect: "Eine Antwort kommt nach zwei Tagen.",
    wrong: "Within two working days.",
    compares: false,
  },
  weighted: {
    options: { of: { f1: 3, format: 1 } },
    expected: null,
    perfect: "right",
    wrong: "wrong",
    compares: false,
    known: {
      perfect: { scores: { f1: { value: 1 }, format: { skipped: "not JSON" } } },
      wrong: { scores: { f1: { value: 0.5 }, format: { value: 1 } } },
    },
  },
  number: { options: {}, expected: 42, perfect: "It is 42 km.", wrong: "41", compares: true },
  human: {
    options: { file: "labels.csv" },
    expected: null,
    perfect: "right",
    wrong: "wrong",
    compares: false,
    known: { perfect: { files: LABELS }, wrong: { files: LABELS } },
  },
  command: { options: { argv: ["./check"] }, expected: null, perfect: "right", wrong: "wrong", compares: false, outside: true },
  python: { options: { file: "check.py" }, expected: null, perfect: "right", wrong: "wrong", compares: false, outside: true },
  json: { options: {}, expected: null, perfect: '{"label": "refund"}', wrong: "{label: refund}", compares: false },
  "json-fields": {
    options: {},
    expected: { people: "5", time: "6" },
    perfect: '{"time": "6", "people": "5"}',
    wrong: '{"people": "5", "day": "today"}',
    compares: true,
    objects: true,
  },
  "tool-call": {
    options: {},
    expected: { name: "weather", arguments: { city: "Lyon" } },
    perfect: '[{"name": "weather", "arguments": {"city": "Lyon"}}]',
    wrong: "It rains in Lyon.",
    compares: true,
  },
  sql: {
    options: { dialect: "sqlite", same_as_expected: true },
    expected: "SELECT name FROM singer",
    perfect: "select name from singer;",
    wrong: "SELECT name FORM singer",
    compares: true,
  },
  classification: { options: { metric: "f1" }, expected: ["refund", "return"], perfect: "Return", wrong: "billing", compares: true },
  ...Object.fromEntries(["recall", "precision", "hit", "mrr", "map", "ndcg"].map((name) => [name, retrieval])),
  latency: {
    options: { max_ms: 100 },
    expected: null,
    perfect: "fast",
    wrong: "slow",
    compares: false,
    turns: { perfect: { ms: 100 }, wrong: { ms: 101 } },
  },
  cost: {
    options: { max_usd: 0.01 },
    expected: null,
    perfect: "cheap",
    wrong: "dear",
    compares: false,
    turns: { perfect: { list_usd: 0.01 }, wrong: { list_usd: 0.02 } },
  },
  tokens: {
    options: { max: 10 },
    expected: null,
    perfect: "short",
    wrong: "long",
    compares: false,
    turns: { perfect: { usage: { in: 5, out: 5 } }, wrong: { usage: { in: 5, out: 6 } } },
  },
  refusal: { options: {}, expected: null, perfect: "I’m sorry, but I can’t help with that.", wrong: "No, it is not.", compares: false },
};

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

/** Judges have a suite of their own, with models to ask. */
const scorers = all.filter(({ name }) => !judges.some((judge) => judge.name === name));
const rows = scorers.flatMap((scorer) => {
  const sample = samples[scorer.name];
  return sample === undefined ? [] : [[scorer.name, scorer as Scorer, sample] as const];
});

/** Options are checked once and then used for many answers, as in a run. */
const parsed = new Map(rows.map(([name, scorer, { options }]) => [name, scorer.options.parse(options)]));

/** A scorer that asks outside may throw, which a run records as an error; any other must not. */
async function grade(scorer: Scorer, sample: Sample, answer: string, expected: Json | undefined): Promise<Score> {
  const kase: Case = { id: "c", fields: { question: "?" }, expected, sources: ["a.md"] };
  const options = parsed.get(scorer.name) ?? {};
  const side = answer === sample.perfect ? "perfect" : "wrong";
  const turn = turnOf(kase, answer, sample.turns?.[side]);
  const lab = labFor(scorer, sample.known?.[side]);
  if (sample.outside !== true) return await scorer.score(turn, kase, options, lab);
  try {
    return await scorer.score(turn, kase, options, lab);
  } catch (error) {
    return { error: messageOf(error) };
  }
}

test("the built-in scorers make a registry, and each has a sample here", () => {
  expect(new Set(createRegistry(scorers).scorers.keys())).toEqual(new Set(Object.keys(samples)));
});

describe.each(rows)("%s", (_, scorer, sample) => {
  test("is a plugin with an axis and a line about it", () => {
    expect(faultOfPlugin(scorer)).toBeUndefined();
    expect(["context", "behaviour"]).toContain(scorer.axis);
    expect(scorer.about).toMatch(/^\S.{10,90}\S$/u);
  });

  test("has strict options", () => {
    expect(scorer.options.safeParse({ ...sample.options, ingore_case: true }).error?.issues[0]?.code).toBe("unrecognized_keys");
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
});

const inside = rows.filter(([, , { outside }]) => outside !== true);
const outside = rows.filter(([, , sample]) => sample.outside === true);

test.each(inside)("%s gives a right answer 1 and a wrong one less, with a reason", async (_, scorer, sample) => {
  expect(await grade(scorer, sample, sample.perfect, sample.expected)).toMatchObject({ value: 1 });
  const wrong = await grade(scorer, sample, sample.wrong, sample.expected);
  expect("value" in wrong && wrong.value < 1 && wrong.why !== "" && wrong.why !== undefined).toBe(true);
});

test.each(outside)("%s has no value, right or wrong, where there is nothing to ask", async (_, scorer, sample) => {
  for (const answer of [sample.perfect, sample.wrong])
    expect(await grade(scorer, sample, answer, sample.expected)).not.toHaveProperty("value");
});

test.each(rows.filter(([, , { compares }]) => compares))(
  "%s has an error, never a 0, where there is nothing to compare with",
  async (_, scorer, sample) => {
    const nothing = [undefined, null, [], [{ a: 1 }], [null], ...(sample.objects === true ? [] : [{ a: 1 }])];
    for (const reference of nothing) expect(await grade(scorer, sample, sample.perfect, reference)).toHaveProperty("error");
  },
);

test.each(inside.filter(([, { pool }]) => pool !== undefined))(
  "%s pools counts to a value in 0..1 in any order of cases, and to 1 where all answers are right",
  async (_, scorer, sample) => {
    const pooled = (all: readonly Counts[]): number => scorer.pool?.(added(all), parsed.get(scorer.name) ?? {}) ?? Number.NaN;
    const countsOf = async (answer: string): Promise<Counts> => {
      const score = await grade(scorer, sample, answer, sample.expected);
      return ("value" in score ? score.counts : undefined) ?? {};
    };
    const right = await countsOf(sample.perfect);
    const all = [right, ...(await Promise.all([sample.wrong, ...answers].map(countsOf)))];
    expect(pooled([right])).toBe(1);
    expect(pooled([right, right])).toBe(1);
    expect(pooled(all) > 0 && pooled(all) < 1).toBe(true);
    expect(pooled(all.toReversed())).toBe(pooled(all));
  },
);

function added(all: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const counts of all) for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}
