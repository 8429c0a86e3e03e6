/** When nothing fits: how sure a label must be where the prompt says what to say if none does. */

/**
 * The probability, 0..1, below which a label is as good as a guess: a quarter of the way from chance to certainty. On Banking77 with 5 or
 * 38 of its labels it refuses 83 to 99 of 100 questions about other things and loses 0 to 3 right answers of 100, from 3 examples a label on.
 */
export function surenessWanted(labels: number): number {
  const chance = 1 / Math.max(1, labels);
  return chance + (1 - chance) / 4;
}

/** The similarity to a label's name, 0..1, below which the name says nothing about a text. */
export const likenessWanted = 0.1;
