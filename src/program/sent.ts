/** Which programs send the very same messages: then one of them need not be asked. Pure. */
import type { Passage, Program, Question } from "../types.ts";
import { hashOf } from "./hash.ts";
import { render } from "./render.ts";

/** Stands for what a program's steps find, which is the same where the steps are. */
const FOUND: readonly Passage[] = [{ id: "a#1", source: "a", title: "a title", text: "a text", score: 1 }];

/** Two programs with the same hash, of 64 hex digits, send the same requests for these questions, whatever their templates look like. */
export function sentBy(program: Program, questions: readonly Question[]): string {
  const { model, params, steps } = program;
  const passages = steps.length === 0 ? [] : FOUND;
  return hashOf({ model, params, steps, messages: questions.map((question) => render(program, question, passages)) });
}
