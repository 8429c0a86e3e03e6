/** The plan of a run as text, for `--dry-run`. */
import type { Plan } from "../ladder/plan.ts";

export function planText(plan: Plan): string {
  const splits = Object.entries(plan.splits).map(([split, cases]) => `${split} ${cases}`);
  const rows = [...plan.rungs.map((rung) => ({ ...rung, name: rung.name })), { name: "all", arms: null, ...plan.totals }];
  const judged = plan.totals.judge_calls > 0;
  const cells = rows.map(({ name, arms, calls, judge_calls, tokens, usd }) => [
    name,
    arms === null ? "" : String(arms),
    calls.toLocaleString("en"),
    ...(judged ? [judge_calls.toLocaleString("en")] : []),
    tokens.toLocaleString("en"),
    usd === null ? "unknown" : `$${usd.toFixed(2)}`,
  ]);
  const head = ["rung", "arms", "calls", ...(judged ? ["judge calls"] : []), "tokens", "cost"];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return [
    `${plan.name}: ${splits.join(", ")} cases; calls to the task model${judged ? " and to judges" : ""}, at the most:`,
    "",
    line(head),
    ...cells.map(line),
    ...(plan.warnings.length > 0 ? ["", ...plan.warnings.map((warning) => `! ${warning}`)] : []),
    "",
    "Embeddings, training and what a program's own steps ask (HyDE, fact-check) come on top. No call was made.",
  ].join("\n");
}
