/** Laws of the scorers that compare texts, beyond those that every scorer keeps. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { eld } from "eld/extrasmall";
import type { Case, Counts, Json, Score, Scorer } from "../types.ts";
import bleu from "./bleu.ts";
import chrf from "./chrf.ts";
import cmrcF1 from "./cmrc-f1.ts";
import { labFor, turnOf } from "./lab.fixture.ts";
import language from "./language.ts";
import levenshtein from "./levenshtein.ts";
import rouge from "./rouge.ts";
import startsWith from "./starts-with.ts";
import weighted from "./weighted.ts";
import wordCount from "./word-count.ts";

type Options = Record<string, unknown>;

async function score(scorer: Scorer, answer: string, expected: Json, options: Options = {}): Promise<Score> {
  const kase: Case = { id: "c", fields: { question: "Wann antwortet der Support auf Fragen?" }, expected };
  return await scorer.score(turnOf(kase, answer), kase, scorer.options.parse(options), labFor(scorer));
}

async function valueOf(...given: Parameters<typeof score>): Promise<number | undefined> {
  const result = await score(...given);
  return "value" in result ? result.value : undefined;
}

const texts = [
  "no",
  "no no no no no",
  "The dog bit the man, twice.",
  "Costs rose 3.5% to $1,234.56 - a record!",
  "猫坐在垫子上。",
  "カメラです",
  "café — naïve",
  "",
  "…",
  "🙂 🙂",
  "\ud800",
];

const overlaps: readonly (readonly [Scorer, Options])[] = [
  ...["13a", "zh", "intl", "char", "none"].map((tokenize) => [bleu, { tokenize }] as const),
  ...["floor", "add-k", "none"].map((smooth_method) => [bleu, { smooth_method }] as const),
  [chrf, {}],
  [chrf, { word_order: 2, whitespace: true, beta: 1 }],
  ...["rouge1", "rouge2", "rougeL", "rougeLsum"].map((type) => [rouge, { type }] as const),
  [rouge, { stemmer: true }],
  [levenshtein, {}],
  [cmrcF1, {}],
  [cmrcF1, { metric: "em" }],
];

describe.each(overlaps.map(([scorer, options]) => [scorer.name, options, scorer] as const))("%s %j", (_, options, scorer) => {
  test("gives a text against itself 1, repeated words and empty texts included", async () => {
    for (const text of texts) expect(await valueOf(scorer, text, ["something else", text], options), text).toBe(1);
  });

  test("gives an empty answer 0 where an answer was wanted, and any answer 0 where none was", async () => {
    expect(await valueOf(scorer, "", "within two days", options)).toBe(0);
    expect(await valueOf(scorer, "within two days", "", options)).toBe(0);
  });

  test("never gives less when another answer is accepted too", async () => {
    const one = (await valueOf(scorer, "the dog bit a man", "a dog bit the man", options)) ?? Number.NaN;
    expect(await valueOf(scorer, "the dog bit a man", ["a dog bit the man", "a cat"], options)).toBeGreaterThanOrEqual(one);
  });
});

describe.each(overlaps.filter(([{ pool }]) => pool !== undefined).map(([scorer, options]) => [scorer.name, options, scorer] as const))(
  "%s %j pooled",
  (_, given, scorer) => {
    const options = scorer.options.parse(given);
    const countsOf = async (answer: string, expected: Json): Promise<Counts> => {
      const result = await score(scorer, answer, expected, given);
      return ("value" in result ? result.counts : undefined) ?? {};
    };

    test("over one case that is long enough is that case's value", async () => {
      const [answer, expected] = ["the dog bit a man there today", ["a dog bit the man here today", "the dog bit a woman"]];
      expect(scorer.pool?.(await countsOf(answer, expected), options)).toBeCloseTo(
        (await valueOf(scorer, answer, expected, given)) ?? 2,
        12,
      );
    });

    test("weights cases by their length, unlike the mean", async () => {
      const [long, short] = [
        await countsOf("one two three four five six seven eight", "one two three four five six seven eight"),
        await countsOf("x y", "one two"),
      ];
      const sum = Object.fromEntries(Object.entries(long).map(([name, count]) => [name, count + (short[name] ?? 0)]));
      expect(scorer.pool?.(sum, options)).toBeGreaterThan(0.5);
    });
  },
);

test("bleu clips each run by the most that any accepted answer has, and takes the nearest length", async () => {
  const given = await score(bleu, "the the the cat", ["the cat is on the mat", "the cat"], { tokenize: "none" });
  expect(given).toMatchObject({ counts: { shared_1: 3, runs_1: 4, wanted_words: 2 } });
});

test("bleu refuses a smoothing value that nothing would use", () => {
  expect(bleu.options.safeParse({ smooth_value: 0.5 }).success).toBe(false);
  expect(bleu.options.safeParse({ smooth_method: "floor", smooth_value: 0.5 }).success).toBe(true);
});

test("rouge takes letters of all scripts, and each Chinese character as a word", async () => {
  expect(await valueOf(rouge, "café", "caf")).toBe(0);
  expect(await valueOf(rouge, "新北市", "北市", { type: "rouge1" })).toBeCloseTo(0.8, 12);
  expect(await valueOf(rouge, "Он пришёл", "он пришёл домой", { type: "rouge2", metric: "recall" })).toBe(0.5);
});

test("rouge's stemmer joins forms of an English word", async () => {
  expect(await valueOf(rouge, "relational studies", "relations studied", { type: "rouge1" })).toBe(0);
  expect(await valueOf(rouge, "relational studies", "relate study", { type: "rouge1", stemmer: true })).toBe(1);
});

test("rougeLsum finds lines in any order, rougeL only one order", async () => {
  const [answer, expected] = ["one two three\nfour five six", "four five six\none two three"];
  expect(await valueOf(rouge, answer, expected, { type: "rougeLsum" })).toBe(1);
  expect(await valueOf(rouge, answer, expected, { type: "rougeL" })).toBe(0.5);
});

test("levenshtein counts code points, of composed letters, and case only where it is told not to", async () => {
  expect(await valueOf(levenshtein, "kitten", "sitting")).toBeCloseTo(4 / 7, 12);
  expect(await valueOf(levenshtein, "🙂🙂", "🙂🙃")).toBe(0.5);
  expect(await valueOf(levenshtein, " Zu\u0308rich\n", "Zürich")).toBe(1);
  expect(await valueOf(levenshtein, "ab", "AB")).toBe(0);
  expect(await valueOf(levenshtein, "ab", "AB", { ignore_case: true })).toBe(1);
  expect(await valueOf(levenshtein, "flaw lawn", ["x", "lawn flaw", "flaw"])).toBeCloseTo(5 / 9, 12);
});

test("cmrc-f1 takes the longest stretch only, in whichever place", async () => {
  expect(await valueOf(cmrcF1, "北市新", "新北市")).toBeCloseTo(2 / 3, 12);
  expect(await valueOf(cmrcF1, "《iPhone 4S》", "iphone 4s", { metric: "em" })).toBe(1);
  expect(await valueOf(cmrcF1, "共 3.5 億元", "3.5億元")).toBeCloseTo(6 / 7, 12);
});

test("starts-with looks at the start alone", async () => {
  expect(await valueOf(startsWith, "\n NO, never", ["yes", "no"])).toBe(1);
  expect(await valueOf(startsWith, "NO", "no", { ignore_case: false })).toBe(0);
  expect(await valueOf(startsWith, "Dear customer, no.", "no", { value: "dear" })).toBe(1);
  expect(await valueOf(startsWith, "anything", "")).toBeUndefined();
});

test("word-count has both limits inside, and counts Chinese characters as words", async () => {
  expect(await valueOf(wordCount, "state-of-the-art – really!", null, { min: 2, max: 2 })).toBe(1);
  expect(await valueOf(wordCount, "按住按鈕十秒。", null, { min: 6, max: 6 })).toBe(1);
  expect(await valueOf(wordCount, " 🙂a ", null, { unit: "characters", max: 2 })).toBe(1);
  expect(await valueOf(wordCount, "", null, { min: 1 })).toBe(0);
  expect(await valueOf(wordCount, "two words", null, { max: 0 })).toBe(0);
  for (const options of [{}, { min: 3, max: 2 }, { max: -1 }]) expect(wordCount.options.safeParse(options).success).toBe(false);
});

describe("language", () => {
  const german = "Eine Antwort kommt nach zwei Tagen.";

  test("knows the languages that its statistics know, and refuses others", () => {
    const { properties } = z
      .object({ properties: z.object({ language: z.object({ enum: z.array(z.string()) }) }) })
      .parse(z.toJSONSchema(language.options));
    expect(properties.language.enum).toEqual(Object.values(eld.info().Languages));
    expect(language.options.safeParse({ language: "tlh" }).success).toBe(false);
    expect(language.options.safeParse({ language: "de", field: "question" }).success).toBe(false);
  });

  test("takes the wanted one from an option, an input field, or the expected answers", async () => {
    expect(await valueOf(language, german, null, { language: "de" })).toBe(1);
    expect(await score(language, "It answers within two working days.", null, { language: "de" })).toMatchObject({
      value: 0,
      why: expect.stringContaining("en"),
    });
    expect(await valueOf(language, german, null, { field: "question" })).toBe(1);
    expect(await valueOf(language, "我們會在兩天內回覆你", "支援部門會在兩個工作日內回覆")).toBe(1);
    expect(await valueOf(language, german, "It answers within two working days.")).toBe(0);
    expect(await score(language, german, null, { field: "langauge" })).toHaveProperty("error");
  });

  test("does not judge what is too short to tell, addresses and numbers included, or what reads as two languages alike", async () => {
    for (const answer of [
      "",
      "OK",
      "Ja, bitte.",
      "42",
      "https://example.org/eine/antwort/kommt/nach/zwei/tagen",
      "antwort.nach.zwei.tagen@example.org",
    ])
      expect(await score(language, answer, null, { language: "de" }), answer).toHaveProperty("skipped");
    expect(await score(language, german, "Berlin")).toHaveProperty("skipped");
    expect(await score(language, "Han kommer hjem i morgen", null, { language: "da" })).toHaveProperty("skipped");
  });
});

describe("weighted", () => {
  const of = { a: 3, b: 1 };
  const on = async (scores: Record<string, Score>, options: Options = { of }): Promise<Score> => {
    const kase = { id: "c", fields: {} };
    return await weighted.score(turnOf(kase, ""), kase, weighted.options.parse(options), labFor(weighted, { scores }));
  };

  test("is the mean by weight of the values that there are", async () => {
    expect(await on({ a: { value: 0.5 }, b: { value: 1 } })).toMatchObject({ value: 0.625 });
    expect(await on({ a: { value: 0.5 }, b: { skipped: "nothing retrieved" } })).toMatchObject({ value: 0.5 });
    expect(await on({ a: { value: 1 }, b: { value: 1 } }, { of: { a: 0.1, b: 0.7 } })).toMatchObject({ value: 1 });
  });

  test("has an error where one of them has, and none where none applies", async () => {
    expect(await on({ a: { value: 1 }, b: { error: "no reply" } })).toEqual({ error: "b: no reply" });
    expect(await on({ a: { value: 1 } })).toHaveProperty("error");
    expect(await on({ a: { skipped: "x" }, b: { skipped: "y" } })).toHaveProperty("skipped");
  });

  test("refuses weights that are none", () => {
    for (const weights of [{}, { a: 0 }, { a: -1 }, { a: "1" }]) expect(weighted.options.safeParse({ of: weights }).success).toBe(false);
  });
});
