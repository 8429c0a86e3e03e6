/** Faults of wording with their places: rules report them, operators mend them. Pure. */
import { isLongInput } from "./cues.ts";
import { withSpace } from "./edits.ts";
import type { Sentence } from "./sentences.ts";
import { lineAt, type Text } from "./text.ts";
import type { Span } from "./types.ts";

interface Shout extends Span {
  readonly word: string;
  /** The same in small letters. */
  readonly quiet: string;
}

/** Words that people shout at models; names and abbreviations in capitals are left alone. */
const SHOUTED =
  /(?<![\p{L}\p{N}_"'“‘`-])(?:MUST|NEVER|ALWAYS|NOT|ONLY|IMPORTANT|CRITICAL|CRUCIAL|WARNING|STRICTLY|ABSOLUTELY|EXACTLY|EVER|EVERY|SHALL|SHOULD|CANNOT|DO|DON['’]T|PLEASE|VERY|IMMEDIATELY|REMEMBER|MANDATORY|REQUIRED|FORBIDDEN|UNDER NO CIRCUMSTANCES)(?![\p{L}\p{N}_"'”’`-])/gu;
/** Words in capitals that make no name of the shouted word beside them. */
const NO_NAME = new RegExp(`${SHOUTED.source}|^(?:YOU|YOUR|THIS|THAT|IS|ARE|BE|ALL|ANY|IF|IT|THE|AND|OR|TO|IN|WILL|WITH)$`, "u");
const MARKS = /(?<=[\p{L}\p{N}"'”’)\]])!{2,}/gu;
/** Characters in which the word beside another one is looked for. */
const BESIDE = 40;

export function shoutsIn({ text, sentences }: Text): readonly Shout[] {
  return sentences.flatMap((sentence) => {
    const piece = unquoted(text.slice(sentence.start, sentence.end));
    const words = [...piece.matchAll(SHOUTED)].filter(({ index, 0: word }) => {
      // A label, as in "under CRITICAL: and OTHER:".
      if (index > 0 && piece[index + word.length] === ":") return false;
      // "NOT ENOUGH INFO" is a name; "MUST NEVER" is not.
      const [before] = /\p{L}[\p{L}'’]*(?=[ \t]+$)/u.exec(piece.slice(Math.max(0, index - BESIDE), index)) ?? [""];
      const [after] = /(?<=^[ \t]+)\p{L}[\p{L}'’]*/u.exec(piece.slice(index + word.length, index + word.length + BESIDE)) ?? [""];
      return ![before, after].some((beside) => beside.length > 1 && beside === beside.toUpperCase() && !NO_NAME.test(beside));
    });
    const marks = [...piece.matchAll(MARKS)];
    return [
      ...words.map(({ index, 0: word }): Shout => {
        const first = index === 0;
        const quiet = word.toLowerCase();
        return at(sentence, index, word, first ? quiet.charAt(0).toUpperCase() + quiet.slice(1) : quiet);
      }),
      ...marks.map(({ index, 0: mark }) => at(sentence, index, mark, ".")),
    ].toSorted((a, b) => a.start - b.start);
  });
}

/** With blanks in the place of what is quoted or filled in, so that all offsets stay. */
function unquoted(text: string): string {
  return text.replace(/"[^"\n]*"|“[^”\n]*”|`[^`\n]*`|\{\{[^{}]*\}\}/g, (piece) => " ".repeat(piece.length));
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
const PLEA = /\b(?:[Pp]lease(?: do| make sure to)?|[Kk]indly)(?:[, ]+(?:please|kindly))*[, ]+(?=\p{L})/gu;

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
    const lead = /^as (?:an?|the) [^,.]{1,80},[ \t]+(?=\p{L})/iu.exec(text.slice(sentence.start, sentence.end))?.[0];
    if (lead !== undefined && PRAISE.test(lead)) {
      const end = sentence.start + lead.length;
      const cut = { start: sentence.start, end: end + 1 };
      return [
        {
          start: sentence.start,
          end: sentence.start + lead.trimEnd().length,
          what: "praise",
          cut,
          instead: text.charAt(end).toUpperCase(),
        },
      ];
    }
    const piece = unquoted(text.slice(sentence.start, sentence.end));
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
    // What announces a list may do so at each of them.
    if (!long || again.text.includes("{{") || /[:：]$/.test(again.text)) return [];
    const first = seen.get(key);
    if (first !== undefined) return [{ first, again }];
    seen.set(key, again);
    return [];
  });
}

/** Long inputs that stand in the middle of a sentence, so that nothing tells where they end. */
export function runOnsIn(text: Text): readonly (Span & { readonly name: string })[] {
  return text.placeholders.flatMap(({ name, offset }) => {
    if (!isLongInput(name) || text.text.startsWith("{{#", offset)) return [];
    const end = text.text.indexOf("}}", offset) + 2;
    return runsOn(text, offset, end) ? [{ start: offset, end, name }] : [];
  });
}

/** Characters on either side of an input in which its surroundings are looked at. */
const AROUND = 200;

/** Words of the prompt beside the input on its line, with no tag, quote, colon or bar between. */
function runsOn({ text, lines }: Text, start: number, end: number): boolean {
  const line = lineAt(lines, start);
  if (line === undefined || line.kind === "code" || line.kind === "table" || line.kind === "heading") return false;
  const before = text
    .slice(Math.max(line.start, start - AROUND), start)
    .replace(/\{\{[ \t]*[#/][^{}]*\}\}/g, "")
    .trimEnd();
  const after = text
    .slice(end, Math.min(line.end, end + AROUND))
    .replace(/\{\{[ \t]*[#/][^{}]*\}\}/g, "")
    .trim();
  if (/[>"'“‘「『`|[(=]$|\}\}$/.test(before) || /^(?:[<"'”’」』`|\])]|\{\{)/.test(after)) return false;
  // A label begins the input, and what follows on the line goes on with the instructions, unless it is a label too.
  if (/[:：\]-]$/.test(before)) return /^,?\s*\p{Ll}{2,}(?:\s+[\p{L}\p{N}]+){2,}/u.test(after) && !/^[^.]{0,40}[:：]/u.test(after);
  const words = before.match(/[\p{L}]{2,}/gu)?.length ?? 0;
  return words >= 2 || (/\p{L}{2,}/u.test(after) && !after.startsWith("("));
}
