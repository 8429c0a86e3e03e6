/** Faults of wording with their places: rules report them, operators mend them. Pure. */
import { withSpace } from "./edits.ts";
import type { Sentence } from "./sentences.ts";
import type { Text } from "./text.ts";
import type { Span } from "./types.ts";

interface Shout extends Span {
  readonly word: string;
  /** The same in small letters. */
  readonly quiet: string;
}

/** Words that people shout at models; names and abbreviations in capitals are left alone. */
const SHOUTED =
  /(?<![\p{L}\p{N}_"'“‘`-])(?:MUST|NEVER|ALWAYS|NOT|ONLY|IMPORTANT|CRITICAL|CRUCIAL|WARNING|STRICTLY|ABSOLUTELY|EXACTLY|EVER|EVERY|SHALL|SHOULD|CANNOT|DO|DON['’]T|PLEASE|VERY|IMMEDIATELY|REMEMBER|MANDATORY|REQUIRED|FORBIDDEN|UNDER NO CIRCUMSTANCES)(?![\p{L}\p{N}_"'”’`-])/gu;
const ONE_SHOUT = new RegExp(SHOUTED, "u");
const MARKS = /!{2,}/g;

export function shoutsIn({ text, sentences }: Text): readonly Shout[] {
  return sentences.flatMap((sentence) => {
    const piece = text.slice(sentence.start, sentence.end);
    const quoted = [...piece.matchAll(/"[^"\n]*"|“[^”\n]*”|`[^`\n]*`|\{\{[^{}]*\}\}/g)].map(
      ({ index, 0: { length } }) => [index, index + length] as const,
    );
    const words = [...piece.matchAll(SHOUTED)].filter(({ index, 0: word }) => {
      if (quoted.some(([from, to]) => from <= index && index < to)) return false;
      // "NOT ENOUGH INFO" is a name; "MUST NEVER" is not.
      const [before] = /\p{L}[\p{L}'’]*(?=[ \t]+$)/u.exec(piece.slice(0, index)) ?? [""];
      const [after] = /(?<=^[ \t]+)\p{L}[\p{L}'’]*/u.exec(piece.slice(index + word.length)) ?? [""];
      return ![before, after].some((beside) => beside.length > 1 && beside === beside.toUpperCase() && !ONE_SHOUT.test(beside));
    });
    const marks = [...piece.matchAll(MARKS)].filter(({ index }) => !quoted.some(([from, to]) => from <= index && index < to));
    return [
      ...words.map(({ index, 0: word }): Shout => {
        const first = piece.slice(0, index).trim() === "";
        const quiet = word.toLowerCase();
        return at(sentence, index, word, first ? quiet.charAt(0).toUpperCase() + quiet.slice(1) : quiet);
      }),
      ...marks.map(({ index, 0: mark }) => at(sentence, index, mark, ".")),
    ].toSorted((a, b) => a.start - b.start);
  });
}

function at({ start }: Sentence, index: number, word: string, quiet: string): Shout {
  return { start: start + index, end: start + index + word.length, word, quiet };
}

interface Filler extends Span {
  readonly what: string;
  readonly cut: Span;
  /** What stands in the place of what is cut. */
  readonly instead: string;
}

const PERSONA =
  /^You are (?:now )?(?:(?:a|an|the|my) )?(?:(?:(?:very|extremely|highly|incredibly|really|most|helpful|friendly|useful|smart|intelligent|brilliant|powerful|great|good|amazing|honest|harmless|polite|world[- ]class|expert|professional|advanced|best|knowledgeable|capable|language|virtual|digital|AI|large)[, ]+)(?:and )?)*(?:(?:AI|LLM|chat ?bot|chatbot|assistant|language model|model|bot)(?: AI)?|expert|genius)(?: (?:in|of) (?:everything|the (?:whole )?world))?[.!]*$/i;
const PRAISE =
  /\b(?:world[- ]class|world['’]s (?:best|greatest|leading|foremost)|best in the (?:whole )?world|genius|(?:\d{2,3}\+?) years of experience)\b/i;
const BRIBE =
  /\b(?:tip (?:you )?(?:of )?\$?\d|\$\d[\d,]* tip|I(?:['’]ll| will) (?:tip|pay|reward) you|you(?:['’]ll| will) (?:get|receive|be given) (?:a |an )?(?:\$\d|tip|reward|bonus))/i;
const THREAT =
  /\b(?:or (?:else )?(?:you|I)(?:['’]ll| will) (?:be )?(?:fired|shut down|punished|penali[sz]ed|die|lose my job)|you will be (?:penali[sz]ed|punished|fired|shut down)|my (?:job|career|life) depends on|lives? (?:are|is) at stake|kittens?\b[^.]{0,20}\bdie)\b/i;
const PLEA = /\b(?:[Pp]lease(?: do| make sure to)?|[Kk]indly)[, ]+(?=\p{L})/gu;

/** Praise, pleas, tips and threats; a persona that says something of the task is none. */
export function fillerIn({ text, sentences }: Text): readonly Filler[] {
  return sentences.flatMap((sentence): readonly Filler[] => {
    const whole = (what: string): readonly Filler[] => [
      { start: sentence.start, end: sentence.end, what, cut: withSpace(text, sentence), instead: "" },
    ];
    if (sentence.text.includes("{{")) return [];
    if (BRIBE.test(sentence.text)) return whole("a tip");
    if (THREAT.test(sentence.text)) return whole("a threat");
    // The only sentence of a prompt is not taken away.
    if (sentences.length > 1 && PERSONA.test(sentence.text)) return whole("a persona that says nothing of the task");
    const praise = PRAISE.exec(sentence.text);
    if (praise !== null && /^you are\b/i.test(sentence.text) && sentence.text.length <= 100 && sentences.length > 1) return whole("praise");
    const piece = text.slice(sentence.start, sentence.end);
    return [...piece.matchAll(PLEA)].map((match) => {
      const start = sentence.start + match.index;
      const end = start + match[0].length;
      const first = match.index === 0;
      const next = text.charAt(end);
      return {
        start,
        end: start + match[0].trimEnd().length,
        what: "a plea",
        cut: { start, end: first ? end + 1 : end },
        instead: first ? next.toUpperCase() : "",
      };
    });
  });
}

/** Fewer words are said twice by chance. */
const LEAST_WORDS = 4;

/** Sentences that were said before, word for word, with the place of the first time. */
export function duplicatesIn({ sentences }: Text): readonly { readonly first: Span; readonly again: Sentence }[] {
  const seen = new Map<string, Sentence>();
  return sentences.flatMap((again) => {
    const key = again.text
      .toLowerCase()
      .replace(/[\s\p{P}]+/gu, " ")
      .trim();
    const long = key.split(" ").length >= LEAST_WORDS || /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{8}/u.test(key);
    if (!long || again.text.includes("{{")) return [];
    const first = seen.get(key);
    if (first !== undefined) return [{ first, again }];
    seen.set(key, again);
    return [];
  });
}
