/** The plan of a run as text, for `--dry-run`. */
import type { Plan } from "../ladder/plan.ts";
import { forTerminal } from "./escape.ts";
import { count, usd } from "./figures.ts";
import { hanging, plain, table, wrap, type Column } from "./layout.ts";

/** What a run would take at the most, rung by rung, and what speaks against it; no line is wider than `width` columns. */
export function planText(plan: Plan, width: number): string {
  const splits = Object.entries(plan.splits).map(([split, cases]) => `${split} ${cases}`);
  const rows = [...plan.rungs, { name: "all", arms: null, ...plan.totals }];
  const judged = plan.totals.judge_calls > 0;
  const titles = ["rung", "arms", "calls", ...(judged ? ["judge calls"] : []), "tokens", "cost"];
  const columns = titles.map((title, c): Column => ({ title: [title], side: c === 0 ? "left" : "right" }));
  const cells = rows.map(({ name, arms, calls, judge_calls, tokens, usd: cost }) => [
    forTerminal(name),
    arms === null ? "" : count(arms),
    count(calls),
    ...(judged ? [count(judge_calls)] : []),
    count(tokens),
    usd(cost),
  ]);
  const head = `${forTerminal(plan.name)}: ${splits.join(", ")} cases; calls that answers take${judged ? " and to judges" : ""}, at the most:`;
  return [
    ...wrap(head, width),
    "",
    ...table(
      columns,
      cells.map((row) => ({ cells: row.map(plain) })),
      (text) => text,
    ),
    ...(plan.warnings.length > 0 ? ["", ...plan.warnings.flatMap((warning) => hanging("!", forTerminal(warning), width))] : []),
    "",
    ...wrap("Embeddings and training come on top. No call was made.", width),
  ].join("\n");
}
