/** Runs of words that a prompt has from held-out cases, whole questions or not. Pure. */
import { acceptedOf, lineOf, textOf } from "../data/quotes.ts";
import { mixed } from "../data/hash.ts";
import type { Case, SplitName, Splits } from "../types.ts";

/** Words in a row that are no accident. */
const RUN = 8;

export interface Copied {
  readonly case: string;
  readonly split: SplitName;
  /** The words, as the prompt has them but for case and punctuation. */
  readonly words: string;
}

/**
 * Looks through a prompt for the first run of 8 words that also stands in a select, confirm or test case: in a field or in an accepted
 * answer. Runs that a train case has as well, and those of `before`, are nobody's secret.
 */
export function copyFinder(splits: Splits): (prompt: string, before: string) => Copied | undefined {
  let read: { readonly held: readonly Held[]; readonly train: readonly Uint32Array[] } | undefined;
  return (prompt, before) => {
    const known = new Set(runsOf(before).keys());
    const runs = new Map([...runsOf(prompt)].filter(([run]) => !known.has(run)));
    if (runs.size === 0) return undefined;
    read ??= {
      held: (["select", "confirm", "test"] as const).flatMap((split) => splits[split].map((kase) => ({ kase, split, runs: runsIn(kase) }))),
      train: splits.train.map(runsIn),
    };
    for (const { kase, split, runs: own } of read.held) {
      const run = own.find((one) => runs.has(one));
      if (run === undefined || read.train.some((one) => one.includes(run))) continue;
      return { case: kase.id, split, words: runs.get(run) ?? "" };
    }
    return undefined;
  };
}

interface Held {
  readonly kase: Case;
  readonly split: SplitName;
  readonly runs: Uint32Array;
}

function runsIn(kase: Case): Uint32Array {
  return Uint32Array.from([textOf(kase), ...acceptedOf(kase)].flatMap((text) => [...runsOf(text).keys()]));
}

/** The words of each run by its 32-bit hash. */
function runsOf(text: string): ReadonlyMap<number, string> {
  const words = lineOf(text).split(" ");
  const runs = new Map<number, string>();
  for (let at = 0; at + RUN <= words.length; at++) {
    const run = words.slice(at, at + RUN).join(" ");
    let hash = 0x811c9dc5;
    for (let i = 0; i < run.length; i++) hash = Math.imul(hash ^ run.charCodeAt(i), 0x01000193);
    runs.set(mixed(hash), run);
  }
  return runs;
}
