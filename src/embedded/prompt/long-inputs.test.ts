/** A part that looked again from each place of such a text would not be done with it today. */
import { expect, test } from "vitest";
import { isInstruction } from "./asking.ts";
import { divide } from "./divide.ts";
import { examplesIn } from "./examples.ts";
import { headingOf } from "./headings.ts";
import { readInstructions } from "./instructions.ts";
import { findJson } from "./json-fields.ts";
import { findLabels } from "./label-list.ts";
import { splitList } from "./name-list.ts";
import { isNumbered, passagesIn } from "./passages.ts";
import { findRefusal } from "./refusal-phrase.ts";
import { findParts } from "./reply-parts.ts";
import { formIn } from "./rules.ts";
import { tagsIn } from "./tags.ts";

const many = (part: string, length = 400_000): string => part.repeat(length / part.length);

test.each<readonly [text: string, read: () => unknown]>([
  ["a rule's first word without its last", () => formIn(many("first "))],
  ["two parts of a rule without the third", () => formIn(many("first copy "))],
  ["stars before no part of a reply", () => findParts(many("*"))],
  ["white space between parts of a reply", () => findParts(`Answer: ...${many("\n")}x Evidence: ...`)],
  ["tags that close nowhere", () => examplesIn(`<example>${many("<a>")}</example>\n`)],
  ["tags that all close at the end", () => tagsIn(`${many("a <context>")}</context>`)],
  ["closings in the middle of a line", () => tagsIn(many("<context>a</context>b"))],
  ["a tag inside a passage", () => passagesIn(`<document>a ${many("<source>", 4_000_000)}</document>`)],
  ["colons before a word", () => isInstruction(`${many(":")}x\n- a\n- b`)],
  ["white space in a heading", () => [headingOf(`# a${many(" ")}b`), headingOf(`== ${many(" ")}b`), headingOf(`[ ${many(" ")}b`)]],
  ["white space before a number", () => isNumbered(`${many(" ")}[1] a`)],
  ["a word for text without one for its place", () => divide(many("the following text as ", 1_200_000))],
  ["fences", () => divide(many("```\n"))],
  ["beginnings of an array", () => divide(many('[{"a\n'))],
  ["blank lines below an answer", () => examplesIn(`Q: a\nA:${many("\n")}b`)],
  ["bars between names", () => findLabels("", [`one of a${many(" | a")} !`], undefined)],
  ["white space between names", () => splitList(`a${many(" ")}b, c`)],
  ["quotes at the end of a name", () => splitList(`a, b${many("”")}c`)],
  ["lists of labels that are none", () => findLabels(`${many("- labels:\n")}- ${many("x", 100)}`, [], undefined)],
  ["openings of quotes", () => findRefusal([`如果没有答案，${many("说“")}`])],
  ["words for keys of JSON", () => findJson(`${many("json：")}a`, ["Answer as JSON."], undefined)],
  ["orders that are all honoured", () => readInstructions(Array.from({ length: 40_000 }, (_, i) => `Be brief ${i}.`).join("\n"))],
])("%s", (_, read) => {
  expect(() => read()).not.toThrow();
});
