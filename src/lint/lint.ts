/** A template and what is known -> what is to be said of it. Pure. */
import { rules } from "./rules/index.ts";
import type { Text } from "./text.ts";
import type { Finding, Known, Rule } from "./types.ts";

/** Findings in the order of the text; those that the text disables are left out. */
export function lint(text: Text, known: Known = {}, chosen: readonly Rule[] = rules): readonly Finding[] {
  const isDisabled = disabledIn(text);
  return chosen
    .flatMap(({ id, level, check }) => check(text, known).map((fault): Finding => ({ rule: id, level, ...fault })))
    .filter((finding) => !isDisabled(finding))
    .toSorted((a, b) => a.start - b.start);
}

function disabledIn({ text, directives }: Text): (finding: Finding) => boolean {
  if (directives.length === 0) return () => false;
  const lineOf = (offset: number): number => text.slice(0, Math.max(0, offset)).split("\n").length;
  const places = directives.map((one) => ({ ...one, line: lineOf(one.end) }));
  return ({ rule, start }) => {
    const line = lineOf(start);
    return places.some(({ kind, ids, line: at }) => {
      // What is wrong with a comment is said even where it disables everything.
      if (kind === undefined || (ids.length === 0 ? rule === "meta/disable" : ids.every(({ id }) => id !== rule))) return false;
      return kind === "disable" || line === (kind === "disable-line" ? at : at + 1);
    });
  };
}
