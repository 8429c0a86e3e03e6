/** An answer read as JSON. */
import type { Json } from "../types.ts";
import { quote } from "./accepted.ts";

/** The JSON of an answer, or why there is none. With `allowFence` it may stand in a Markdown code fence, and nothing beside it. */
export function jsonOf(answer: string, allowFence: boolean): { readonly value: Json } | { readonly why: string } {
  try {
    return { value: JSON.parse(allowFence ? unfenced(answer) : answer) as Json };
  } catch {
    return { why: `${quote(answer)} is not JSON` };
  }
}

/** What stands in the Markdown code fence that the text is; any other text as it is. */
export function unfenced(text: string): string {
  const lines = text.trim().split(/\r?\n/u);
  const fenced = lines.length > 2 && /^```[\w+-]*$/u.test(lines[0]?.trim() ?? "") && lines.at(-1)?.trim() === "```";
  return fenced ? lines.slice(1, -1).join("\n") : text;
}
