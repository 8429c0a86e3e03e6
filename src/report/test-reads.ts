/** How often a run's test split was looked at, in a sentence. */
import type { TestRead } from "../types.ts";

/** "Test was read 9 times: 7 by run, 2 by compare." Says what many looks do to a test. */
export function testReadsText(reads: readonly TestRead[]): string {
  const by = Map.groupBy(reads, ({ by }) => by);
  const parts = [...by].map(([who, looks]) => `${looks.length} by ${who}`);
  const others = reads.length - (by.get("run")?.length ?? 0);
  const times = reads.length === 1 ? "once" : `${reads.length} times`;
  const advice = others > MANY ? "; whoever changes things after such looks tunes on test, so take new test cases for a verdict" : "";
  return reads.length === 0 ? "No look at test was written down." : `Test was read ${times}: ${parts.join(", ")}${advice}.`;
}

/** Looks besides the run's own after which a test split is worn. */
const MANY = 20;
