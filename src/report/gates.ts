/** Gates for a terminal and for Markdown: what was demanded, what came of it, and why. */
import type { ChalkInstance } from "chalk";
import type { GateResult } from "../types.ts";
import { forMarkdown, forTerminal } from "./escape.ts";
import { hanging } from "./layout.ts";

/** A line over all, and one for each gate; none without gates. */
export function gateLines(gates: readonly GateResult[], width: number, chalk: ChalkInstance): readonly string[] {
  if (gates.length === 0) return [];
  const signs = { passed: chalk.green("✓"), failed: chalk.red("✗"), "not judged": chalk.yellow("?") };
  const paint = gates.every(({ passed }) => passed) ? chalk.green : chalk.red;
  const lines = gates.flatMap(({ outcome, reason }) => hanging(signs[outcome], forTerminal(reason), width));
  return [`${chalk.bold("Gates")}  ${paint(overall(gates))}`, ...lines];
}

/** Items of a list. */
export function gateItems(gates: readonly GateResult[]): readonly string[] {
  const words = { passed: "✓ passed", failed: "✗ **failed**", "not judged": "**? not judged**" };
  return gates.map(({ outcome, reason }) => `${words[outcome]}: ${forMarkdown(reason)}`);
}

function overall(gates: readonly GateResult[]): string {
  const count = (outcome: GateResult["outcome"]): number => gates.filter((gate) => gate.outcome === outcome).length;
  const parts = (["failed", "not judged"] as const).flatMap((outcome) => (count(outcome) === 0 ? [] : [`${count(outcome)} ${outcome}`]));
  return parts.length === 0 ? "all passed" : `${parts.join(", ")}, of ${gates.length}`;
}
