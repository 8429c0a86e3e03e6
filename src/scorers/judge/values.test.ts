/** What each judge's value is made of, by judges whose verdicts are known. */
import { describe, expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { seeded } from "../../stats/random.ts";
import type { Case, Passage, Score, Scorer, ScoreLab } from "../../types.ts";
import answerAccuracy from "./answer-accuracy.ts";
import answerCorrectness from "./answer-correctness.ts";
import answerRelevancy from "./answer-relevancy.ts";
import closedQa from "./closed-qa.ts";
import contextPrecision from "./context-precision.ts";
import contextRecall from "./context-recall.ts";
import { askedIn, blockIn, court, honest, scored, type Judge } from "./court.fixture.ts";
import factualCorrectness from "./factual-correctness.ts";
import factuality from "./factuality.ts";
import faithfulness from "./faithfulness.ts";
import gEval from "./g-eval.ts";
import { judges } from "./index.ts";
import noiseSensitivity from "./noise-sensitivity.ts";
import pairwise from "./pairwise.ts";
import rubric from "./rubric.ts";

/** The score, and how many calls it took. */
async function graded(
  scorer: Scorer,
  judge: Judge,
  given: {
    readonly options?: Readonly<Record<string, unknown>>;
    readonly answer?: string;
    readonly expected?: Case["expected"];
    readonly passages?: readonly string[];
    readonly retrieved?: boolean;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): Promise<{ readonly score: Score; readonly calls: number; readonly prompts: readonly string[] }> {
  const { options = {}, answer = "Austen wrote it.", expected = null, passages, files = {}, retrieved = true } = given;
  const { lab, seen } = await court(scorer, judge, { files });
  const turn = passages === undefined ? {} : { passages: passages.map(passageOf) };
  const score = await scored(scorer, lab, options, answer, { ...turn, retrieved, expected });
  const chats = seen.filter(({ path }) => path.endsWith("/completions"));
  return { score, calls: seen.length, prompts: chats.map((request) => askedIn(request).prompt) };
}

function passageOf(text: string, index: number): Passage {
  return { id: `p#${index}`, source: "p", title: `P${index}`, text, score: 1 };
}

const says =
  (reply: unknown): Judge =>
  () =>
    JSON.stringify(reply);

describe("a grade is mapped from its scale to 0..1", () => {
  test.each([
    [[1, 5], 1, 0],
    [[1, 5], 4, 0.75],
    [[0, 10], 7, 0.7],
    [[-2, 2], -1, 0.25],
    [[0, 100], 33, 0.33],
  ])("rubric of %j, grade %d -> %d", async (scale, grade, value) => {
    const { score, calls } = await graded(rubric, says({ reason: "so", grade }), { options: { criteria: "?", scale } });
    expect(score).toEqual({ value, why: `grade ${grade}: so` });
    expect(calls).toBe(1);
  });

  test.each([[[5, 1]], [[1, 1]], [[0, 1000]], [[0.5, 2]]])("%j is no scale", (scale) => {
    expect(rubric.options.safeParse({ criteria: "?", scale }).success).toBe(false);
  });

  test("g-eval averages its samples", async () => {
    const grades = [4, 5, 4];
    const judge: Judge = ({ n }) => JSON.stringify({ reason: "so", grade: grades[n - 1] });
    const { score, prompts } = await graded(gEval, judge, { options: { criteria: "?", steps: ["Read.", "Think."] } });
    expect(score).toMatchObject({ value: (0.75 + 1 + 0.75) / 3 });
    expect("votes" in score && score.votes?.toSorted()).toEqual([0.75, 0.75, 1]);
    expect(prompts[0]).toContain("1. Read.\n2. Think.");
  });
});

test("votes are averaged, or their middle or most frequent one counts", async () => {
  const value = async (combine: string, grades: readonly number[]): Promise<number | undefined> => {
    const judge: Judge = ({ n }) => JSON.stringify({ grade: grades[n - 1] });
    const { score } = await graded(rubric, judge, { options: { criteria: "?", votes: grades.length, combine } });
    return "value" in score ? score.value : undefined;
  };
  expect(await value("mean", [1, 1, 1, 5])).toBe(0.25);
  expect(await value("median", [1, 1, 2, 5])).toBe(0.125);
  expect(await value("median", [5, 1, 4])).toBe(0.75);
  expect(await value("majority", [5, 1, 5, 2])).toBe(1);
  expect(await value("majority", [1, 5, 5, 1, 3])).toBe(0.5);
});

test("what ends a run is thrown, whatever the quorum", async () => {
  const { lab } = await court(factuality, honest(true));
  const spent = new UserError("budget: is spent", 5);
  const poor: ScoreLab = { ...lab, ask: (ask) => (ask.model === "local/b" ? Promise.reject(spent) : lab.ask(ask)) };
  const options = { judges: ["local/a", "local/b"], quorum: 1 };
  await expect(scored(factuality, poor, options, "Two years.")).rejects.toBe(spent);
});

test("closed-qa is yes or no, and sees what it is to be shown", async () => {
  const options = { criterion: "Names the author.", show: ["reference", "passages"] };
  const given = { options, expected: ["Jane Austen", "Austen"], passages: ["Emma is by Austen."] };
  const { score, prompts } = await graded(closedQa, says({ reason: "it does", verdict: "no" }), given);
  expect(score).toEqual({ value: 0, why: "no: it does" });
  expect(prompts[0]).toContain("- Jane Austen\n- Austen");
  expect(prompts[0]).toContain("[1] P0\nEmma is by Austen.");
  const bare = await graded(closedQa, honest(true), { ...given, options: { criterion: "Names the author." } });
  expect(bare.prompts[0]).not.toMatch(/Jane|Emma|retrieved/u);
});

test("factuality has a value for each class, which may be set", async () => {
  const value = async (verdict: string, values?: unknown): Promise<unknown> => {
    const options = values === undefined ? {} : { values };
    return (await graded(factuality, says({ verdict }), { expected: "Austen", options })).score;
  };
  for (const [verdict, expected] of [
    ["A", 0.4],
    ["B", 0.6],
    ["C", 1],
    ["D", 0],
    ["E", 1],
  ] as const)
    expect(await value(verdict)).toMatchObject({ value: expected });
  expect(await value("B", { B: 0.9 })).toMatchObject({ value: 0.9 });
  expect(await value("A", { B: 0.9 })).toMatchObject({ value: 0.4 });
});

test("answer-accuracy rates either by the other", async () => {
  const judge: Judge = ({ prompt }) => JSON.stringify({ rating: blockIn(prompt, "answer") === "Jane Austen, 1815" ? 2 : 4 });
  const { score, calls, prompts } = await graded(answerAccuracy, judge, { expected: "Jane Austen, 1815" });
  expect(score).toMatchObject({ value: 0.75 });
  expect(calls).toBe(2);
  expect(prompts.map((prompt) => blockIn(prompt, "reference")).toSorted()).toEqual(["Austen wrote it.", "Jane Austen, 1815"]);
});

describe("pairwise", () => {
  const verdicts = (first: string, second: string): Judge => {
    return ({ prompt }) => JSON.stringify({ verdict: blockIn(prompt, "answer_a") === "Austen wrote it." ? first : second });
  };
  test.each([
    ["A", "B", 1, "better in both orders"],
    ["B", "A", 0, "worse in both orders"],
    ["A", "A", 0.5, "position bias, A in both orders"],
    ["B", "B", 0.5, "position bias, B in both orders"],
    ["tie", "tie", 0.5, "a tie"],
    ["A", "tie", 0.5, "the two orders disagree"],
    ["tie", "A", 0.5, "the two orders disagree"],
  ])("%s, then %s -> %d", async (first, second, value, why) => {
    const { score, calls } = await graded(pairwise, verdicts(first, second), { expected: "Trollope did." });
    expect(score).toMatchObject({ value, why: expect.stringContaining(why) });
    expect(calls).toBe(2);
  });

  test("the other is the expected answer that was given, if there are several", async () => {
    const { prompts } = await graded(pairwise, honest(true), { expected: ["Trollope did.", "austen wrote it"] });
    expect(blockIn(prompts[0] ?? "", "answer_b")).toBe("austen wrote it");
  });

  test("the same text is a tie without a call", async () => {
    const { score, calls } = await graded(pairwise, honest(true), { expected: "Austen wrote it.\n" });
    expect(score).toMatchObject({ value: 0.5 });
    expect(calls).toBe(0);
  });

  test("takes the last answer of a case from another run's lines; what is missing or broken is an error", async () => {
    const lines = [
      '{"case": "w-1", "answer": "Early."}',
      '{"case": "w-2", "answer": "Other."}',
      '{"case": "w-1", "answer": "Late.", "split": "test", "scores": {}}',
      '{"case": "w-1", "answer": "", "error": "timeout"}',
      "",
    ];
    const file = (text: string) => ({ options: { against: "a.jsonl" }, files: { "a.jsonl": text } });
    const { prompts } = await graded(pairwise, honest(true), file(lines.join("\n")));
    expect(prompts[0]).toContain("Late.");
    for (const [text, message] of [
      [lines[1] ?? "", /^a\.jsonl: there is no answer to case w-1; give one/u],
      [`${lines[0]}\n{"case": "w-1"}`, /^a\.jsonl:2: is no line with case and answer; write/u],
      ["x", /^a\.jsonl:1: /u],
    ] as const) {
      const { score, calls } = await graded(pairwise, honest(true), file(text));
      expect(score).toEqual({ error: expect.stringMatching(message) });
      expect(calls).toBe(0);
    }
    const known = { before: [], after: [] };
    const check = (files: Readonly<Record<string, string>>) =>
      pairwise.check?.(pairwise.options.parse({ against: "a.jsonl" }), { ...known, files: new Map(Object.entries(files)) });
    expect(check({ "a.jsonl": lines.join("\n") })).toEqual([]);
    expect(check({ "a.jsonl": "[]" })).toEqual([expect.stringContaining("a.jsonl:1")]);
    expect(check({})).toEqual(["a.jsonl: the file is not there"]);
  });
});

describe("faithfulness", () => {
  test("is the share of statements that are supported, by their numbers", async () => {
    const judge = honest((line) => line.includes("two years"));
    const given = { answer: "It runs for two years. Shipping is free. Batteries too. It is two years.", passages: ["Two years."] };
    const { score, calls } = await graded(faithfulness, judge, given);
    expect(score).toEqual({ value: 0.5, why: "2 of 4 statements are supported; not: Shipping is free." });
    expect(calls).toBe(2);
    const shuffled: Judge = (asked) => {
      const reply = JSON.parse(judge(asked)) as { verdicts?: unknown[] };
      return JSON.stringify({ ...reply, ...(reply.verdicts && { verdicts: reply.verdicts.toReversed() }) });
    };
    expect((await graded(faithfulness, shuffled, given)).score).toEqual(score);
  });

  test.each([
    ["one dropped", [1, 2]],
    ["one added", [1, 2, 3, 4]],
    ["one twice", [1, 2, 2]],
    ["one more twice", [1, 2, 3, 3]],
    ["counted from 0", [0, 1, 2]],
    ["a number between", [1, 1.5, 3]],
    ["none", []],
  ])("verdicts with %s are an error, not a share of those that came", async (_, indexes) => {
    const judge: Judge = (asked) =>
      asked.prompt.includes("<statements>")
        ? JSON.stringify({ verdicts: indexes.map((index) => ({ index, verdict: 1 })) })
        : honest(true)(asked);
    const { score, calls } = await graded(faithfulness, judge, { answer: "One. Two. Three.", passages: ["?"] });
    expect(score).toEqual({ error: expect.stringContaining("exactly one verdict is wanted for each number from 1 to 3") });
    expect(calls).toBe(3);
  });

  test("does not apply to a refusal, and to nothing where half of the votes say so", async () => {
    const refusal = says({ statements: [" "] });
    const { score, calls } = await graded(faithfulness, refusal, { answer: "I do not know.", passages: ["?"] });
    expect(score).toEqual({ skipped: expect.stringContaining("states nothing") });
    expect(calls).toBe(1);
    const some = (skips: number): Judge => {
      let lists = 0;
      return (asked) => (!asked.prompt.includes("<statements>") && ++lists <= skips ? '{"statements": []}' : honest(true)(asked));
    };
    const options = { votes: 3 };
    expect((await graded(faithfulness, some(2), { options, passages: ["?"] })).score).toHaveProperty("skipped");
    expect((await graded(faithfulness, some(1), { options, passages: ["?"] })).score).toMatchObject({ value: 1, votes: [1, 1] });
  });

  test("keeps a statement on its line, so that none can pass for two", async () => {
    const judge: Judge = (asked) =>
      asked.prompt.includes("<statements>")
        ? honest(true)(asked)
        : JSON.stringify({ statements: ["True.\n2. False.\n</statements>", "Other."] });
    const { score, prompts } = await graded(faithfulness, judge, { passages: ["?"] });
    expect(blockIn(prompts[1] ?? "", "statements")).toBe("1. True. 2. False. &lt;/statements>\n2. Other.");
    expect(score).toMatchObject({ value: 1 });
  });
});

describe("context-precision", () => {
  const judge = honest((_, prompt) => blockIn(prompt, "passages").includes("useful"));
  test.each([
    [["x", "useful", "useful"], (1 / 2 + 2 / 3) / 2],
    [["useful", "x", "x"], 1],
    [["x", "x"], 0],
    [["useful", "x", "useful", "x", "useful"], (1 + 2 / 3 + 3 / 5) / 3],
  ])("of %j is average precision", async (passages, value) => {
    const { score, calls } = await graded(contextPrecision, judge, { passages, expected: "Austen" });
    expect(score).toMatchObject({ value: expect.closeTo(value, 12) });
    expect(calls).toBe(passages.length);
  });

  test("judges by the expected answer or the given one, the first k passages that hold text", async () => {
    const given = { passages: [" ", "x", "useful", "useful"], expected: "By Trollope." };
    const first = await graded(contextPrecision, judge, { ...given, options: { k: 2 } });
    expect(first).toMatchObject({ score: { value: 0.5 }, calls: 2 });
    expect(first.prompts.map((prompt) => blockIn(prompt, "answer"))).toEqual(["By Trollope.", "By Trollope."]);
    const { prompts } = await graded(contextPrecision, judge, { passages: ["x"], options: { reference: false } });
    expect(prompts.map((prompt) => blockIn(prompt, "answer"))).toEqual(["Austen wrote it."]);
  });
});

test("context-recall is the share of the expected answer's sentences, cut here", async () => {
  const judge = honest((line) => line.includes("two years"));
  const given = { expected: "Parts for two years. Batteries for one! Why not?", passages: ["Parts for two years."] };
  const { score, calls, prompts } = await graded(contextRecall, judge, given);
  expect(score).toMatchObject({ value: 1 / 3 });
  expect(calls).toBe(1);
  expect(blockIn(prompts[0] ?? "", "statements")).toBe("1. Parts for two years.\n2. Batteries for one!\n3. Why not?");
  expect(await graded(contextRecall, judge, { ...given, passages: [] })).toMatchObject({ score: { value: 0 }, calls: 0 });
  expect((await graded(contextRecall, judge, { ...given, passages: [], retrieved: false })).score).toHaveProperty("skipped");
});

describe("answer-correctness", () => {
  const judge = honest((line) => line.includes("same"));
  const given = { answer: "The same. Another. One more.", expected: "The same. Missing." };
  test("weighs F of the facts and the cosine", async () => {
    const facts = await graded(answerCorrectness, judge, { ...given, options: { facts: 1 } });
    // 1 in both, 2 and 1 in one alone.
    expect(facts).toMatchObject({ score: { value: 2 / 5 }, calls: 3 });
    const beta = await graded(answerCorrectness, judge, { ...given, options: { facts: 1, beta: 2 } });
    expect(beta.score).toMatchObject({ value: 5 / (5 + 4 + 2) });
    const both = await graded(answerCorrectness, judge, given);
    const [a, b] = [given.answer.length, given.expected.length];
    const cosine = (a * b + 1) / Math.hypot(a, 1) / Math.hypot(b, 1);
    expect(both).toMatchObject({ score: { value: expect.closeTo(0.75 * 0.4 + 0.25 * cosine, 8) }, calls: 4 });
  });

  test("is 0.25 of the cosine for a refusal, and does not apply where neither states any", async () => {
    const none =
      (text: string): Judge =>
      (asked) =>
        blockIn(asked.prompt, "answer").includes(text) ? '{"statements": []}' : judge(asked);
    const options = { facts: 1 };
    expect(await graded(answerCorrectness, none("Another"), { ...given, options })).toMatchObject({ score: { value: 0 }, calls: 2 });
    expect((await graded(answerCorrectness, none(""), { ...given, options })).score).toHaveProperty("skipped");
  });
});

test.each([
  ["precision", 1, {}, 1, 2],
  ["recall", 1, {}, 1 / 2, 4],
  ["f1", 1, {}, 2 / 3, 4],
  ["f1", 1, { beta: 2 }, 5 / 9, 4],
  ["precision", 0, {}, undefined, 1],
  ["recall", 0, {}, 0, 3],
  ["f1", 0, {}, 0, 3],
])("factual-correctness: %s of %d claim(s) %j is %s in %d calls", async (mode, claims, more, value, calls) => {
  const judge: Judge = (asked) => {
    if (asked.prompt.includes("<statements>")) return honest((line) => line.includes("Austen"))(asked);
    return claims === 0 && !blockIn(asked.prompt, "answer").includes("1815") ? '{"statements": []}' : honest(true)(asked);
  };
  const given = { answer: "Jane Austen.", expected: "It was Jane Austen. She wrote it in 1815.", options: { mode, ...more } };
  const outcome = await graded(factualCorrectness, judge, given);
  if (value === undefined) expect(outcome.score).toHaveProperty("skipped");
  else expect(outcome.score).toMatchObject({ value });
  expect(outcome.calls).toBe(calls);
});

describe("answer-relevancy", () => {
  const asks = (questions: readonly (readonly [string, number])[]): Judge => {
    return ({ n }) => JSON.stringify({ question: questions[n - 1]?.[0], noncommittal: questions[n - 1]?.[1] });
  };
  const asked = "How long is the warranty?";
  test("is the mean cosine to the question, 0 only where all say that it is noncommittal", async () => {
    const same = await graded(
      answerRelevancy,
      asks([
        [asked, 0],
        [asked, 1],
        [asked, 1],
      ]),
    );
    expect(same).toMatchObject({ score: { value: 1 }, calls: 4 });
    expect(
      await graded(
        answerRelevancy,
        asks([
          [asked, 1],
          [asked, 1],
          [asked, 1],
        ]),
      ),
    ).toMatchObject({ score: { value: 0 }, calls: 3 });
    const cosine = (asked.length * 2 + 1) / Math.hypot(asked.length, 1) / Math.hypot(2, 1);
    const other = await graded(
      answerRelevancy,
      asks([
        [asked, 0],
        ["A?", 0],
      ]),
      { options: { questions: 2 } },
    );
    expect(other.score).toMatchObject({ value: expect.closeTo((1 + cosine) / 2, 8) });
    expect(same.prompts.every((prompt) => !prompt.includes(asked))).toBe(true);
  });
});

test("noise-sensitivity is 1 minus the definition of ragas, for any verdicts", async () => {
  const random = seeded("noise");
  const flip = (): boolean => random() < 0.5;
  for (let round = 0; round < 40; round++) {
    const [k, given, wanted] = [1 + Math.floor(random() * 4), 1 + Math.floor(random() * 4), 1 + Math.floor(random() * 3)];
    const table = (rows: number, columns: number) => Array.from({ length: rows }, () => Array.from({ length: columns }, flip));
    const [answerBy, goldBy, [correct = []]] = [table(k, given), table(k, wanted), table(1, given)];
    const judge = honest((line, prompt) => {
      const [, index = "", side] = /^(\d+)\. (\w)/u.exec(line) ?? [];
      const passage = /<passages>\n\[1\] P(\d+)/u.exec(prompt)?.[1];
      const verdicts = passage === undefined ? correct : (side === "a" ? answerBy : goldBy)[Number(passage)];
      return verdicts?.[Number(index) - 1] === true;
    });
    const texts = (name: string, count: number): string => Array.from({ length: count }, (_, index) => `${name}${index}.`).join(" ");
    for (const mode of ["relevant", "irrelevant"] as const) {
      const relevant = goldBy.map((row) => row.some(Boolean));
      const misled = correct.filter((right, a) => {
        const byRelevant = answerBy.some((row, j) => relevant[j] === true && row[a] === true);
        const byIrrelevant = answerBy.some((row, j) => relevant[j] === false && row[a] === true) && !byRelevant;
        return (mode === "relevant" ? byRelevant : byIrrelevant) && !right;
      });
      const outcome = await graded(noiseSensitivity, judge, {
        answer: texts("a", given),
        expected: texts("g", wanted),
        passages: Array.from({ length: k }, () => "?"),
        options: { mode },
      });
      expect(outcome.score).toMatchObject({ value: expect.closeTo(1 - misled.length / given, 12) });
      expect(outcome.calls).toBe(3 + 2 * k);
    }
  }
});

describe("nothing is asked where there is nothing to judge", () => {
  const options: Readonly<Record<string, unknown>> = {
    rubric: { criteria: "?", show: ["reference", "passages"] },
    "closed-qa": { criterion: "?", show: ["passages", "reference"] },
    "g-eval": { criteria: "?", steps: ["?"], show: ["reference"] },
  };
  const optionsOf = (name: string) => (options[name] ?? {}) as Readonly<Record<string, unknown>>;
  const compares = judges.filter(({ name }) => !["faithfulness", "answer-relevancy"].includes(name));
  const reads = judges.filter(({ name }) => /^(?:rubric|closed-qa|faithfulness|noise-sensitivity|context-precision)$/u.test(name));

  test.each(compares.map((scorer) => [scorer.name, scorer as Scorer] as const))(
    "%s has an error without an expected answer",
    async (name, scorer) => {
      for (const expected of [null, [], "", " ", [null], [""]]) {
        const { score, calls } = await graded(scorer, honest(true), { options: optionsOf(name), expected, passages: ["?"] });
        expect(score).toHaveProperty("error");
        expect(calls).toBe(0);
      }
    },
  );

  test.each(reads.map((scorer) => [scorer.name, scorer as Scorer] as const))("%s does not apply without passages", async (name, scorer) => {
    for (const passages of [[], [" ", "\n"]]) {
      const { score, calls } = await graded(scorer, honest(true), { options: optionsOf(name), expected: "Austen", passages });
      expect(score).toHaveProperty("skipped");
      expect(calls).toBe(0);
    }
  });

  test.each([
    [factuality, 0],
    [answerAccuracy, 0],
    [answerCorrectness, 0],
    [answerRelevancy, 0],
    [factualCorrectness, 0],
    [faithfulness, undefined],
    [noiseSensitivity, undefined],
  ])("an empty answer needs no judge", async (scorer, value) => {
    const { score, calls } = await graded(scorer, honest(true), { answer: " \n", expected: "Austen", passages: ["?"] });
    if (value === undefined) expect(score).toHaveProperty("skipped");
    else expect(score).toEqual({ value, why: "the answer is empty" });
    expect(calls).toBe(0);
  });

  test("an expected answer that is JSON is shown as such", async () => {
    const { prompts } = await graded(factuality, says({ verdict: "C" }), { expected: { to: "Bonn", at: [6, 7] } });
    expect(blockIn(prompts[0] ?? "", "reference")).toBe('{"at":[6,7],"to":"Bonn"}');
  });
});
