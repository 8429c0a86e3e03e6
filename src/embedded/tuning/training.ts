/** What the kinds of fine-tuning have in common. */
import { isSentence } from "../chat/answer.ts";
import type { Progress } from "../labels/classifier.ts";
import { createRandom, shuffled } from "../text/hash.ts";
import type { Row } from "./rows.ts";

/** What training yields: its progress, something else to know about it, or nothing but a chance for others to go on. */
export type Tick = Progress | string | undefined | void;

/** E.g. `Read 1,200 of 10,000 rows`. */
export function soFar(done: string, count: number, total: number, what: string): string {
  return `${done} ${count.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} ${what}`;
}

export interface Hyperparameters {
  /** Passes over the rows, 1..50; undefined leaves the choice to the engine. */
  readonly epochs?: number | undefined;
  /** Factor on the engine's own learning rates. */
  readonly rate: number;
  readonly seed: number;
}

/** More than half of the rows answer in whole sentences. */
export function mostlySentences(rows: readonly Row[]): boolean {
  return rows.filter((r) => isSentence(r.answer)).length * 2 > rows.length;
}

/** A share of the rows, at most `most`, is set aside by a seeded shuffle. */
export function holdOut(
  rows: readonly Row[],
  seed: number,
  share: number,
  most: number,
): { readonly train: readonly Row[]; readonly held: readonly Row[] } {
  const count = Math.min(most, Math.floor(rows.length * share));
  const order = shuffled(rows, createRandom(seed));
  return { held: order.slice(0, count), train: order.slice(count) };
}
