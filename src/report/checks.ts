/** What `doctor` found, as text. */
import { Chalk } from "chalk";
import stringWidth from "string-width";
import type { Check } from "../doctor/check.ts";
import type { Examined } from "../doctor/examine.ts";
import { forTerminal } from "./escape.ts";
import { pad, wrap } from "./layout.ts";
import type { TerminalOptions } from "./paint.ts";

/** A check in two columns, its name and what was found; hints below it. */
export function checksText({ name, file, checks, well }: Examined, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const signs = { ok: chalk.green("✓"), warn: chalk.yellow("!"), fail: chalk.red("✗") };
  const names = checks.map((check) => forTerminal(check.name));
  const first = Math.min(28, Math.max(...names.map((one) => stringWidth(one))));
  const room = Math.max(20, width - first - 4);
  const below = " ".repeat(first + 4);
  const line = (check: Check, title: string): readonly string[] => {
    const details = wrapped(check.detail, room, "", check.detail.includes("\n") ? "  " : "");
    const hints = check.hint === undefined ? [] : wrapped(check.hint, room, "→ ", "  ");
    // A long name has lines of its own.
    const [titles, rest] =
      stringWidth(title) > first ? [wrap(title, width - 2), details] : [[`${pad(title, first)}  ${details[0] ?? ""}`], details.slice(1)];
    return [
      ...titles.map((text, i) => `${i === 0 ? signs[check.status] : " "} ${text}`),
      ...rest.map((text) => below + text),
      ...hints.map((text) => chalk.dim(below + text)),
    ].map((text) => text.trimEnd());
  };
  const failed = checks.filter(({ status }) => status === "fail").length;
  const warned = checks.filter(({ status }) => status === "warn").length;
  const end = well
    ? warned === 0
      ? "All is well."
      : `Nothing stands in the way of a run; ${warned} to look at.`
    : `${failed} to mend before a run.`;
  const asked = checks.some((one) => one.name.startsWith("embedder ")) ? "No model but the embedder was asked." : "No model was asked.";
  const unread = name === null ? " The rest is looked at once that is right." : "";
  return [
    ...wrap(forTerminal(name === null ? file : `${name}  ${file}`), width).map((text) => chalk.bold(text)),
    "",
    ...checks.flatMap((check, i) => line(check, names[i] ?? "")),
    "",
    ...wrap(`${end}${unread} ${asked}`, width),
  ].join("\n");
}

/** Each line of the text wrapped, with what begins it and what begins the lines that it goes on with. */
function wrapped(text: string, room: number, begins: string, goesOn: string): readonly string[] {
  return text
    .split("\n")
    .flatMap((line) => wrap(forTerminal(line), room - goesOn.length).map((part, i) => (i === 0 ? begins : goesOn) + part));
}
