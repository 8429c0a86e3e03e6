import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { casesOf } from "./cases.ts";
import { withoutLeaks } from "./leaks.ts";
import { readRows } from "./rows.ts";
import { FRACTIONS, splitCases, splitGiven } from "./splits.ts";
import { inputOf } from "./text.ts";
import type { Case, Splits } from "../types.ts";

const kase = (id: string, q: string): Case => ({ id, fields: { q } });
const splitsOf = (parts: Partial<Splits>): Splits => ({ train: [], select: [], confirm: [], test: [], ...parts });
const ids = (cases: readonly Case[]): readonly string[] => cases.map(({ id }) => id);

const LONG = "How long does a refund take when the parcel was sent back from abroad by an ordinary courier?";

describe("train loses", () => {
  test.each(["select", "confirm", "test"] as const)("what %s repeats, exactly or nearly", (name) => {
    const splits = splitsOf({
      train: [kase("same", "Ｗhere  is MY refund"), kase("near", LONG), kase("other", "Which colours are there for the large valve?")],
      [name]: [kase("a", "Where is my refund?!"), kase("b", LONG.replace("ordinary", "ordinry"))],
    });
    const { splits: kept, warnings } = withoutLeaks(splits);
    expect(ids(kept.train)).toEqual(["other"]);
    expect(kept[name]).toBe(splits[name]);
    expect(warnings).toEqual([
      `data: 2 of 3 train cases repeat a case of ${name} (1 exactly, 1 nearly): "same" like "a", "near" like "b"; they are left out of train`,
    ]);
  });

  test("nothing where nothing is repeated", () => {
    const splits = splitsOf({ train: [kase("a", "Yes?")], select: [kase("b", "No?")], test: [kase("c", "Perhaps?")] });
    expect(withoutLeaks(splits)).toEqual({ splits, leaks: [], warnings: [] });
  });

  test("cases in Chinese that differ in a mark only", () => {
    const splits = splitsOf({ train: [kase("a", "梵語是什麼時候被發現的？")], test: [kase("b", "「梵語」是什麼時候被發現的")] });
    expect(withoutLeaks(splits).splits.train).toEqual([]);
  });
});

test("copies between the other splits are reported and stay", () => {
  const splits = splitsOf({ select: [kase("s", LONG)], confirm: [kase("c", LONG)], test: [kase("t", LONG)] });
  const { splits: kept, warnings } = withoutLeaks(splits);
  expect(kept).toEqual(splits);
  expect(warnings).toHaveLength(3);
});

describe("nearly the same question with another answer", () => {
  const odd = (id: string, expected: string | readonly string[], q = LONG): Case => ({ id, fields: { q }, expected });

  test("stays in train, and is named as one question with two labels", () => {
    const splits = splitsOf({ train: [odd("a", "ten days", LONG.replace("ordinary", "ordinry"))], test: [odd("b", "a week")] });
    const { splits: kept, leaks, warnings } = withoutLeaks(splits);
    expect(ids(kept.train)).toEqual(["a"]);
    expect(leaks).toEqual([
      { kind: "near", case: "a", split: "train", other: "b", other_split: "test", same_answer: false, removed: false },
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(/same question with another answer \(0 exactly, 1 nearly\): "a" \(train\) and "b" \(test\)/),
    ]);
  });

  test("is left out of train where an answer is accepted for both", () => {
    const splits = splitsOf({ train: [odd("a", "a week", `${LONG}!!`)], confirm: [odd("b", ["7 days", "a week"])] });
    expect(withoutLeaks(splits).splits.train).toEqual([]);
  });

  test("is left out of train where it is the very same: a program would learn the wrong label by heart", () => {
    const { splits, warnings } = withoutLeaks(splitsOf({ train: [odd("a", "ten days")], test: [odd("b", "a week")] }));
    expect(splits.train).toEqual([]);
    expect(warnings.join("\n")).toContain("(1 exactly, 0 nearly)");
  });
});

describe("a run of 13 words that two cases share", () => {
  const quoted = "the parcel was handed to the courier in Porto on the second Monday of May";
  const other = (n: number): string =>
    `Case ${n}: ${["tea", "maps", "boats", "coins", "ferns", "kites"][n] ?? n} cost ${n * 7} florins in ${1900 + n}`;
  const longer = (n: number): string =>
    `${other(n)}. Remember that ${quoted}, as the letter of ${other(n + 10)} says, and much else besides.`;
  const placed = (id: string, q: string, expected = "yes"): Case => ({ id, fields: { q }, expected });

  test("takes the one in train out where an answer is accepted for both, and is reported where none is", () => {
    const splits = splitsOf({
      train: [placed("same", longer(1)), placed("unlike", other(2))],
      test: [placed("t", `${quoted}? ${other(3)}`)],
    });
    expect(ids(withoutLeaks(splits).splits.train)).toEqual(["unlike"]);
    const differing = { ...splits, train: [placed("same", longer(1), "no")] };
    const { splits: kept, leaks, warnings } = withoutLeaks(differing);
    expect(ids(kept.train)).toEqual(["same"]);
    expect(leaks).toMatchObject([{ kind: "overlap", case: "same", other: "t", same_answer: false, removed: false }]);
    expect(warnings).toEqual([expect.stringContaining("same 13 words in a row")]);
  });

  test("of 12 words is none", () => {
    const short = quoted.split(" ").slice(0, 12).join(" ");
    const splits = splitsOf({
      train: [placed("a", `${other(1)}, ${short}, ${other(4)}`)],
      test: [placed("t", `${other(2)} ${short}, said ${other(3)}`)],
    });
    expect(withoutLeaks(splits).leaks).toEqual([]);
  });

  test("is an instruction where many cases have it", () => {
    const splits = splitsOf({ train: [1, 2, 3].map((n) => placed(`a${n}`, longer(n))), test: [placed("t", longer(4))] });
    expect(withoutLeaks(splits)).toMatchObject({ leaks: [], warnings: [] });
  });

  test("counts characters where a script has no blanks", () => {
    const zh = "亞洲協會在加爾各答舉行了第一次會議";
    const splits = splitsOf({ train: [placed("a", `據說${zh}，後來怎麼樣？`)], test: [placed("t", `${zh}是哪一年的事？誰主持？`)] });
    expect(withoutLeaks(splits).leaks).toMatchObject([{ kind: "overlap", removed: true }]);
  });
});

test("questions from one template do not empty train: only exact copies leave it", () => {
  const letters = (n: number): string => String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26));
  const ask = (n: number, id = `${n}`): Case => ({
    id,
    fields: { q: `Would you please be so kind as to tell me whether the lamp called ${letters(n)} is there?` },
    expected: n % 2 === 0 ? "yes" : "no",
  });
  const from = (start: number, count: number) => Array.from({ length: count }, (_, n) => ask(start + n));
  const splits = splitsOf({ train: [...from(100, 40), ask(200, "copy")], select: from(150, 20), test: from(200, 30) });
  const { splits: kept, warnings } = withoutLeaks(splits);
  expect(ids(kept.train)).toEqual(ids(from(100, 40)));
  expect(warnings[0]).toMatch(/40 of 41 train cases nearly repeat .* template/);
});

test("texts whose numbers differ are no copies: a template has been filled in twice", () => {
  const ask = (id: string, slot: string): Case => ({
    id,
    fields: { q: `Please tell me whether the product with number ${slot} of the spring catalogue is in stock` },
    expected: "billing",
  });
  const splits = splitsOf({ train: [ask("a", "4711"), ask("b", "4712, say,"), ask("c", "-4712")], test: [ask("t", "4712")] });
  expect(withoutLeaks(splits).leaks).toMatchObject([{ kind: "near", case: "b", other: "t", removed: true }]);
});

describe("what nobody sees, or no words are", () => {
  const one = (id: string, q: string, expected = "billing"): Case => ({ ...kase(id, q), expected });
  const removed = (train: string, test: string, expected?: string): number =>
    1 - withoutLeaks(splitsOf({ train: [one("a", train, expected)], test: [one("t", test)] })).splits.train.length;

  test.each([
    ["zero-width spaces", "please re\u200bsend the in\u200bvoice", "please resend the invoice"],
    [
      "soft hyphens, beside a mark that belongs to a letter",
      "cancel my sub\u00adscription fu\u00ad\u0308r now",
      "cancel my subscription für now",
    ],
    ["variation selectors", "I \u2764\ufe0f it", "I \u2764 it"],
    ["emoji", "great 😍👨‍👩‍👧!!!", "Great"],
    ["symbols between words", "where|is|my=refund", "where is my refund"],
  ])("%s make no other question", (_, train, test) => {
    expect(removed(train, test)).toBe(1);
  });

  test.each([
    ["3 + 4", "3 - 4"],
    ["3 * 4", "3 / 4"],
    ["What is -5 squared?", "What is 5 squared?"],
    ["How much is $5 in yen?", "How much is €5 in yen?"],
  ])("but %s is not %s", (train, test) => {
    expect(removed(train, test)).toBe(0);
  });

  test("texts that differ in an emoji only are two questions where their answers differ", () => {
    expect(removed("the parcel came today 😀", "the parcel came today 😢")).toBe(1);
    expect(removed("the parcel came today 😀", "the parcel came today 😢", "praise")).toBe(0);
  });
});

test("a group that given splits tear apart is named", () => {
  const of = (id: string, group: string, q: string): Case => ({ ...kase(id, q), group });
  const { warnings } = withoutLeaks(
    splitsOf({
      train: [of("a", "g", "Which colours?"), of("c", "h", "How tall?")],
      select: [of("b", "h", "When, then?")],
      test: [of("t", "g", "And why?")],
    }),
  );
  expect(warnings).toEqual([
    expect.stringContaining('2 groups stand in several of the given splits: "g" in train and test, "h" in train and select'),
  ]);
});

test("similarity is what Jaccard over 5-grams says, for every pair of texts", () => {
  const words = "how long does a refund take when my parcel came back".split(" ");
  const text = (n: number): string =>
    words.map((word, at) => (((n * 2654435761) >>> at) & 1 ? word : `${word}${"xyz"[(n >> (at % 5)) % 3]}`)).join(" ");
  const train = Array.from({ length: 150 }, (_, n) => kase(`a${n}`, text(n * 7 + 1)));
  const held = Array.from({ length: 150 }, (_, n) => kase(`b${n}`, text(n * 11 + 5)));
  const grams = (one: Case): ReadonlySet<string> => {
    const input = inputOf(one);
    return new Set(Array.from({ length: input.length - 4 }, (_, at) => input.slice(at, at + 5)));
  };
  const near = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.intersection(b).size / a.union(b).size >= 0.8;
  const heldGrams = held.map(grams);
  const want = train.filter((one) => !heldGrams.some((other) => near(grams(one), other)));
  expect(want.length).toBeGreaterThan(0);
  expect(want.length).toBeLessThan(train.length);
  expect(ids(withoutLeaks(splitsOf({ train, test: held })).splits.train)).toEqual(ids(want));
});

test("long texts are found by their similarity too", () => {
  // Numbers in letters: texts with different numbers are no copies.
  const spelt = (n: number): string => `${n}`.replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "");
  const words = Array.from({ length: 400 }, (_, n) => `w${spelt((n * 7919) % 1009)}`);
  // Every k-th word is another: 5-grams differ around it, so the similarity falls with k.
  const changed = (k: number): string => words.map((word, at) => (at % k === 0 ? `other${spelt(at)}` : word)).join(" ");
  const train = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96].map((k) => kase(`${k}`, changed(k)));
  const held = kase("held", words.join(" "));
  const grams = (one: Case): ReadonlySet<string> => {
    const input = inputOf(one);
    return new Set(Array.from({ length: input.length - 4 }, (_, at) => input.slice(at, at + 5)));
  };
  const near = train.filter((one) => grams(one).intersection(grams(held)).size / grams(one).union(grams(held)).size >= 0.8);
  expect(near.length).toBeGreaterThan(2);
  expect(near.length).toBeLessThan(8);
  const { leaks } = withoutLeaks(splitsOf({ train, test: [held] }));
  expect(leaks.filter(({ kind }) => kind === "near").map((leak) => leak.case)).toEqual(ids(near));
});

const banking = new URL("../../../shared/data/banking77/", import.meta.url).pathname;
describe.skipIf(!existsSync(banking))("banking77 (skipped where ../shared/data is absent)", () => {
  const read = async (file: string): Promise<readonly Case[]> => {
    const { rows, faults } = await readRows(`${banking}${file}`, file);
    const found = casesOf(rows, { id: "id", input: ["text"], expected: "label" });
    expect([...faults, ...found.faults]).toEqual([]);
    return found.cases.map((placed) => placed.case);
  };

  test("10,003 rows with 77 labels are split, and nothing of train is left in the rest", async () => {
    const cases = await read("train.jsonl");
    expect(cases).toHaveLength(10_003);
    expect(new Set(cases.map(({ expected }) => expected)).size).toBe(77);
    const { splits } = withoutLeaks(splitCases(cases, FRACTIONS, 7).splits);
    const held = new Set([...splits.select, ...splits.confirm, ...splits.test].map(inputOf));
    expect(splits.train.length).toBeGreaterThan(3900);
    expect(splits.train.some((one) => held.has(inputOf(one)))).toBe(false);
    expect(withoutLeaks(splits).leaks.filter(({ kind, removed }) => removed && kind !== "overlap")).toEqual([]);
  });

  test("the official split keeps its test cases whole", async () => {
    const official = await read("test.jsonl");
    const { splits, exploratory } = splitGiven({ train: await read("train_10.jsonl"), test: official }, 7);
    expect(withoutLeaks(splits).splits.test).toEqual(official);
    expect(exploratory).toBe(false);
  });
});
