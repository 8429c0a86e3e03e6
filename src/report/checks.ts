/** What `doctor` found, as text. */
import { Chalk } from "chalk";
import type { Check, Examined } from "../doctor.ts";
import { forTerminal } from "./escape.ts";
import { pad, wrap } from "./layout.ts";
import type { TerminalOptions } from "./paint.ts";

/** A check in two columns, its name and what was found; a hint below it. */
export function checksText({ name, file, checks, well }: Examined, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const signs = { ok: chalk.green("✓"), warn: chalk.yellow("!"), fail: chalk.red("✗") };
  const names = checks.map((check) => forTerminal(check.name));
  const first = Math.min(28, Math.max(...names.map((one) => one.length)));
  const line = (check: Check, title: string): readonly string[] => {
    const room = Math.max(20, width - first - 4);
    const details = wrap(forTerminal(check.detail), room);
    const hints = check.hint === undefined || check.hint === "" ? [] : wrap(forTerminal(check.hint), room - 2);
    // A long name has a line of its own.
    const [head, rest] =
      title.length > first
        ? [[`${signs[check.status]} ${title}`], details]
        : [[`${signs[check.status]} ${pad(title, first)}  ${details[0] ?? ""}`], details.slice(1)];
    const below = " ".repeat(first + 4);
    return [
      ...head,
      ...rest.map((text) => `${below}${text}`),
      ...hints.map((text, i) => chalk.dim(`${below}${i === 0 ? "→" : " "} ${text}`)),
    ].map((text) => text.trimEnd());
  };
  const failed = checks.filter(({ status }) => status === "fail").length;
  const warned = checks.filter(({ status }) => status === "warn").length;
  const end = well
    ? warned === 0
      ? "All is well."
      : `Nothing stands in the way of a run; ${warned} to look at.`
    : `${failed} to mend before a run.`;
  return [
    `${chalk.bold(forTerminal(name))}  ${forTerminal(file)}`,
    "",
    ...checks.flatMap((check, i) => line(check, names[i] ?? "")),
    "",
    `${end} No model was asked.`,
  ].join("\n");
}
