import { createHash } from "node:crypto";

/** 16 hexadecimal digits of the parts. Part by part, since all documents together may be longer than a string can be. */
export function hashOf(parts: Iterable<unknown>): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${JSON.stringify(part)}\n`);
  return hash.digest("hex").slice(0, 16);
}
