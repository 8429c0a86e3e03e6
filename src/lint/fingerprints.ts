/**
 * What code hosts know a line by while others above it change: GitHub's `primaryLocationLineHash` (docs.github.com, "SARIF support for
 * code scanning"), so that a log that is uploaded by hand matches one that GitHub's own action filled in. Pure.
 */

/** Characters from the beginning of a line on, blanks aside, that its hash is made of, and the base of the polynomial. */
const WINDOW = 100;
const BASE = 37n;
/** Stands for the end of the file. */
const END = 0xffff;

/** `hash:nth` of each of these lines, counted from 1; the same hash further down the file is the next nth. */
export function lineHashes(content: string, lines: ReadonlySet<number>): ReadonlyMap<number, string> {
  const plain = content.replace(/\r\n?/g, "\n").replace(/[ \t]+/g, "");
  const codeAt = (at: number): bigint => BigInt(at < plain.length ? plain.charCodeAt(at) : at === plain.length ? END : 0);
  const highest = BASE ** BigInt(WINDOW);
  let hash = 0n;
  for (let at = 0; at < WINDOW; at++) hash = BigInt.asUintN(64, hash * BASE + codeAt(at));
  const times = new Map<bigint, number>();
  const found = new Map<number, string>();
  let line = 0;
  for (let at = 0; at <= plain.length; at++) {
    if (at === 0 || plain[at - 1] === "\n") {
      const nth = (times.get(hash) ?? 0) + 1;
      times.set(hash, nth);
      if (lines.has(++line)) found.set(line, `${hash.toString(16)}:${nth}`);
    }
    hash = BigInt.asUintN(64, hash * BASE + codeAt(at + WINDOW) - highest * codeAt(at));
  }
  return found;
}
