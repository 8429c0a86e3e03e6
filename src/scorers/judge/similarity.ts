/** Likeness of texts by the experiment's embedder. */
import type { ScoreLab } from "../../types.ts";

/** Mean cosine of a text to others, 0..1, one call; a negative mean is 0. None of the texts may be blank. */
export async function similarity(lab: Pick<ScoreLab, "embed">, text: string, others: readonly string[]): Promise<number> {
  const [own = [], ...vectors] = await lab.embed([text, ...others]);
  const cosines = vectors.map((vector) => vector.reduce((sum, x, index) => sum + x * (own[index] ?? 0), 0));
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  // Vectors hold about seven digits; what comes after them must not decide between two answers that are alike.
  return Math.min(1, Math.max(0, Math.round(mean * 1e9) / 1e9));
}
