/** Tokens as llmopt counts them: no model's own, the same everywhere, good enough to size chunks by. */

/** Offsets of the tokens of a text: token `i` is `text.slice(starts[i], ends[i])`. */
export interface Tokens {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Cuts a text into tokens: a character of a script written without spaces (Han, kana, Thai, …), a run of letters, marks and
 * digits, or a run of anything else that is not white space; a run longer than 24 characters is several. Every character
 * that is not white space is in exactly one token.
 */
export function tokenize(text: string): Tokens {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const match of text.matchAll(token)) {
    starts.push(match.index);
    ends.push(match.index + match[0].length);
  }
  return { starts, ends };
}

const unspaced = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}`;
const word = String.raw`\p{L}\p{M}\p{N}_`;
const token = new RegExp(`[${unspaced}]|[[${word}]--[${unspaced}]]{1,24}|[^\\s${word}${unspaced}]{1,24}`, "gv");
