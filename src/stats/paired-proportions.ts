/** The interval of a difference of two shares of the same cases. */
import type { Bounds } from "./bounds.ts";
import { normalQuantile } from "./normal.ts";

/**
 * Bounds of (wins - losses) / n by the score test (Tango 1998): all differences that it does not reject. As wide as Bonett &
 * Price's adjusted Wald interval and of the same coverage, but each bound holds its own level, also where nearly all changes go
 * one way. Of a width above 0 even where nothing changed. Needs a case.
 */
export function scoreBounds(wins: number, losses: number, n: number): Bounds {
  const delta = (wins - losses) / n;
  return (alpha) => {
    const z = normalQuantile(1 - alpha);
    return {
      low: crossing((difference) => score(wins, losses, n, difference) > z, -1, z > 0 ? delta : 1),
      high: crossing((difference) => score(wins, losses, n, difference) >= -z, z > 0 ? delta : -1, 1),
    };
  };
}

/** Standard normal where the true difference is `difference`, with the share of losses that is then the likeliest. */
function score(wins: number, losses: number, n: number, difference: number): number {
  const b = (2 * n - wins + losses) * difference - wins - losses;
  const c = -losses * difference * (1 - difference);
  const share = (Math.sqrt(Math.max(0, b * b - 8 * n * c)) - b) / (4 * n);
  const variance = n * (2 * share + difference * (1 - difference));
  const excess = wins - losses - n * difference;
  return variance > 0 ? excess / Math.sqrt(variance) : Math.sign(excess) * Infinity || 0;
}

/** Where `holds` turns from true to false between two differences. */
function crossing(holds: (difference: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
