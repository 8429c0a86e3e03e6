/** Reading a passage for a question, told from taking the same fields out of every message. */
export interface Asked {
  readonly passages: readonly unknown[];
  readonly question: string;
}

/** The messages are not questions about passages of their own: they have no passages, or the same words stand beside all of them. */
export function asksTheSame(rows: readonly Asked[]): boolean {
  const reading = rows.filter((row) => row.passages.length > 0);
  if (reading.length * 2 < rows.length) return true;
  return reading.length >= 4 && new Set(reading.map((row) => row.question)).size * 5 <= reading.length;
}
