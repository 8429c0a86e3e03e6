/** Quoted text in instructions, in the marks of several languages. */

/** Source of a pattern with one group: what is quoted. Apostrophes inside words neither open nor close. */
export const quoted =
  '(?:(?<![\\p{L}\\d])[\'‘‚]([^\\n]{1,160}?)[\'’‘](?![\\p{L}\\d])|["“„«»「『`]{1,2}([^"“”„«»「」『』`\\n]{1,240}?)["”“«»」』`]{1,2}|\\*\\*([^*\\n]{1,160}?)\\*\\*)';

/** What the groups of `quoted` hold, wherever they stand in a match. */
export function innerOf(match: RegExpMatchArray): string {
  return (match.slice(1).find((group) => group !== undefined && group !== "") ?? "").trim();
}

export function quotesIn(text: string): string[] {
  return [...text.matchAll(new RegExp(quoted, "gu"))].map(innerOf);
}

export function withoutQuotes(text: string): string {
  return text.replace(new RegExp(quoted, "gu"), " ");
}
