/** Where what a reader takes for one character ends: user-perceived characters, close to the grapheme clusters of Unicode Standard Annex 29. */

/** A mark, a variation or tone of the emoji before, a vowel sign that Thai and Lao write as a letter, the second half of a surrogate pair. */
const goesOn = /^(?:\p{M}|\p{Emoji_Modifier}|[\u200d\u0e33\u0eb3\udc00-\udfff]|[\u{e0020}-\u{e007f}])/u;

/** The stretch `from` to `to` of a text, widened to whole characters. */
export function wholeCharacters(text: string, from: number, to: number): { readonly from: number; readonly to: number } {
  let [begin, end] = [from, to];
  while (isInside(text, begin)) begin--;
  while (isInside(text, end)) end++;
  return { from: begin, to: end };
}

/** Whether a place of a text, in UTF-16 units, is in the middle of a character. */
export function isInside(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  const before = text.slice(Math.max(0, at - 2), at);
  const next = text.slice(at, at + 2);
  if (goesOn.test(next)) return !/\s$/u.test(before);
  if (before.endsWith("\u200d")) return /^\p{Extended_Pictographic}/u.test(next);
  return /^\p{Regional_Indicator}/u.test(next) && flagsBefore(text, at) % 2 === 1;
}

/** Regional indicators right before a place; two are a flag. */
function flagsBefore(text: string, at: number): number {
  let count = 0;
  for (let i = at; i >= 2 && /^\p{Regional_Indicator}$/u.test(text.slice(i - 2, i)); i -= 2) count++;
  return count;
}
