/** The board that the walk reads its numbers from: everything is derived from the journal's rows, nothing is counted apart. */
import { programId } from "../program/hash.ts";
import { answerSpend, sum } from "../spend.ts";
import type { Answered, Experiment, Journal, Program, Rung, Spend } from "../types.ts";
import { means } from "./measure.ts";

type Asked = "select" | "confirm" | "test";

export interface Board {
  /** The answers of a program to a split, as far as they are there. */
  rows(program: Program, split: Asked): readonly Answered[];
  scores(program: Program, splits: readonly Asked[]): Rung["scores"];
  /** All that a rung has spent: its search, its answers, its diagnosis. */
  cost(rung: string): Spend & Pick<Rung, "judging">;
}

export function createBoard(experiment: Experiment, journal: Journal): Board {
  const rows: Board["rows"] = (program, split) => {
    const id = programId(program);
    const repeats = Array.from({ length: experiment.repeat }, (_, repeat) => repeat);
    return experiment.splits[split].flatMap((kase) =>
      repeats.map((repeat) => journal.find(id, kase.id, repeat)).filter((row) => row !== undefined),
    );
  };
  return {
    rows,
    scores: (program, splits) =>
      Object.fromEntries(splits.map((split) => [split, means(rows(program, split), experiment.splits[split], experiment)])),
    cost(rung) {
      const rows = journal.rows(rung);
      const judging = sum(rows.flatMap((row) => row.judging ?? []));
      return { ...sum([...rows.map(answerSpend), ...journal.spends(rung)]), judging };
    },
  };
}
