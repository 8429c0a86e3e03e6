import { expect, test } from "vitest";
import type { Passage, Program } from "../types.ts";
import { programId } from "./hash.ts";
import { queryOf, render, withPassages } from "./render.ts";

const program: Program = {
  model: "x/y",
  params: {},
  system: "Be brief.",
  user: "Question: {{question}}",
  demos: [{ id: "d", fields: { question: "one?" }, answer: "1" }],
  steps: [],
};
const question = { id: "q", fields: { question: "two {{question}}?", hidden: "aside" } };
const passages: readonly Passage[] = [{ id: "a#1", source: "a", title: "A", text: "Text of a.", score: 0.5 }];

test("system, demonstrations as turns, then the question; what a field holds is never a template", () => {
  expect(render(program, question, []).map(({ role, content }) => `${role}: ${content}`)).toEqual([
    "system: Be brief.",
    "user: Question: one?",
    "assistant: 1",
    "user: Question: two {{question}}?",
  ]);
});

test("passages stand above the question, numbered, and leave no trace where there are none", () => {
  const shown = withPassages(program);
  expect(render(shown, question, passages).at(-1)?.content).toBe("Passages:\n[1] A\nText of a.\n\nQuestion: two {{question}}?");
  expect(render(shown, question, [])).toEqual(render(program, question, []));
  expect(withPassages(shown)).toEqual(shown);
});

test("an empty system template sends no system message", () => {
  expect(render({ ...program, system: " " }, question, [])[0]?.role).toBe("user");
});

test("retrieval searches with the fields that the user template shows", () => {
  expect(queryOf(program, question)).toBe("two {{question}}?");
  expect(queryOf({ ...program, user: "{{#hidden}}{{hidden}}{{/hidden}}" }, question)).toBe("aside");
});

test("a program's identity is its content, whatever the order of its keys", () => {
  const { model, ...rest } = program;
  expect(programId({ ...rest, model })).toBe(programId(program));
  expect(programId({ ...program, system: "Be brief" })).not.toBe(programId(program));
});
