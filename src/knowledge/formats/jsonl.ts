/** JSON Lines: a row is a document, `{"id": "refunds", "title": "Refunds", "text": "A refund takes …"}`; the title may be missing. */
import { z } from "zod";
import type { Draft, Format } from "./format.ts";

export const jsonl: Format = {
  extensions: [".jsonl", ".ndjson"],
  read(content) {
    const drafts: Draft[] = [];
    const faults: string[] = [];
    for (const [i, line] of content.split("\n").entries()) {
      if (line.trim() === "") continue;
      const found = row(line);
      if (typeof found === "string") faults.push(`${i + 1}: ${found}`);
      else drafts.push({ ...found, line: i + 1 });
    }
    return { drafts, faults };
  },
};

const shape = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)], { error: "must be a text or a number" }),
  title: z.string({ error: "must be a text" }).optional(),
  text: z.string({ error: "must be a text" }),
});

function row(line: string): Draft | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON; write {"id": …, "title": …, "text": …} on one line';
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  return parsed.error.issues
    .map(({ path, message }) => (path.length > 0 ? `"${path.join(".")}" ${message}` : "must be an object"))
    .join(", ");
}
