/** The same said better: without shouting, filler, mere prohibitions and repetition, and with reasons. */
import { edited, tidy, withSpace } from "../edits.ts";
import { duplicatesIn, fillerIn, shoutsIn } from "../faults.ts";
import { readText, type Text } from "../text.ts";
import type { Edit, Facts, Operator, Prompt } from "../types.ts";
import { isInEnglish } from "./place.ts";

export const decap: Operator = wordingOperator({
  name: "decap",
  about: "writes shouted words in small letters",
  rule: "rules/shouting",
  edits: (text, { answers }) => {
    const labels = answers?.labels ?? [];
    return shoutsIn(text)
      .filter(({ word }) => !labels.some((label) => label.includes(word)))
      .map(({ start, end, quiet }) => ({ start, end, text: quiet }));
  },
});

export const dropFiller: Operator = wordingOperator({
  name: "drop-filler",
  about: "takes away praise, pleas, tips and threats",
  rule: "persona/filler",
  edits: (text) => fillerIn(text).map(({ cut, instead }) => ({ ...cut, text: instead })),
});

export const dedupe: Operator = wordingOperator({
  name: "dedupe",
  about: "says each thing once",
  rule: "size/duplicate-lines",
  edits: (text) => duplicatesIn(text).map(({ again }) => ({ ...withSpace(text.text, again), text: "" })),
});

/** What not to do, and the same as what to do; a sentence that says both is left as it is. */
const POSITIVE: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:do not|don't|never|avoid) (?:explain(?:ing)?|add(?:ing)? (?:an(?:y)? )?explanations?|giv(?:e|ing) (?:an(?:y)? )?explanations?|justify(?:ing)?)(?: (?:your|the) (?:answer|reasoning|choice))?$/i,
    "Give only the answer",
  ],
  [
    /^(?:do not|don't|never|avoid) (?:add|includ(?:e|ing)|writ(?:e|ing)|output(?:ting)?) (?:any(?:thing)? (?:else|other (?:text|words)|extra text|additional text)|extra text|additional text|a preamble|any preamble)$/i,
    "Give only the answer",
  ],
  [
    /^(?:do not|don't|never|avoid) (?:mak(?:e|ing) (?:things|facts|anything|it|an answer|answers|stuff) up|mak(?:e|ing) up (?:things|facts|anything|an answer|answers|information)|invent(?:ing)?(?: (?:things|facts|anything|an answer|answers|information|details))?|hallucinat(?:e|ing)|guess(?:ing)?|speculat(?:e|ing))$/i,
    "Say only what the input supports",
  ],
  [
    /^(?:do not|don't|never|avoid) (?:us(?:e|ing) (?:any )?(?:outside|external|prior|your own|other) (?:knowledge|information|sources))$/i,
    "Use only the information given here",
  ],
  [
    /^(?:do not|don't|never|avoid) (?:us(?:e|ing) )?(?:any )?(?:jargon|technical terms|technical jargon|complicated words|difficult words)$/i,
    "Use plain, everyday words",
  ],
  [
    /^(?:do not|don't|never|avoid) (?:writ(?:e|ing)|us(?:e|ing)|answer(?:ing)? (?:in|with)) (?:a )?(?:full |complete |whole )?sentences?$/i,
    "Answer with a short phrase",
  ],
  [/^(?:do not|don't|never|avoid) (?:us(?:e|ing) )?(?:any )?(?:markdown|formatting|markdown formatting)$/i, "Write plain text"],
  [/^(?:do not|don't|never|avoid) (?:repeat(?:ing)?|restat(?:e|ing)) the question$/i, "Begin with the answer itself"],
  [/^(?:do not|don't|never|avoid) (?:be(?:ing)? )?(?:rude|impolite|aggressive)(?: to (?:the )?\w+)?$/i, "Stay polite"],
  [
    /^(?:do not|don't|never) (?:answer|reply|respond) in (?:any )?(?:other|another|a different) language(?: than the question)?$/i,
    "Answer in the language of the question",
  ],
];

export const positiveRephrase: Operator = wordingOperator({
  name: "positive-rephrase",
  about: "says what to do in place of what not to do, for what is often forbidden",
  edits: ({ sentences, text: whole }) => {
    const said = new Set(sentences.map(({ text }) => text.replace(/[.!]+$/, "")));
    return sentences.flatMap((sentence) => {
      const bare = sentence.text.replace(/[.!]+$/, "").replaceAll("’", "'");
      const better = POSITIVE.find(([pattern]) => pattern.test(bare))?.[1];
      if (better === undefined) return [];
      if (said.has(better)) return [{ ...withSpace(whole, sentence), text: "" }];
      said.add(better);
      return [{ start: sentence.start, end: sentence.end, text: /[.!]$/.test(sentence.text) ? `${better}.` : better }];
    });
  },
});

/** Why a rule is there, for rules whose reason is the same everywhere. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(?:answer|reply|respond|return|output)\b.*\bJSON\b/, "a program reads it"],
  [/^(?:answer|reply|respond)\b.*\b(?:one of|exactly one|the label|a label|one label)\b/i, "a program compares it with a fixed list"],
  [/^(?:answer|reply|respond)\b.*\b(?:short phrase|one word|few words|\d+ words)\b/i, "it is shown in a small space"],
  [/^(?:answer|reply|respond)\b.*\bonly (?:from|with|using)\b|^use only\b/i, "readers check it against them"],
  [/^(?:cite|quote|name the source)\b/i, "readers check it"],
];
const HAS_REASON = /\b(?:because|since|so that|so as|otherwise|in order to|as (?:it|they|this|the|readers|a program))\b|;|:\s*$/i;

export const addReason: Operator = wordingOperator({
  name: "add-reason",
  about: "adds to a rule why it is there",
  rule: "rules/no-reason",
  edits: ({ sentences }) =>
    sentences.flatMap(({ end, text }) => {
      if (HAS_REASON.test(text) || !/[.]$/.test(text) || text.includes("{{")) return [];
      const order = text.replaceAll("’", "'").replace(/^(?:(?:you must|you should|always|please) )+/i, "");
      const reason = REASONS.find(([pattern]) => pattern.test(order))?.[1];
      return reason === undefined ? [] : [{ start: end - 1, end, text: `, because ${reason}.` }];
    }),
});

/** An operator that edits the words of both templates, where they are English. */
function wordingOperator({ edits, ...operator }: Omit<Operator, "apply"> & { edits(text: Text, facts: Facts): readonly Edit[] }): Operator {
  return {
    ...operator,
    apply(prompt, facts) {
      if (!isInEnglish(prompt)) return undefined;
      const changed = (template: string): string => {
        const found = edits(readText(template), facts);
        return found.length === 0 ? template : tidy(edited(template, found));
      };
      const after: Prompt = { system: changed(prompt.system), user: changed(prompt.user) };
      return after.system === prompt.system && after.user === prompt.user ? undefined : after;
    },
  };
}
