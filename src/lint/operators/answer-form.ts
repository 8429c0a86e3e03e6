/** How the answer is to look: labels, fields, length. Wordings are those that the embedded engine honours too. */
import { asksSentence, asksShort, formatIn } from "../cues.ts";
import { placeholdersOf } from "../../program/template.ts";
import type { Operator } from "../types.ts";
import { isInEnglish, wholeOf, withInstruction } from "./place.ts";

/** More labels than that are no list that anybody reads. */
const MOST_LABELS = 200;
/** Up to so many labels, of so few characters together, stand in one sentence. */
const IN_LINE = { labels: 12, characters: 160 };

export const labelList: Operator = {
  name: "label-list",
  about: "names the labels that are allowed",
  apply(prompt, { answers }) {
    const labels = answers?.kind === "label" ? (answers.labels ?? []) : [];
    const whole = wholeOf(prompt);
    if (labels.length < 2 || labels.length > MOST_LABELS || !isInEnglish(prompt) || labels.every((label) => whole.includes(label)))
      return undefined;
    // An object that holds the label is another form than the label alone.
    if (formatIn(whole) !== null) return undefined;
    if (labels.some((label) => /[\n{}]/.test(label))) return undefined;
    const list = labels.join(", ");
    const short = labels.length <= IN_LINE.labels && list.length <= IN_LINE.characters && !labels.some((label) => /[,.;:]/.test(label));
    const instruction = short
      ? `Answer with exactly one of: ${list}.`
      : `Answer with exactly one of these labels and nothing else:\n${labels.map((label) => `- ${label}`).join("\n")}`;
    return withInstruction(prompt, instruction, "output");
  },
};

export const addSchema: Operator = {
  name: "add-schema",
  about: "names the fields of the JSON object that is wanted",
  rule: "output/schema",
  apply(prompt, { answers }) {
    const keys = answers?.kind === "json" ? (answers.keys ?? []) : [];
    const whole = wholeOf(prompt);
    if (keys.length === 0 || !isInEnglish(prompt) || keys.every((key) => whole.includes(`"${key}"`))) return undefined;
    // Examples of other objects would contradict it.
    if (keys.some((key) => /["\n{}]/.test(key)) || /\{\s*"[^"\n]+"\s*:/.test(whole)) return undefined;
    const names = keys.map((key) => `"${key}"`);
    const fields = names.length === 1 ? `field ${names[0]}` : `fields ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
    return withInstruction(prompt, `Answer with one JSON object with the ${fields}.`, "output");
  },
};

export const shortAnswer: Operator = {
  name: "short-answer",
  about: "asks for a short phrase in place of a sentence",
  apply(prompt, { answers }) {
    const whole = wholeOf(prompt);
    if (answers?.kind !== "phrase" || !isInEnglish(prompt) || asksShort(whole) || asksSentence(whole) || formatIn(whole) !== null)
      return undefined;
    return withInstruction(prompt, "Answer with a short phrase, not with a sentence.", "output");
  },
};

export const fullSentence: Operator = {
  name: "full-sentence",
  about: "asks for a full sentence",
  apply(prompt, { answers }) {
    const whole = wholeOf(prompt);
    if (answers?.kind !== "text" || !isInEnglish(prompt) || asksShort(whole) || asksSentence(whole) || formatIn(whole) !== null)
      return undefined;
    return withInstruction(prompt, "Answer in a full sentence.", "output");
  },
};

/** Right beside wrong, for forms where both can be made without a model: labels and objects. */
export const addContrastExample: Operator = {
  name: "add-contrast-example",
  about: "shows a right answer beside a wrong one",
  rule: "examples/count",
  apply(prompt, { answers }) {
    const right = rightAnswer(answers);
    if (right === undefined || !isInEnglish(prompt) || wholeOf(prompt).includes("Right form: ")) return undefined;
    const wrong = answers?.kind === "json" ? `Here is the JSON: ${right}` : `The answer is "${right}".`;
    return withInstruction(prompt, `Right form: ${right}\nWrong form: ${wrong}`, "examples");
  },
};

function rightAnswer(answers: Parameters<Operator["apply"]>[1]["answers"]): string | undefined {
  if (answers?.kind === "label") return answers.labels?.find((label) => placeholdersOf(label).length === 0 && !label.includes("\n"));
  if (answers?.kind !== "json" || answers.keys === undefined || answers.keys.length === 0) return undefined;
  return `{${answers.keys.map((key) => `${JSON.stringify(key)}: …`).join(", ")}}`;
}
