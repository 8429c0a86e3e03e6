/** What `usage`, `max_tokens` and the pieces of a stream count: words, numbers, punctuation marks, and characters of scripts without spaces. */

const token = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\d]+|[^\s\p{L}\p{M}\d]/gu;

export function countTokens(text: string): number {
  let count = 0;
  token.lastIndex = 0;
  while (token.test(text)) count++;
  return count;
}

/** The text in pieces of a token each, with the white space before it, the last one with what follows too; joined they are the text. */
export function tokensOf(text: string): string[] {
  const ends = Array.from(text.matchAll(token), (match) => match.index + match[0].length);
  if (ends.length === 0) return text === "" ? [] : [text];
  ends[ends.length - 1] = text.length;
  return ends.map((end, i) => text.slice(i === 0 ? 0 : ends[i - 1], end));
}
