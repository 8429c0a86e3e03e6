/** Runs of tokens, which BLEU, chrF and ROUGE count. */

/** The words between whitespace, as Python cuts them but for the control characters U+001C to U+001F. */
export function words(text: string): readonly string[] {
  return text.split(/\p{White_Space}+/u).filter((word) => word !== "");
}

/** How often each run of n tokens occurs. */
export function ngrams(tokens: readonly string[], n: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    const run = n === 1 ? (tokens[i] ?? "") : tokens.slice(i, i + n).join(" ");
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}

/** How many runs of n tokens there are in so many tokens. */
export function runs(length: number, n: number): number {
  return Math.max(0, length - n + 1);
}

/** How many runs of the first are in the second too, each counted as often as both have it. */
export function shared(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [run, count] of a) sum += Math.min(count, b.get(run) ?? 0);
  return sum;
}

/** The most that any of the counts has of each run. */
export function most(all: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const [first, ...others] = all;
  if (first !== undefined && others.length === 0) return first;
  const union = new Map<string, number>();
  for (const counts of all) for (const [run, count] of counts) union.set(run, Math.max(count, union.get(run) ?? 0));
  return union;
}
