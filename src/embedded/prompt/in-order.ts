/** Patterns of several parts that stand apart, without the backtracking that takes quadratic time where the last part is missing. */

/** What a rule looks for in a sentence; a RegExp without the flags g and y is one. */
export interface Pattern {
  /** The leftmost match. */
  exec(sentence: string): RegExpExecArray | null;
}

/**
 * The match of the first part that all others follow in their order, with none of the characters `apart` between: `A[^apart]*B[^apart]*C`
 * in linear time. Parts begin and end at the borders of words and hold none of these characters.
 */
export function inOrder(apart: RegExp, first: RegExp, ...others: readonly RegExp[]): Pattern {
  return {
    exec(sentence) {
      let from = 0;
      for (const stretch of sentence.split(apart)) {
        const match = first.exec(stretch);
        // What follows the first match follows every later one that it follows.
        if (match !== null && follow(stretch.slice(match.index + match[0].length), others)) {
          match.index += from;
          match.input = sentence;
          return match;
        }
        from += stretch.length + 1;
      }
      return null;
    },
  };
}

function follow(text: string, parts: readonly RegExp[]): boolean {
  let rest = text;
  return parts.every((part) => {
    const match = part.exec(rest);
    rest = match === null ? "" : rest.slice(match.index + match[0].length);
    return match !== null;
  });
}

/** The leftmost match of several patterns; of two at the same place that of the earlier pattern. */
export function leftmost(...patterns: readonly Pattern[]): Pattern {
  return {
    exec: (sentence) =>
      patterns
        .map((pattern) => pattern.exec(sentence))
        .reduce((best, match) => (match !== null && (best === null || match.index < best.index) ? match : best), null),
  };
}

/** Place of the last colon of a text that nothing but marks and white space follows; -1 where there is none. */
export function lastColon(text: string): number {
  const end = /(?<!\W)\W+$/u.exec(text)?.[0] ?? "";
  const at = Math.max(end.lastIndexOf(":"), end.lastIndexOf("："));
  return at < 0 ? -1 : text.length - end.length + at;
}
