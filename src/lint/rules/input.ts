/** How inputs are shown. */
import { isContext, isJudged, isQuestion } from "../cues.ts";
import { runOnsIn } from "../faults.ts";
import type { Fault, Rule } from "../types.ts";

const delimited: Rule = {
  id: "input/delimited",
  level: "warning",
  about: "an input that runs into the instructions, or that can hold what marks its end",
  knows: true,
  check(text, { splits }) {
    // Where cases are few, splits share them.
    const cases = [...new Map((splits === undefined ? [] : Object.values(splits).flat()).map((kase) => [kase.id, kase] as const)).values()];
    const running = new Map(runOnsIn(text).map(({ start, end, name }) => [start, { start, end, name }] as const));
    return text.placeholders.flatMap(({ name, offset }): readonly Fault[] => {
      if (text.text.startsWith("{{#", offset)) return [];
      const end = text.text.indexOf("}}", offset) + 2;
      if (running.has(offset))
        return [{ start: offset, end, message: `{{${name}}} runs into the sentence around it; put it into tags: <${name}>…</${name}>` }];
      const mark = endMark(text.text, offset, end);
      const holding = mark === undefined ? [] : cases.filter(({ fields }) => fields[name]?.includes(mark));
      const [first] = holding;
      if (mark === undefined || first === undefined) return [];
      const of = `${holding.length} of ${cases.length} cases hold ${mark.trim()}`;
      return [{ start: offset, end, message: `${of} in ${name}, such as "${first.id}", which ends {{${name}}} here; choose another mark` }];
    });
  },
};

/** Characters on either side of an input in which its marks are looked for. */
const AROUND = 200;

/** What tells where an input ends: its closing tag, fence or quotes, or a line of dashes; undefined where nothing does. */
function endMark(text: string, start: number, end: number): string | undefined {
  const after = text.slice(end, end + AROUND);
  const before = text.slice(Math.max(0, start - AROUND), start);
  const [, tag] = /^\s*(<\/[^<>\n]+>)/.exec(after) ?? [];
  if (tag !== undefined) return tag;
  const [, fence] = /^[ \t]*\r?\n(```|~~~|"""|-{3,}|={3,})[ \t]*(?:\r?\n|$)/.exec(after) ?? [];
  if (fence !== undefined) return before.includes(fence) ? fence : undefined;
  const [quote] = /^(?:"""|["”»」])/.exec(after) ?? [];
  return quote !== undefined && /["“«「]$/.test(before) ? quote : undefined;
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
