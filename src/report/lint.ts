/** What the linter found, as text: by file, a finding a line with its place, level and rule. */
import { Chalk } from "chalk";
import type { Located } from "../lint/located.ts";
import type { Level, Rule } from "../lint/types.ts";
import { forTerminal } from "./escape.ts";
import { pad, wrap } from "./layout.ts";
import type { TerminalOptions } from "./paint.ts";

/** `files` is how many were looked at. */
export function lintText(findings: readonly Located[], files: number, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const paint = { error: chalk.red, warning: chalk.yellow, info: chalk.blue };
  const byFile = [...Map.groupBy(findings, ({ file }) => file)];
  const place = findings.reduce((most, { from }) => Math.max(most, placeText(from).length), 0);
  const indent = 2 + place + 2 + LEVEL + 2;
  const blocks = byFile.map(([file, found]) => [
    chalk.underline(forTerminal(file)),
    ...found.flatMap(({ from, level, message, rule }) => {
      const lines = wrap(`${forTerminal(message)} [${rule}]`, Math.max(24, width - indent));
      const head = `  ${pad(placeText(from), place)}  ${paint[level](pad(level, LEVEL))}  `;
      return lines.map((line, at) => (at === 0 ? `${head}${line}` : `${" ".repeat(indent)}${line}`));
    }),
    "",
  ]);
  return [...blocks.flat(), summary(findings, files)].join("\n");
}

/** The rules, as `--list` prints them. */
export function rulesText(rules: readonly Rule[], { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const first = Math.max(...rules.map(({ id }) => id.length));
  const indent = first + 2 + LEVEL + 2;
  return rules
    .flatMap(({ id, level, about }) =>
      wrap(about, Math.max(24, width - indent)).map((line, at) =>
        at === 0 ? `${pad(id, first)}  ${chalk.dim(pad(level, LEVEL))}  ${line}` : `${" ".repeat(indent)}${line}`,
      ),
    )
    .join("\n");
}

/** How many findings there are of each level. */
export function countsOf(findings: readonly Pick<Located, "level">[]): {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
} {
  const of = (level: Level): number => findings.filter((one) => one.level === level).length;
  return { errors: of("error"), warnings: of("warning"), infos: of("info") };
}

function summary(findings: readonly Located[], files: number): string {
  const { errors, warnings, infos } = countsOf(findings);
  const fixable = findings.filter(({ fix }) => fix !== undefined).length;
  const found = [counted(errors, "error"), counted(warnings, "warning"), counted(infos, "info")].filter((text) => !text.startsWith("0 "));
  const what = found.length === 0 ? "Nothing to say" : found.join(", ");
  return `${what} in ${counted(files, "file")}.${fixable === 0 ? "" : ` --fix mends ${fixable}.`}`;
}

const LEVEL = "warning".length;

function placeText({ line, column }: Located["from"]): string {
  return `${line}:${column}`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
