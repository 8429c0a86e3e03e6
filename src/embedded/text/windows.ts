/** Long texts in parts that can be read one at a time. */
import type { Text } from "./text.ts";

export interface Window {
  /** Token of the whole text where the part begins. */
  readonly start: number;
  readonly part: Text;
}

/** Parts of at most `most` tokens that end with a sentence where one ends in their second half; no token is left out or in two parts. */
export function windowsOf(text: Text, most: number): Window[] {
  const windows: Window[] = [];
  const n = text.words.length;
  for (let start = 0; start < n;) {
    const end = start + most >= n ? n : lastBreak(text, start, start + most);
    windows.push({ start, part: start === 0 && end === n ? text : cut(text, start, end) });
    start = end;
  }
  return windows;
}

/** The last place up to `limit` where a sentence begins; `limit` itself where there is none after the middle. */
function lastBreak(text: Text, start: number, limit: number): number {
  for (let i = limit; i > (start + limit) / 2; i--) if (text.sentence[i] !== text.sentence[i - 1]) return i;
  return limit;
}

function cut({ text, words, begin, end, sentence }: Text, from: number, to: number): Text {
  const first = sentence[from] ?? 0;
  const own = sentence.slice(from, to).map((s) => s - first);
  return {
    text,
    words: words.slice(from, to),
    begin: begin.slice(from, to),
    end: end.slice(from, to),
    sentence: own,
    sentences: (own.at(-1) ?? -1) + 1,
  };
}
