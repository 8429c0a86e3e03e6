/** One thing that `doctor` looked at. */
import type { ExitCode, UserError } from "../errors.ts";

export interface Check {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  /** What was found; several things stand on a line each. */
  readonly detail: string;
  /** What would be right, or what may be tried; a line each. */
  readonly hint?: string | undefined;
  /** What a run would end with, where the check failed. */
  readonly code?: ExitCode | undefined;
}

export function check(name: string, status: "ok" | "warn", detail: string, hint?: string): Check {
  return { name, status, detail, ...(hint === undefined ? {} : { hint }) };
}

export function failed(name: string, detail: string, hint?: string, code: ExitCode = 2): Check {
  return { name, status: "fail", detail, ...(hint === undefined ? {} : { hint }), code };
}

/** Each complaint of an error, a line of it, as a check of its own. */
export function complaints(name: string, { message, code }: UserError): readonly Check[] {
  return linesOf(message).map((line) => {
    const [what = "", ...right] = line.split("; ");
    return failed(name, what, right.length === 0 ? undefined : right.join("; "), code);
  });
}

/** A line that begins with no word, as in the excerpt of a plugin's source, goes on with the one before. */
function linesOf(message: string): readonly string[] {
  return message.split("\n").reduce<readonly string[]>((lines, line) => {
    const last = lines.at(-1);
    return last === undefined || /^[\p{L}\p{N}"./…-]/u.test(line) ? [...lines, line] : [...lines.slice(0, -1), `${last} ${line.trim()}`];
  }, []);
}

/** What a run would end with that meets these: it looks at its files before it looks at its cases, and asks endpoints last. */
export function exitCodeOf(checks: readonly Check[]): number {
  const codes = checks.flatMap(({ status, code }) => (status === "fail" ? (code ?? 2) : []));
  return codes.length === 0 ? 0 : Math.min(...codes);
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
