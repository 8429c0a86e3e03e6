/** A turn -> the messages that are sent: system, demonstrations as user/assistant pairs, then the question. */
import type { Demo, Message, Passage, Program, Question } from "../types.ts";
import { placeholdersOf, renderTemplate } from "./template.ts";

/** The placeholder that passages are shown at. */
export const PASSAGES = "passages";

/** How passages are written into a message. */
export type Present = (passages: readonly Passage[]) => string;

/** The messages of a program for a question and the passages found for it; an empty system template sends no system message. */
export function render(
  program: Program,
  question: Question,
  passages: readonly Passage[],
  present: Present = passagesText,
): readonly Message[] {
  const fields = { ...question.fields, [PASSAGES]: present(passages) };
  const system = renderTemplate(program.system, fields).trim();
  return [
    ...(system === "" ? [] : [{ role: "system", content: system } as const]),
    ...program.demos.flatMap((demo) => renderDemo(program, demo)),
    { role: "user", content: renderTemplate(program.user, fields).trim() },
  ];
}

/** Passages as numbered blocks, so that an answer can cite `[n]`. */
export function passagesText(passages: readonly Passage[]): string {
  return passages.map((passage, index) => `[${index + 1}] ${passage.title}\n${passage.text}`).join("\n\n");
}

/** The program with a place for passages in its user template; unchanged where it has one. */
export function withPassages(program: Program, heading = "Passages:"): Program {
  if ([program.system, program.user].some((template) => placeholdersOf(template).some(({ name }) => name === PASSAGES))) return program;
  return { ...program, user: `{{#${PASSAGES}}}${heading}\n{{${PASSAGES}}}\n\n{{/${PASSAGES}}}${program.user}` };
}

/** What retrieval searches with unless a step says otherwise. */
export function queryOf(program: Program, question: Question): string {
  return inputReader(program)(question);
}

/** The text of a question that others are compared with: the fields that the user template shows; all fields where it shows none of them. */
export function inputReader({ user }: Pick<Program, "user">): (question: Pick<Question, "fields">) => string {
  const names = new Set(placeholdersOf(user).map(({ name }) => name));
  return ({ fields }) => {
    const shown = Object.keys(fields).filter((name) => names.has(name));
    return (shown.length > 0 ? shown : Object.keys(fields)).map((name) => fields[name]).join("\n");
  };
}

function renderDemo(program: Program, demo: Demo): readonly Message[] {
  return [
    { role: "user", content: renderTemplate(program.user, { ...demo.fields, [PASSAGES]: "" }).trim() },
    { role: "assistant", content: demo.answer },
  ];
}
