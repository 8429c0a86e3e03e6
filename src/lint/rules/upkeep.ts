/** Weight and upkeep: filler, size, repetition, caching, versions. */
import { suggest } from "../../errors.ts";
import { KINDS } from "../directives.ts";
import { withSpace } from "../edits.ts";
import { duplicatesIn, fillerIn } from "../faults.ts";
import { before } from "../spans.ts";
import { firstLine } from "../text.ts";
import type { Fault, Rule } from "../types.ts";

const filler: Rule = {
  id: "persona/filler",
  level: "info",
  about: "praise, pleas, tips, threats, or a persona that says nothing of the task",
  check(text) {
    if (!text.english) return [];
    // Once for each kind: a prompt full of pleas is one thing to mend.
    const byKind = Map.groupBy(fillerIn(text), ({ what }) => what);
    return [...byKind.values()].flatMap(([first]) =>
      first === undefined
        ? []
        : [{ start: first.start, end: first.end, message: `${first.what} costs tokens and rarely helps; leave it out` }],
    );
  },
};

/** About so many characters are a token, in English; of a script without spaces, each is one. */
const CHARACTERS = 4;
const MOST_TOKENS = 8000;

const tokens: Rule = {
  id: "size/tokens",
  level: "warning",
  about: `longer than about ${MOST_TOKENS} tokens`,
  check({ text }) {
    const unspaced = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu)?.length ?? 0;
    const estimate = Math.round(unspaced + (text.length - unspaced) / CHARACTERS);
    if (estimate <= MOST_TOKENS) return [];
    const message = `about ${estimate.toLocaleString("en")} tokens are sent with every request; above ${MOST_TOKENS.toLocaleString("en")} retrieval or tuning is cheaper`;
    return [{ ...firstLine(text), message }];
  },
};

const duplicateLines: Rule = {
  id: "size/duplicate-lines",
  level: "warning",
  about: "a sentence that was said before",
  check(text) {
    const sectionAt = (offset: number): number => before(text.sections.length, (at) => (text.sections[at]?.start ?? 0) <= offset);
    return duplicatesIn(text).map(({ first, again }): Fault => {
      // Repeated in another section it may be meant, as instructions at both ends of a long text are.
      const same = sectionAt(first.start) === sectionAt(again.start) && !text.text.slice(first.end, again.start).includes("{{");
      // A numbered list would lose a number that something else may name.
      const numbered = /\d[.)、][ \t]*$/.test(text.text.slice(Math.max(0, again.start - 8), again.start));
      const fix = same && !numbered ? { fix: { ...withSpace(text.text, again), text: "" } } : {};
      return { start: again.start, end: again.end, message: "was said before, word for word; say it once", ...fix };
    });
  },
};

/** Less than that is not worth a move. */
const LEAST_WORDS = 150;

const cacheOrder: Rule = {
  id: "size/cache-order",
  level: "warning",
  about: "much that never changes after what does, so that providers cannot cache it",
  check({ text, placeholders, role }) {
    const first = placeholders[0];
    if (first === undefined) return [];
    const after = text.slice(first.offset).replace(/\{\{[^{}]*\}\}/g, " ");
    const count = after.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
    if (count < LEAST_WORDS) return [];
    const end = text.indexOf("}}", first.offset) + 2;
    const right = role === "system" ? "move what varies to the user template" : "move it to the system template, or above";
    return [{ start: first.offset, end, message: `${count} words that are always the same follow {{${first.name}}}; ${right}` }];
  },
};

const version: Rule = {
  id: "meta/version",
  level: "info",
  about: "no version and no owner in the front matter",
  check({ front, text }) {
    if (front === undefined || text.trim() === "") return [];
    const keys = Object.keys(front ?? {}).map((key) => key.toLowerCase());
    if (keys.some((key) => ["version", "owner", "author", "maintainer", "updated", "date"].includes(key))) return [];
    if (/^[ \t]*[-*+]?[ \t]*(?:version|author|owner|版本|作者)[ \t]*[:：]/imu.test(text)) return [];
    return [{ ...firstLine(text), message: "no version and no owner; begin the file with front matter: version: 1" }];
  },
};

/** The rule about comments for the linter. */
export const DISABLE = "meta/disable";

/** Ids that comments and front matter disable, and words after `llmopt-`, must be known, or nothing is disabled. */
export function disabling(ids: readonly string[]): Rule {
  const known = [...ids, DISABLE];
  return {
    id: DISABLE,
    level: "warning",
    about: "a comment for the linter that is misspelt, or that disables nothing",
    check({ directives }) {
      return directives.flatMap(({ start, end, word, kind, ids: named }): readonly Fault[] => {
        if (kind === undefined)
          return [
            {
              start,
              end,
              message: `unknown comment "llmopt-${word}"; ${suggest(
                `llmopt-${word}`,
                KINDS.map((one) => `llmopt-${one}`),
              )}`,
            },
          ];
        return named
          .filter(({ id }) => !known.includes(id))
          .map((one) => ({ start: one.start, end: one.end, message: `unknown rule "${one.id}"; ${suggest(one.id, known)}` }));
      });
    },
  };
}

export const upkeep: readonly Rule[] = [filler, tokens, duplicateLines, cacheOrder, version];
