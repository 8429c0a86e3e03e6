import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createNetwork } from "../network/network.ts";
import { unpack } from "../text/bytes.ts";
import { createIdf } from "../text/idf.ts";
import { idfTable } from "../text/idf-table.ts";
import { createLexicon } from "../text/text.ts";
import { cjkPrior } from "./cjk-prior.ts";
import { characterConfidence } from "./cjk-reader.ts";
import { analyse } from "./question.ts";
import { readAnswer } from "./reader.ts";
import { baseWords } from "./words.ts";

const lexicon = createLexicon(createIdf(unpack(idfTable)));
const weights = { words: baseWords, characters: { weights: cjkPrior(), confidence: characterConfidence } };
const file = readFileSync(new URL("../network/reader.weights", import.meta.url));
const network = createNetwork(file);
const read = (passages: readonly string[], question: string, by = network, longest?: number) =>
  readAnswer(
    passages.map((text) => lexicon.read(text)),
    analyse(lexicon.read(question)),
    weights,
    () => by,
    longest,
  );

const ferry = "The ferry to Holmen was built in 1974 by the yard of Lindgren. It carries 240 passengers and leaves every morning at seven.";
const mill = "The paper mill stands beside the river. Ada Brenner bought it in 1911 and ran it for thirty years.";
const choir = "The choir of the town sings on Thursdays in the hall behind the library.";
const buyer = "Who bought the paper mill?";

test("the passage that holds the answer wins, wherever it stands", () => {
  for (const passages of [
    [mill, ferry, choir],
    [ferry, mill, choir],
    [choir, ferry, mill],
  ]) {
    const answer = read(passages, buyer);
    expect(answer?.text).toBe("Ada Brenner");
    expect(passages[answer?.passage ?? -1]).toBe(mill);
  }
});

test("an answer stands verbatim at its place, in its sentence", () => {
  const answer = read([ferry], "How many passengers does the ferry carry?");
  expect(ferry.slice(answer?.begin, answer?.end)).toBe(answer?.text);
  expect(answer?.sentenceText).toBe("It carries 240 passengers and leaves every morning at seven.");
});

test("passages without the answer are surely worse than with it", () => {
  const here = read([mill], buyer)?.here ?? 0;
  expect(here).toBeGreaterThan(0.8);
  expect(read([choir], buyer)?.here).toBeLessThan(0.2);
  expect(read([choir, ferry], buyer)?.here).toBeLessThan(here);
});

test("an answer at the end of a long passage is found", () => {
  const long = `${Array.from({ length: 120 }, (_, i) => `In room ${i} there is a chair and a window.`).join(" ")} ${mill}`;
  expect(read([long], buyer)?.text).toBe("Ada Brenner");
});

test("confidence is a probability, at most that of an answer being there", () => {
  for (const passage of [ferry, mill, choir, "A.", "1 2 3"]) {
    const answer = read([passage], buyer);
    expect(answer?.here).toBeLessThanOrEqual(1);
    expect(answer?.confidence).toBeGreaterThanOrEqual(0);
    expect(answer?.confidence).toBeLessThanOrEqual(answer?.here ?? 0);
  }
});

test("what was read before changes nothing", () => {
  const fresh = read([mill, choir], buyer, createNetwork(file));
  read([ferry], "When was the ferry built?");
  expect(read([mill, choir], buyer)).toEqual(fresh);
});

test("no span is longer than asked for", () => {
  expect(read([mill], buyer, network, 1)?.text.split(" ")).toHaveLength(1);
});

test("without words there is no answer", () => {
  expect(read([], buyer)).toBeUndefined();
  expect(read([""], buyer)).toBeUndefined();
  expect(read([mill], "")).toBeUndefined();
});
