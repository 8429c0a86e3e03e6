/** How rare a stem is in general English, from a table of the most frequent stems. */

/**
 * `table`: little-endian 32-bit entries, the upper 24 bits of a stem's hash and an idf of 0..255.
 * Returns the idf of a stem by its hash, 0..1; a stem that is not in the table is rare: 1.
 */
export function createIdf(table: Uint8Array): (stemHash: number) => number {
  const known = new Map<number, number>();
  for (let at = 0; at + 3 < table.length; at += 4) {
    const key = (table[at + 1] ?? 0) | ((table[at + 2] ?? 0) << 8) | ((table[at + 3] ?? 0) << 16);
    known.set(key, (table[at] ?? 0) / 255);
  }
  return (stemHash) => known.get(stemHash >>> 8) ?? 1;
}
