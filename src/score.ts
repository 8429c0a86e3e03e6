/** What a scorer said, whoever wrote it -> a score. */
import type { Counts, Score } from "./types.ts";

/**
 * The score in what `who` said: a number 0..1, true or false (1 or 0), `{ value, why }`, `{ error }` or `{ skipped }`. Anything else is
 * an error that shows what came instead, never a 0.
 */
export function scoreOf(said: unknown, who: string): Score {
  if (typeof said === "boolean") return { value: said ? 1 : 0 };
  if (typeof said === "number") return said >= 0 && said <= 1 ? { value: said } : { error: `${who} gave ${said}, which is not in 0..1` };
  const { value, why, counts, votes, error, skipped } = partsOf(said);
  if (isText(error)) return { error };
  if (isText(skipped)) return { skipped };
  if (typeof value !== "number" && typeof value !== "boolean")
    return { error: `${who} gave ${shown(said)}; a score is a number 0..1, true, false, { value, why }, { error } or { skipped }` };
  const score = scoreOf(value, who);
  if (!("value" in score)) return score;
  return {
    ...score,
    ...(isText(why) ? { why } : {}),
    ...(isCounts(counts) ? { counts } : {}),
    ...(isVotes(votes) ? { votes } : {}),
  };
}

function partsOf(said: unknown): Readonly<Record<string, unknown>> {
  return typeof said === "object" && said !== null ? { ...said } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isCounts(value: unknown): value is Counts {
  return typeof value === "object" && value !== null && Object.values(value).every((count) => Number.isFinite(count));
}

function isVotes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((vote) => typeof vote === "number" && vote >= 0 && vote <= 1);
}

function shown(said: unknown): string {
  if (typeof said === "function" || typeof said === "symbol") return `a ${typeof said}`;
  if (said === undefined) return "nothing";
  let text: string;
  try {
    text = JSON.stringify(said) ?? String(said);
  } catch {
    text = String(said);
  }
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
