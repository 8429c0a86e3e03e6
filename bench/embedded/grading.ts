/** SQuAD's grades of a short answer: the best over the accepted answers, as its official script has them. */
import { normalize } from "../../src/scorers/squad.ts";

/** Overlap of the words, 0..1. */
export function tokenF1(given: string, accepted: readonly string[]): number {
  return Math.max(
    ...accepted.map((answer) => f1(normalize(given).split(" ").filter(Boolean), normalize(answer).split(" ").filter(Boolean))),
  );
}

export function exactMatch(given: string, accepted: readonly string[]): 0 | 1 {
  return accepted.some((answer) => normalize(answer) === normalize(given)) ? 1 : 0;
}

function f1(given: readonly string[], wanted: readonly string[]): number {
  const left = [...wanted];
  const common = given.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
  return common === 0 ? 0 : (2 * common) / (given.length + wanted.length);
}
