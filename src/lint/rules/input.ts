/** How inputs are shown. */
import { isContext, isJudged, isLongInput, isQuestion } from "../cues.ts";
import { lineAt, type Text } from "../text.ts";
import type { Fault, Rule } from "../types.ts";

const delimited: Rule = {
  id: "input/delimited",
  level: "warning",
  about: "an input that runs into the instructions",
  check(text) {
    const { placeholders } = text;
    return placeholders.flatMap(({ name, offset }): readonly Fault[] => {
      if (!isLongInput(name) || text.text.startsWith("{{#", offset)) return [];
      const end = text.text.indexOf("}}", offset) + 2;
      return runsOn(text, offset, end)
        ? [{ start: offset, end, message: `{{${name}}} runs into the sentence around it; put it into tags: <${name}>…</${name}>` }]
        : [];
    });
  },
};

/** Words of the prompt beside the input on its line, with no tag, quote, colon or bar between. */
function runsOn({ text, lines }: Text, start: number, end: number): boolean {
  const line = lineAt(lines, start);
  if (line === undefined || line.kind === "code" || line.kind === "table" || line.kind === "heading") return false;
  const before = text
    .slice(line.start, start)
    .replace(/\{\{[ \t]*[#/][^{}]*\}\}/g, "")
    .trimEnd();
  const after = text
    .slice(end, line.end)
    .replace(/\{\{[ \t]*[#/][^{}]*\}\}/g, "")
    .trim();
  if (/[:：>"'“‘「『`|[(=\]-]$|\}\}$/.test(before) || /^(?:[<"'”’」』`|\])]|\{\{)/.test(after)) return false;
  const words = before.match(/[\p{L}]{2,}/gu)?.length ?? 0;
  return words >= 2 || (/\p{L}{2,}/u.test(after) && !after.startsWith("("));
}

const longFirst: Rule = {
  id: "input/long-first",
  level: "info",
  about: "the question before the long text that it is about",
  check({ placeholders, text }) {
    const question = placeholders.find(({ name }) => isQuestion(name));
    const context = placeholders.findLast(({ name }) => isContext(name));
    if (question === undefined || context === undefined || context.offset < question.offset) return [];
    if (isJudged(placeholders.map(({ name }) => name))) return [];
    if (placeholders.some(({ name, offset }) => name === question.name && offset > context.offset)) return [];
    const end = text.indexOf("}}", question.offset) + 2;
    return [
      {
        start: question.offset,
        end,
        message: `{{${question.name}}} stands before {{${context.name}}}; with long texts the question is better last, or repeated there`,
      },
    ];
  },
};

export const input: readonly Rule[] = [delimited, longFirst];
