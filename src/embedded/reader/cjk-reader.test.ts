/** Laws of reading in scripts without spaces. */
import { expect, test } from "vitest";
import { cjkPrior } from "./cjk-prior.ts";
import { characterConfidence, goldCharacterSpans, readCharacters } from "./cjk-reader.ts";
import { isSpaceless, learnCharacters, scoreCharacterSpans } from "./cjk-spans.ts";
import { analyse } from "./question.ts";
import { lossOf } from "./likelihood.ts";
import { createLexicon } from "../text/text.ts";

const lexicon = createLexicon(() => 1);
const reader = { weights: cjkPrior(), confidence: characterConfidence };
const read = (passages: readonly string[], question: string, longest?: number) =>
  readCharacters(
    passages.map((p) => lexicon.read(p)),
    analyse(lexicon.read(question)),
    reader,
    longest,
  );

const factory = "山田工厂成立于1987年，总部设在青岛。工厂主要生产自行车，产品销往四十个国家。";
const river = "長河全長三百公里，發源於北山，流經三個省份。河水在夏季最多。";

test("Chinese, Japanese and Thai are read by characters, texts with spaces are not", () => {
  for (const text of [factory, river, "富士川は長野県を流れる川である。", "แม่น้ำสายนี้ยาวสามร้อยกิโลเมตร"])
    expect(isSpaceless([lexicon.read(text)])).toBe(true);
  for (const text of ["The mill was built in 1901.", "공장은 1987년에 세워졌다.", "", "1987"])
    expect(isSpaceless([lexicon.read(text)])).toBe(false);
});

test("the untuned reader finds dates and places beside what the question repeats, in either script of Chinese and in Japanese", () => {
  expect(read([factory], "山田工厂成立于哪一年？")?.text).toContain("1987年");
  expect(read([river], "長河發源於哪裡？")?.text).toContain("北山");
  expect(read(["田中博士は1954年に京都で研究所を設立した。所員は三十人である。"], "田中博士は何年に研究所を設立したか。")?.text).toContain(
    "1954年",
  );
});

test("an answer is a part of one sentence of its passage, at its place there, whatever the passages hold", () => {
  const passages = [river, factory, "แม่น้ำสายนี้ยาวสามร้อยกิโลเมตร ไหลผ่านเมืองหลวง", "「…」，。！\n\n（）", "𠮷野家は1899年創業。🍜"];
  for (const question of ["总部设在哪里？", "全長多少公里？", "แม่น้ำยาวเท่าไร", "何年創業？", "？", "何"]) {
    const answer = read(passages, question);
    expect(passages[answer?.passage ?? 0]?.slice(answer?.begin, answer?.end)).toBe(answer?.text);
    expect(answer?.sentenceText).toContain(answer?.text);
    expect(answer?.text).not.toMatch(/^\p{M}|[。！？]/u);
    expect(answer?.confidence).toBeGreaterThanOrEqual(0);
    expect(answer?.confidence).toBeLessThanOrEqual(1);
  }
  expect(read(["。！？"], "何？")).toBeUndefined();
});

test("the right passage is surer than a stranger, and wins wherever it stands", () => {
  const question = "工厂主要生产什么？";
  expect(read([factory], question)?.here).toBeGreaterThan((read([river], question)?.here ?? 1) + 0.3);
  expect(read([river, factory], question)?.passage).toBe(1);
  expect(read([factory, river], question)?.passage).toBe(0);
});

test("learning makes the gold span likelier, and touches no other reader", () => {
  const passages = [lexicon.read(factory)];
  const question = analyse(lexicon.read("产品销往多少个国家？"));
  const weights = Float32Array.from(reader.weights);
  const squares = new Float32Array(weights.length).fill(0.1);
  const losses = Array.from({ length: 5 }, () => {
    const scores = scoreCharacterSpans(passages, question, weights);
    const { loss, gradient } = lossOf(scores.score, goldCharacterSpans(scores, "四十个"));
    learnCharacters(scores, gradient, weights, squares, 0.1);
    return loss;
  });
  expect(losses.every((loss, i) => i === 0 || loss < (losses[i - 1] ?? 0))).toBe(true);
  expect(reader.weights).toEqual(cjkPrior());
});

test("the gold of an answer is its exact spans, else the one most like it, else none", () => {
  const scores = scoreCharacterSpans([lexicon.read(factory)], analyse(lexicon.read("总部设在哪里？")), reader.weights);
  const { words } = scores.evidence;
  const texts = (answer: string): string[] =>
    goldCharacterSpans(scores, answer).map((x) =>
      words
        .slice(scores.first[x], (scores.last[x] ?? 0) + 1)
        .map((w) => w.text)
        .join(""),
    );
  expect(texts("青岛。")).toEqual(["青岛"]);
  expect(texts("自行车产品")[0]).toMatch(/自行车/);
  expect(texts("不知道")).toEqual([]);
});

test("a prompt that limits an answer to many words makes none longer, and long questions are read in time", () => {
  const run = "青島的工廠生產自行車和零件".repeat(4);
  const answer = read([`山田說${run}。`], "山田說了什麼？", 999);
  expect(answer).toEqual(read([`山田說${run}。`], "山田說了什麼？"));
  // A table of all places in the question for each of the passage would not fit into memory.
  expect(read(["大廳可以容納三百人。".repeat(4_000)], `${"大".repeat(40_000)}廳可以容納多少人？`)?.text).not.toBe("");
});
