/** Faults that a user can act on. Only systemic ones are thrown; a failed case is a record. */

import type { Spend } from "./types.ts";

/** 2 usage or configuration · 3 cannot be judged · 4 the endpoint failed or refused the key · 5 stopped by the budget. */
export type ExitCode = 2 | 3 | 4 | 5;

/** Says `where: what; what would be right`. The CLI prints the message alone and exits with `code`. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly code: ExitCode;
  constructor(message: string, code: ExitCode = 2, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Thrown by a stage's `fit` when there is nothing to try; the reason is the rung's result. */
export class Skip extends Error {
  override readonly name = "Skip";
}

export type FaultKind =
  | "auth"
  | "not found"
  | "quota"
  | "rate"
  | "transient"
  | "bad request"
  | "content filter"
  | "parse"
  | "timeout"
  | "down"
  | "cut"
  | "offline";

/** A file of llmopt's own that could not be written: no fault of a rung; the run goes on from there once there is room. */
export class StorageError extends UserError {
  override readonly name = "UserError";
}

/** A call that failed for good: what an endpoint did, after retries. */
export class EndpointFault extends Error {
  override readonly name = "EndpointFault";
  readonly kind: FaultKind;
  /** What the failed call cost all the same; undefined where nothing was sent. */
  readonly spend: Spend | undefined;
  constructor(kind: FaultKind, message: string, options: ErrorOptions & { readonly spend?: Spend | undefined } = {}) {
    super(message, options);
    this.kind = kind;
    this.spend = options.spend;
  }
  /** No other call to this endpoint can succeed either, so the run ends at once. */
  get systemic(): boolean {
    return this.kind === "auth" || this.kind === "not found" || this.kind === "quota" || this.kind === "down";
  }
  /** It may go away by itself, so that running again later is worth it. */
  get passing(): boolean {
    return this.kind === "rate" || this.kind === "transient" || this.kind === "timeout" || this.kind === "offline" || this.kind === "down";
  }
}

/** What a disk that is full, broken or not ours says. */
const DISK = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM", "EIO", "EMFILE", "ENFILE"]);

/** Whether a file could not be read or written because of the disk: no fault of a case or of a rung. */
export function isOfTheDisk(error: unknown): boolean {
  if (error instanceof StorageError) return true;
  if (!(error instanceof Error)) return false;
  return ("code" in error && typeof error.code === "string" && DISK.has(error.code)) || isOfTheDisk(error.cause);
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The known names nearest to a misspelt one, by edit distance; empty when none is near. */
export function nearest(name: string, known: Iterable<string>, most = 3): string[] {
  return [...known]
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.floor(Math.max(name.length, candidate.length) / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** " Did you mean …?", or the known names when none is near. */
export function suggest(name: string, known: Iterable<string>): string {
  const all = [...known];
  const near = nearest(name, all);
  if (near.length > 0) return `did you mean ${near.map((n) => `"${n}"`).join(" or ")}?`;
  return all.length > 0 ? `known: ${all.slice(0, 20).join(", ")}${all.length > 20 ? ", …" : ""}` : "none is known here";
}

/** Damerau–Levenshtein distance (adjacent swaps count once). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((rows[i - 1]?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (rows[i - 1]?.[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
