/** JSON Lines: a row is a document, `{"id": "refunds", "title": "Refunds", "text": "A refund takes …"}`. See `createRows` for other keys. */
import type { Json } from "../../types.ts";
import { decode } from "./decode.ts";
import type { Draft, Format, Reading } from "./format.ts";
import { createRows, type Row } from "./rows.ts";

export const jsonl: Format = {
  extensions: [".jsonl", ".ndjson"],
  read(bytes, columns) {
    const drafts: Draft[] = [];
    const faults: Reading["faults"][number][] = [];
    let draftOf: ReturnType<typeof createRows> | undefined;
    for (const [i, text] of decode(bytes).text.split("\n").entries()) {
      if (text.trim() === "") continue;
      const line = i + 1;
      const row = parsed(text);
      // The first row tells what the others hold, so that one that lacks its text is not taken for one of another kind.
      if (typeof row !== "string") draftOf ??= createRows(Object.keys(row), columns);
      const found = typeof row === "string" ? row : (draftOf?.(row, drafts.length + faults.length + 1) ?? "");
      if (typeof found === "string") faults.push({ line, what: found });
      else drafts.push({ ...found, line });
    }
    return { drafts, faults };
  },
};

function parsed(line: string): Row | string {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return 'is not JSON; write {"id": …, "title": …, "text": …} on one line';
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Row)
    : 'must be an object; write {"id": …, "text": …}';
}
