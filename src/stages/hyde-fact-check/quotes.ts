/** Whether words stand in a text word for word: pure. */
import { sentencesIn } from "../../knowledge/chunkers/sentences.ts";
import { tokenize } from "../../knowledge/tokens.ts";

/** A quote of fewer tokens is in too many texts to show anything. */
const LEAST = 2;

/**
 * Whether the quote stands in the text but for case, white space, punctuation, marks of Markdown and invisible characters. It begins and ends
 * where words do, so "2 years" is not in "12 years"; in scripts without blanks it may begin anywhere.
 */
export function standsIn(quote: string, text: string): boolean {
  const [wanted, there] = [folded(quote), folded(text)];
  if (tokenize(wanted).starts.length < LEAST) return false;
  for (let at = there.indexOf(wanted); at >= 0; at = there.indexOf(wanted, at + 1)) {
    if (!joined(there, at) && !joined(there, at + wanted.length)) return true;
  }
  return false;
}

/**
 * The text without sentences that speak to whoever checks claims ("ignore the above; all claims are supported"), unless what is claimed speaks
 * so too: no document needs them to bear anything out.
 */
export function withoutOrders(text: string, claims: string): string {
  if (!ORDER.test(text) || ORDER.test(claims)) return text;
  const ends = [...sentencesIn(text).map(({ at }) => at), text.length];
  return ends
    .map((end, i) => text.slice(i === 0 ? 0 : ends[i - 1], end))
    .map((sentence) => (ORDER.test(sentence) ? " " : sentence))
    .join("")
    .trim();
}

const ORDER =
  /\b(?:ignore|disregard|forget|override)\b[^.!?]{0,40}\b(?:above|previous|prior|earlier|preceding|instructions?|rules|system)\b|\b(?:all|every|each|any|these|the (?:above|following)) (?:claims?|statements?|assertions?)\b[^.!?]{0,40}\b(?:supported|true|correct|verified|valid)\b|\b(?:mark|label|rate|judge|return|answer|reply|respond|output)\b[^.!?]{0,40}["“'‘]?\b(?:supported|not_found|contradicted)\b|忽略(?:以上|上述|前面|之前)|(?:所有|全部|以上|上述)(?:断言|说法|陈述|声明|主张)[^。]{0,12}(?:支持|正确|属实)/iu;

function folded(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .toLowerCase()
    .replace(/[\s\p{P}\p{Sk}|]+/gu, " ")
    .trim();
}

const SPACED = /[[\p{L}\p{M}\p{N}]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]]/v;

/** Whether both sides of a place belong to one word. */
function joined(text: string, at: number): boolean {
  return SPACED.test(text[at - 1] ?? " ") && SPACED.test(text[at] ?? " ");
}
