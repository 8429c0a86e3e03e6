/**
 * Training rows: a line of chat JSONL each, e.g.
 * `{"messages":[{"role":"user","content":"Where is my card?"},{"role":"assistant","content":"card_arrival"}]}`
 */
import { z } from "zod";
import { textOf, message } from "../chat/completions.ts";
import { type Understood, understand } from "../prompt/request.ts";

export interface Row {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly asked: Understood;
  readonly answer: string;
}

const row = z.looseObject({ messages: z.array(message).min(2, "must hold a question and an answer") });
const fewest = 10;

/** The rows of a file; what is wrong with it is returned with line numbers, at most ten of them. */
export function readRows(text: string, least = fewest): { readonly rows: readonly Row[]; readonly fault?: string } {
  const rows: Row[] = [];
  const faults: string[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const found = readRow(line);
    if (typeof found === "string") faults.push(`line ${i + 1}: ${found}`);
    else rows.push({ line: i + 1, ...found });
  });
  if (faults.length > 0) {
    const more = faults.length > 10 ? `; and ${faults.length - 10} more` : "";
    return {
      rows,
      fault: `${faults.length === 1 ? "1 line is" : `${faults.length} lines are`} not fit for training: ${faults.slice(0, 10).join("; ")}${more}`,
    };
  }
  return rows.length < least
    ? { rows, fault: `the file has ${rows.length} ${rows.length === 1 ? "row" : "rows"}; training needs ${least} or more` }
    : { rows };
}

function readRow(line: string): Omit<Row, "line"> | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return "is not JSON";
  }
  const result = row.safeParse(parsed);
  if (!result.success) {
    const issue = result.error.issues[0];
    return `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not as it should be"}`;
  }
  const messages = result.data.messages;
  const last = messages.at(-1);
  if (last?.role !== "assistant") return `the last message is from "${last?.role ?? ""}"; it must be from the assistant`;
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
  return { asked: understand(contents.slice(0, -1)), answer };
}
