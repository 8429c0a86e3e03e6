/** What can be seen of a failing case without asking the program again. */
import { wantedAnswer } from "../../program/demos.ts";
import type { Answered, Case } from "../../types.ts";
import { acceptedOf } from "./answers.ts";
import { type Asker, turnOf } from "./asker.ts";
import type { Finding } from "./finding.ts";
import { contextOf } from "./gold.ts";
import type { Workbench } from "./bench.ts";
import type { Bench } from "./probes/probe.ts";

/** The finding before the first probe. */
export async function lookAt(kase: Case, rows: readonly Answered[], bench: Workbench, asker: Asker): Promise<Finding> {
  const own = rows.filter((row) => row.case === kase.id);
  const stored = asker.stored(own);
  const row = own.find((one) => asker.stored([one]).some(({ passed }) => !passed)) ?? own[0];
  if (row === undefined) throw new RangeError(`${kase.id}: has no answer to probe`);
  const gold = bench.gold(kase);
  const turn = await bench.turn(kase);
  const context =
    turn === undefined ? (row.passages.length > 0 ? "retrieved without it" : "nothing retrieved") : contextOf(turn, kase, gold);
  return {
    kase,
    row,
    stored,
    gold,
    context,
    reading: await asker.read(kase, row.answer),
    // A judge is asked only about a case that nothing passes.
    passable: asker.judged ? undefined : await isPassable(kase, bench, asker),
    repeats: [],
    asked: 0,
    tries: new Map(),
    failed: new Set(),
  };
}

/** Whether the scorer passes the expected answer, found in the passages that hold it; undefined where it cannot say. */
export async function isPassable(kase: Case, bench: Bench, asker: Asker): Promise<boolean | undefined> {
  const accepted = acceptedOf(kase);
  const wanted = accepted.length > 0 ? [...accepted, accepted.join("\n")] : [wantedAnswer(kase) ?? ""].filter((text) => text !== "");
  const passages = bench.gold(kase);
  let passable: boolean | undefined;
  for (const text of new Set(wanted)) {
    const value = await asker.grade({ ...turnOf(kase, text), passages, retrieved: passages.length > 0 }, kase);
    if (value !== undefined && asker.passes(value)) return true;
    if (value !== undefined) passable = false;
  }
  return passable;
}
