/** Examples: models copy what they show rather than what is said. */
import { acceptedOf, partOf, quoteFinder } from "../../data/quotes.ts";
import type { Case } from "../../types.ts";
import type { Rule, Span } from "../types.ts";

const FORMATTED =
  /\b(?:in|using|follow(?:ing)?|use) (?:the|this|a) (?:exact |following |specific |custom |special )+(?:format|template|layout|structure)\b/i;

const count: Rule = {
  id: "examples/count",
  level: "warning",
  about: "a format of its own without an example",
  check({ text, sentences, examples, lines, english }) {
    const asking = english ? sentences.find((one) => FORMATTED.test(one.text)) : undefined;
    if (asking === undefined || examples.length > 0) return [];
    // What follows a colon, code, tags or a quoted pattern show the form as well.
    const shown =
      /[:：]\s*$/.test(asking.text) ||
      /["`<{[]/.test(asking.text) ||
      lines.some(({ kind }) => kind === "code") ||
      /^[ \t]*(?:[-*][ \t]+)?(?:right|correct|good)(?: form| answer| output)?[:：]/imu.test(text) ||
      /[:：]\s*\n/.test(text.slice(asking.start));
    return shown ? [] : [{ start: asking.start, end: asking.end, message: "a format of its own, and no example of it; show one" }];
  },
};

const format: Rule = {
  id: "examples/format",
  level: "warning",
  about: "examples whose answers have different forms",
  check({ examples }) {
    const outputs = examples.flatMap(({ output }) => (output === undefined ? [] : [{ ...output, keys: keysOf(output.text) }]));
    const first = outputs[0];
    if (first === undefined) return [];
    const other = outputs.find(({ keys }) => keys !== first.keys);
    if (other === undefined) return [];
    const what =
      first.keys === undefined || other.keys === undefined ? "one is JSON, the other is not" : `fields ${first.keys} against ${other.keys}`;
    return [{ start: other.start, end: other.end, message: `this answer has another form than the first (${what}); show one form` }];
  },
};

/** Names of an object's fields; undefined for what is no JSON object. */
function keysOf(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return Object.keys(JSON.parse(text) as object)
      .toSorted()
      .join(", ");
  } catch {
    return undefined;
  }
}

/** Fewer examples show no leaning. */
const LEAST_SKEW = 4;

const labels: Rule = {
  id: "examples/labels",
  level: "warning",
  about: "examples of a label that is not allowed, or of one label only",
  knows: true,
  check({ examples }, { answers }) {
    const allowed = answers?.kind === "label" ? (answers.labels ?? []) : [];
    const outputs = examples.flatMap(({ output }) => (output === undefined || keysOf(output.text) !== undefined ? [] : [output]));
    if (allowed.length < 2 || outputs.length === 0) return [];
    const strange = outputs.filter(({ text }) => !allowed.includes(text));
    const used = new Set(outputs.map(({ text }) => text));
    const first = outputs[0];
    const missing = allowed.filter((label) => !used.has(label));
    return [
      ...strange.map(({ start, end, text }) => ({
        start,
        end,
        message: `"${text.slice(0, 40)}" is no label of the data; they are ${allowed.slice(0, 8).join(", ")}`,
      })),
      ...(first === undefined ||
      strange.length > 0 ||
      outputs.length < LEAST_SKEW ||
      outputs.length < allowed.length ||
      missing.length === 0
        ? []
        : [
            {
              start: first.start,
              end: first.end,
              message: `${outputs.length} examples, and none of ${missing.slice(0, 5).join(", ")}; show each label`,
            },
          ]),
    ];
  },
};

const leak: Rule = {
  id: "examples/leak",
  level: "error",
  about: "a confirm or test case that stands in the prompt",
  knows: true,
  check({ text }, { splits }) {
    if (splits === undefined) return [];
    const held = new Map([...splits.confirm, ...splits.test].map((kase) => [kase.id, kase] as const));
    return quoteFinder(splits)([{ id: "prompt", text }], partOf(splits.train)).map(({ case: id, split }) => {
      const kase = held.get(id);
      return {
        ...(kase === undefined ? { start: 0, end: text.length } : placeOf(text, kase)),
        message: `the ${split} case "${id}" stands here, so its score means nothing; take examples from train`,
      };
    });
  },
};

/** Where a case's longest field, or else an answer, stands in the text, by words; the whole text where it cannot be told. */
function placeOf(text: string, kase: Case): Span {
  const wanted = [...Object.values(kase.fields).toSorted((a, b) => b.length - a.length), ...acceptedOf(kase)];
  const words = wordsIn(text);
  for (const one of wanted) {
    const looked = wordsIn(one).map(({ word }) => word);
    const at = looked.length === 0 ? -1 : words.findIndex((_, from) => looked.every((word, i) => words[from + i]?.word === word));
    const [first, last] = [words[at], words[at + looked.length - 1]];
    if (first !== undefined && last !== undefined) return { start: first.start, end: last.end };
  }
  return { start: 0, end: text.length };
}

function wordsIn(text: string): readonly (Span & { readonly word: string })[] {
  return [...text.matchAll(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}]+/gu)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    word: match[0].normalize("NFKC").toLowerCase(),
  }));
}

export const examples: readonly Rule[] = [count, format, labels, leak];
