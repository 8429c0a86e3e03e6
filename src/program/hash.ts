/** Content hashes: two things with the same hash are the same thing, whatever the order of their keys. */
import { createHash } from "node:crypto";
import type { Program } from "../types.ts";

/** SHA-256 of the canonical JSON (keys sorted, undefined left out), as 64 hex digits. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

/** The first 16 hex digits of a program's hash: its name in answers. */
export function programId(program: Program): string {
  return hashOf(program).slice(0, 16);
}

/** JSON with sorted keys: equal values give equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What answers name a passage's text by: 16 hex digits. */
export function passageKey(title: string, text: string): string {
  return hashOf([title, text]).slice(0, 16);
}
