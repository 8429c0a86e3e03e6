/**
 * Training rows: a line of chat JSONL each, e.g.
 * `{"messages":[{"role":"user","content":"Where is my card?"},{"role":"assistant","content":"card_arrival"}]}`
 */
import { z } from "zod";
import { textOf, message } from "../chat/messages.ts";
import { check } from "../complaint.ts";
import { type Understood, understand } from "../prompt/request.ts";
import { countTokens } from "../text/tokens.ts";
import { soFar, type Tick } from "./training.ts";

export interface Row {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly asked: Understood;
  readonly answer: string;
}

export interface Read {
  readonly rows: readonly Row[];
  /** Of the messages of all rows, as `usage` counts them. */
  readonly tokens: number;
  /** What is wrong with the file, with line numbers; at most ten of them. */
  readonly fault?: string;
}

/** On messages of the assistant the OpenAI wire takes a weight: 0 is not to be learnt. */
const weighed = message.extend({ weight: z.union([z.literal(0), z.literal(1)], { error: "must be 0 or 1" }).optional() });
const row = z.looseObject({ messages: z.array(weighed).min(2, "must hold a question and an answer") });
const fewest = 10;

/** A row longer than this is not read: no reader of this size learns from it. */
const mostCharacters = 400_000;

/** Characters of rows between two notes of how far it is: some seconds. */
const betweenNotes = 4_000_000;

/**
 * The rows of a file, but for those whose answer has weight 0. Lines end with a line feed alone or after a carriage return; other
 * separators of Unicode are text.
 */
export function* readRows(text: string, least = fewest): Generator<Tick, Read> {
  const rows: Row[] = [];
  const faults: string[] = [];
  const lines = text.split("\n");
  let tokens = 0;
  let unweighted = 0;
  let since = 0;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    since += line.length;
    if (since >= betweenNotes) {
      since = 0;
      yield soFar("Checked", i, lines.length, "rows");
    } else if (i % 16 === 0) yield;
    const found = readRow(line);
    if (typeof found === "string") faults.push(`line ${i + 1}: ${found}`);
    else if (found === undefined) unweighted++;
    else {
      rows.push({ line: i + 1, ...found.row });
      tokens += found.tokens;
    }
  }
  if (faults.length > 0) {
    const more = faults.length > 10 ? `; and ${faults.length - 10} more` : "";
    return {
      rows,
      tokens,
      fault: `${faults.length === 1 ? "1 line is" : `${faults.length} lines are`} not fit for training: ${faults.slice(0, 10).join("; ")}${more}`,
    };
  }
  if (rows.length >= least) return { rows, tokens };
  const left = unweighted === 0 ? "" : ` besides ${unweighted} of weight 0`;
  return {
    rows,
    tokens,
    fault: `the file has ${rows.length} ${rows.length === 1 ? "row" : "rows"}${left}; training needs ${least} or more`,
  };
}

/** What is wrong with it as text; undefined where it is not to be learnt. */
function readRow(line: string): { readonly row: Omit<Row, "line">; readonly tokens: number } | string | undefined {
  if (line.length > mostCharacters) return `has ${line.length} characters; a row may have ${mostCharacters}`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return "is not JSON";
  }
  const checked = check(row, parsed);
  if ("complaint" in checked) return `${checked.complaint.path === "" ? "the row" : checked.complaint.path}: ${checked.complaint.what}`;
  const { messages } = checked.data;
  const last = messages.at(-1);
  if (last?.role !== "assistant") return `the last message is from "${last?.role ?? ""}"; it must be from the assistant`;
  const stray = messages.findIndex((m) => m.weight !== undefined && m.role !== "assistant");
  if (stray >= 0) return `messages.${stray}.weight: only messages from the assistant have one`;
  const contents: { role: string; content: string }[] = [];
  for (const m of messages) {
    try {
      contents.push({ role: m.role, content: textOf(m.content) });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  const answer = contents.at(-1)?.content.trim() ?? "";
  if (answer === "") return "the last message is empty";
  if (!contents.some((m) => m.role === "user" && m.content.trim() !== "")) return "no message is from the user";
  if (last.weight === 0) return undefined;
  const tokens = contents.reduce((sum, { content }) => sum + countTokens(content), 0);
  return { row: { asked: understand(contents.slice(0, -1)), answer }, tokens };
}
