/** Colours, where the terminal has them. */
import type { ChalkInstance } from "chalk";
import type { VerdictWord } from "../types.ts";

export interface TerminalOptions {
  /** Columns of the terminal; 80 and more. */
  readonly width: number;
  /** Without it there is not one escape sequence in the text. */
  readonly color: boolean;
}

/** Colours a verdict: green and red only for what the interval supports. */
export function paintVerdict(verdict: VerdictWord | undefined, chalk: ChalkInstance): (text: string) => string {
  return verdict === "better" ? chalk.green : verdict === "worse" ? chalk.red : chalk.dim;
}
