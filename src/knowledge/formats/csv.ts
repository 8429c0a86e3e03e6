/** CSV and TSV: the first row names the columns, each other row is a document. See `createRows` for what the columns hold. */
import { UserError } from "../../errors.ts";
import { decode } from "./decode.ts";
import type { Columns, Draft, Format, Reading } from "./format.ts";
import { createRows } from "./rows.ts";

export const csv: Format = {
  extensions: [".csv"],
  async read(bytes, columns) {
    const { text } = decode(bytes);
    return await table(text, delimiterOf(text), columns);
  },
};

export const tsv: Format = {
  extensions: [".tsv", ".tab"],
  read: async (bytes, columns) => await table(decode(bytes).text, "\t", columns),
};

async function table(text: string, delimiter: string, columns: Columns): Promise<Reading> {
  // Loaded only where a document is a table.
  const { parse } = await import("csv-parse/sync");
  const drafts: Draft[] = [];
  const faults: Reading["faults"][number][] = [];
  let names: readonly string[] | undefined;
  let draftOf: ReturnType<typeof createRows> | undefined;
  let line = 1;
  let n = 0;
  try {
    parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record(record: readonly string[], { lines }) {
        // An empty line belongs to the row after it; the row itself may go over several.
        const begin = Math.max(line, lines - record.reduce((sum, value) => sum + breaksIn(value), 0));
        line = lines + 1;
        if (names === undefined || draftOf === undefined) {
          names = namesOf(record);
          draftOf = createRows(names, columns);
          return null;
        }
        if (record.every((value) => value.trim() === "")) return null;
        n++;
        const found =
          record.length === names.length
            ? draftOf(Object.fromEntries(names.map((name, i) => [name, record[i] ?? ""])), n)
            : `has ${record.length} value${record.length === 1 ? "" : "s"} for ${names.length} columns; quote values that hold "${delimiter === "\t" ? "a tab" : delimiter}"`;
        if (typeof found === "string") faults.push({ line: begin, what: found });
        else drafts.push({ ...found, line: begin });
        return null;
      },
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    const at = error instanceof Error && "lines" in error ? ` at line ${String(error.lines)}` : "";
    throw new UserError(`is not CSV${at}; a value that holds a quote is written "like ""this""", and every quote is closed`, 2, {
      cause: error,
    });
  }
  return { drafts, faults };
}

function namesOf(record: readonly string[]): readonly string[] {
  const names = record.map((name, i) => name.trim() || `column ${i + 1}`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new UserError(`has two columns named "${name}"; give each column a name of its own`);
    seen.add(name);
  }
  return names;
}

/** What divides the header's names most often. */
function delimiterOf(text: string): string {
  const end = text.indexOf("\n");
  const header = text.slice(0, end === -1 ? text.length : end).replace(/"[^"]*"/g, "");
  const counts = [",", ";", "\t", "|"].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).delimiter;
}

function breaksIn(value: string): number {
  let count = 0;
  for (let at = value.indexOf("\n"); at !== -1; at = value.indexOf("\n", at + 1)) count++;
  return count;
}
