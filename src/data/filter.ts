/** Chooses the cases that a run is about. Pure. */
import { createHash } from "node:crypto";
import { UserError } from "../errors.ts";
import type { Case } from "../types.ts";

/** What `run --filter`, `--limit` and `--sample` say. */
export interface Choice {
  /** Text to find, whatever its case, or `/regular expression/flags`: in the id, a tag, the group or an input field. */
  readonly filter?: string | undefined;
  /** At most the first so many. */
  readonly limit?: number | undefined;
  /** At most so many, chosen by the hash of id and seed, in their order. */
  readonly sample?: number | undefined;
}

/** The chosen cases: filter, then sample, then limit. Throws a UserError for a filter that is no regular expression. */
export function chooseCases(cases: readonly Case[], choice: Choice, seed: number): readonly Case[] {
  const matches = choice.filter === undefined ? () => true : matcherOf(choice.filter);
  let chosen: readonly Case[] = cases.filter((kase) => searched(kase).some(matches));
  if (choice.sample !== undefined && choice.sample < chosen.length) {
    const drawn = new Set(chosen.toSorted(byHash(seed)).slice(0, choice.sample));
    chosen = chosen.filter((kase) => drawn.has(kase));
  }
  return choice.limit === undefined ? chosen : chosen.slice(0, choice.limit);
}

/** The error for a choice that leaves no case. */
export function nothingChosen(choice: Choice, before: number): UserError {
  const flags = [
    choice.filter === undefined ? [] : [`filter "${choice.filter}"`],
    choice.sample === undefined ? [] : [`sample ${choice.sample}`],
    choice.limit === undefined ? [] : [`limit ${choice.limit}`],
  ].flat();
  return new UserError(`${flags.join(", ")}: selects none of ${before} cases; the filter looks in id, tags, group and input fields`, 3);
}

function searched(kase: Case): readonly string[] {
  return [kase.id, ...(kase.group === undefined ? [] : [kase.group]), ...(kase.tags ?? []), ...Object.values(kase.fields)];
}

function matcherOf(filter: string): (text: string) => boolean {
  const [, pattern, flags] = /^\/(.+)\/([a-z]*)$/s.exec(filter) ?? [];
  if (pattern === undefined) return (text) => text.toLowerCase().includes(filter.toLowerCase());
  try {
    // The flags g and y would make the expression remember where it stopped.
    const expression = new RegExp(pattern, (flags ?? "").replace(/[gy]/g, ""));
    return (text) => expression.test(text);
  } catch (error) {
    throw new UserError(
      `filter ${filter}: ${error instanceof Error ? error.message : "not a regular expression"}; write text to find, or /expression/`,
    );
  }
}

function byHash(seed: number): (a: Case, b: Case) => number {
  const hash = (kase: Case): string => createHash("sha256").update(`${seed} ${kase.id}`).digest("hex");
  const known = new Map<Case, string>();
  const of = (kase: Case): string => {
    const value = known.get(kase) ?? hash(kase);
    known.set(kase, value);
    return value;
  };
  return (a, b) => (of(a) < of(b) ? -1 : 1);
}
