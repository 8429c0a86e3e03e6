/** What the answer is to look like. */
import { asksUnknown, formatIn, isContext, isJudged, isQuestion } from "../cues.ts";
import { placeholdersOf } from "../../program/template.ts";
import type { Text } from "../text.ts";
import type { Fault, Known, Rule } from "../types.ts";

/** Orders of a form, in the languages in which JSON is ordered most. */
const ORDERED =
  /\b(?:answer|reply|respond|return|output|format(?:ted)?|give|provide|write|produce|generate|print|speak|as|in|antworte|gib|réponds|renvoie|responde|devuelve)\b|以|输出|返回/iu;
const DESCRIBED =
  /\b(?:fields?|keys?|schema|propert(?:y|ies)|attributes?|columns?|header|elements?|arrays? of|lists? of|objects? with|mapping|Feld(?:er|ern)?|Schlüsseln?|champs?|clés?|campos?|claves?)\b|字段|键/iu;

/** A tag or fence around a placeholder and little else. */
const INSERTED = /<(\w+)>\s*\{\{[^{}\n]*\}\}\s*<\/\1>|(```|~~~)[^\n`]*\n\s*\{\{[^{}\n]*\}\}\s*\2/gu;

const schema: Rule = {
  id: "output/schema",
  level: "error",
  about: "JSON or another format without fields, types or an example; an example that lacks a field",
  knows: true,
  check(text, known) {
    // Inputs in tags or fences show what comes in, not what is to come out; {% … %} is no object.
    const whole = `${text.text}\n${known.beside ?? ""}`.replace(INSERTED, " ").replace(/\{%[^{}\n]*%\}/g, " ");
    const shown = /(?<!\{)\{(?!\{)|\[\s*\{|"\w+"\s*:|<\w+>[^<]*<\/\w+>|```/.test(whole) || DESCRIBED.test(whole);
    const asking = text.sentences.find(
      (one) =>
        formatIn(one.text) !== null &&
        ORDERED.test(one.text) &&
        !/\b(?:no|not|never|without|input|given|following|below|like|such as|may|might|can)\b/i.test(one.text),
    );
    const format = asking === undefined ? null : formatIn(text.text.slice(asking.start, asking.end));
    if (asking !== undefined && format !== null && !shown && known.enforced !== true) {
      const start = asking.start + format.index;
      return [
        {
          start,
          end: start + format[0].length,
          message: `${format[0]} is asked for, and nothing says of what; name the fields with their types, or show an example`,
        },
      ];
    }
    return lackingFields(text, known);
  },
};

/** Fields that a sentence names and an example object does not have. */
function lackingFields({ text, sentences }: Text, { beside = "" }: Known): readonly Fault[] {
  const naming = sentences.find((one) => /\bJSON\b/.test(one.text) && /\b(?:fields?|keys?|properties)\b/i.test(one.text));
  const named =
    naming === undefined
      ? []
      : [...(/\b(?:fields?|keys?|properties)\b(.*)$/iu.exec(naming.text)?.[1] ?? "").matchAll(/["`]([\p{L}_][\p{L}\p{N}_]*)["`]/gu)].map(
          ([, name = ""]) => name,
        );
  if (named.length < 2 || beside.includes('"}')) return [];
  return objectsIn(text).flatMap(({ start, end, keys }) => {
    const lacking = named.filter((name) => !keys.includes(name));
    // Another object, such as an input, shares no field.
    if (lacking.length === 0 || lacking.length === named.length) return [];
    return [
      { start, end, message: `the example has no ${lacking.map((name) => `"${name}"`).join(", ")}, which the prompt asks for; add it` },
    ];
  });
}

function objectsIn(text: string): readonly { readonly start: number; readonly end: number; readonly keys: readonly string[] }[] {
  return [...text.matchAll(/(?<!\{)\{(?!\{)[^{}]*\}(?!\})/g)].flatMap((match) => {
    try {
      const value: unknown = JSON.parse(match[0]);
      return typeof value === "object" && value !== null
        ? [{ start: match.index, end: match.index + match[0].length, keys: Object.keys(value) }]
        : [];
    } catch {
      return [];
    }
  });
}

const unknown: Rule = {
  id: "output/unknown",
  level: "warning",
  about: "questions about texts that may not hold the answer, and no word on what to say then",
  knows: true,
  check({ text, role, placeholders, sentences, english, sections }, { beside, passages, answers }) {
    const names = [...placeholders, ...placeholdersOf(beside ?? "")].map(({ name }) => name);
    const reads = (passages === true || names.some(isContext)) && names.some(isQuestion) && !isJudged(names);
    // A user template of inputs alone has its instructions elsewhere, which a look at one file does not see.
    // A grade of how far they fit is no answer that could be missing.
    if (/^(?:rate|grade|score|judge|compare|decide (?:whether|if|which))\b/im.test(text)) return [];
    const instructed = sentences.filter((one) => !one.text.includes("{{")).length > 0;
    const whole = `${text}\n${beside ?? ""}`;
    if (!reads || !instructed || !english || answers?.kind === "label") return [];
    if (beside !== undefined && role === "user" && beside.trim() !== "") return [];
    if (asksUnknown(whole)) return [];
    const last = sections.length > 0 ? sentences[0] : sentences.findLast((one) => !one.text.includes("{{"));
    if (last === undefined) return [];
    return [
      {
        start: last.start,
        end: last.end,
        message: 'nothing says what to answer when the text does not hold it; add: If the answer is not there, say "I don\'t know".',
      },
    ];
  },
};

export const output: readonly Rule[] = [schema, unknown];
