/** Says what the engine understood of a request, each instruction with its words, and what it passes over. */
import type { Honoured } from "./instructions.ts";
import { isConditional } from "./refusal-phrase.ts";
import { isOrder } from "./orders.ts";
import { type Message, understand } from "./request.ts";

interface Ignored {
  /** The sentence, as it stands. */
  readonly text: string;
  /** What would be understood instead, where it comes near to something. */
  readonly hint?: string | undefined;
}

export interface Explanation {
  readonly honoured: readonly Honoured[];
  readonly ignored: readonly Ignored[];
  readonly question: string;
  /** As the prompt names them. */
  readonly passages: readonly string[];
  readonly demonstrations: number;
  readonly labels: readonly string[];
  /** What is said when the answer is not there. */
  readonly refusal: string | undefined;
}

/** The rows of GRAMMAR.md for claims. */
export const claimRows = {
  listed: "`Claims:` and numbered claims after passages",
  single: "`Claim:`, `Statement:`, `Hypothesis:` with a passage or `Premise:`",
} as const;

/** Reads the messages as a chat completion would; the same function, so it never says otherwise. */
export function explain(messages: readonly Message[]): Explanation {
  const { instructions, passages, demonstrations, question, claims, verdictNames } = understand(messages);
  const row = claims.some(({ listed }) => listed) ? claimRows.listed : claimRows.single;
  const verdicts = Object.values(verdictNames ?? {});
  // What names the verdicts is honoured only where there is something to judge.
  const judging = instructions.ignored.filter(
    (text) => claims.length > 0 && verdicts.length > 0 && verdicts.every((word) => text.includes(word)),
  );
  return {
    honoured: [...instructions.honoured, ...claims.map(({ text }) => ({ row, text })), ...judging.map((text) => ({ row, text }))],
    ignored: instructions.ignored.filter((text) => !judging.includes(text)).map((text) => ({ text, hint: hintFor(text) })),
    question,
    passages: passages.map(({ label }) => label),
    demonstrations: demonstrations.length,
    labels: instructions.labels.map(({ name }) => name),
    refusal: instructions.refusal,
  };
}

/** Sentences that come near to a row, and how to write them so that it is understood. */
const misses: readonly { readonly near: RegExp; readonly hint: string }[] = [
  {
    near: /\bstep[- ]by[- ]step\b|\bchain of thought\b|\breason(?:ing)?\b|\bthink\b/i,
    hint: "it does not reason; ask for the evidence first, or for the answer alone",
  },
  { near: /\bjson\b|\byaml\b|\bxml\b|\bschema\b/i, hint: 'write: Answer as JSON with the fields "answer" and "source".' },
  {
    near: /\btranslat\w*\b|\b(?:answer|reply|respond|write)\b[^.]{0,20}\bin (?:english|german|french|spanish|italian|chinese|japanese|the (?:user|same|question)\b)/i,
    hint: "its answers are in the language of the passages",
  },
  {
    near: /\bsummar\w*\b|\bparaphras\w*\b|\bin your own words\b|\brewrite\b/i,
    hint: "it copies words from the passages and writes none of its own",
  },
  { near: /\b(?:classif|categor|label|intent|sentiment)\w*\b/i, hint: "name the labels, as in: one of: billing, shipping, other" },
  {
    near: /\b(?:bullet|list of|all (?:the )?(?:answers|items)|several answers|table|markdown)\b/i,
    hint: "it gives one answer, without Markdown",
  },
  {
    near: /\b(?:sentences?|characters?|paragraphs?|lines?)\b/i,
    hint: 'a length is understood in words: "at most 10 words"; or "in a full sentence"',
  },
  {
    near: /\b(?:explain|justify|why|evidence|support(?:ing)?)\b/i,
    hint: "write: First quote the sentence that holds the answer, then answer.",
  },
  { near: /\b(?:calculate|compute|sum|add up|compare|convert)\b/i, hint: "it does no arithmetic" },
  { near: /\b(?:search|browse|call|tool|look up)\b/i, hint: "it has no tools; show it passages" },
];

function hintFor(sentence: string): string | undefined {
  if (isConditional(sentence) && /\b(?:say|tell|answer|reply|respond|ask|escalate|refuse|decline|apologi[sz]e|admit)\b/i.test(sentence))
    return 'put what to say in quotes: If the answer is not in the passages, say "…".';
  // A persona, or a word on the passages, misses nothing.
  if (!isOrder(sentence) || /^\W*(?:you are|act as|your task is)\b/i.test(sentence)) return undefined;
  return misses.find(({ near }) => near.test(sentence))?.hint;
}
