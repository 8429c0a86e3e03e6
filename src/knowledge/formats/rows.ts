/** Rows of tables and JSON -> documents. */
import { suggest, UserError } from "../../errors.ts";
import type { Json } from "../../types.ts";
import { type Columns, type Draft, OtherColumns } from "./format.ts";

export type Row = Readonly<Record<string, Json>>;

const IDS = ["id", "_id", "doc_id", "docid", "document_id"];
const TITLES = ["title"];
const TEXTS = ["text", "contents", "content", "body"];

/**
 * How rows with these columns become documents. The id is the column that `columns` names, else `id`, `_id`, `doc_id`, `docid` or
 * `document_id`; the title is the one named, else `title`; the text is the one named, else `text`, `contents`, `content` or `body`, whatever
 * their case. Of several columns named for the text, and of all but the id where there is no column for it, each that is not empty makes a
 * line `name: value`.
 *
 * Throws a UserError where a named column is not there, an OtherColumns where none of them is. A row that makes no document gives what is
 * wrong with it.
 */
export function createRows(names: readonly string[], columns: Columns): (row: Row, n: number) => Draft | string {
  const all = [columns.id, columns.title, ...(columns.text ?? [])].filter((name) => name !== undefined);
  const column = (named: string | undefined, usual: readonly string[]): string | undefined => {
    if (named === undefined) return usual.flatMap((name) => names.find((each) => each.toLowerCase() === name) ?? [])[0];
    if (names.includes(named)) return named;
    const message = `has no column "${named}"; ${suggest(named, names)}`;
    throw all.some((each) => names.includes(each)) ? new UserError(message) : new OtherColumns(message);
  };
  const id = column(columns.id, IDS);
  const title = column(columns.title, TITLES);
  const [text, ...more] = (columns.text ?? [column(undefined, TEXTS)]).map((name) => column(name, []));
  const lined =
    text === undefined
      ? names.filter((name) => name !== id)
      : more.length === 0
        ? []
        : [text, ...more].filter((name) => name !== undefined);

  return (row, n) => {
    const draft = {
      row: n,
      ...(id === undefined ? {} : { id: textOf(row[id]) }),
      ...(title === undefined ? {} : { title: textOf(row[title]) }),
    };
    if (id !== undefined && draft.id === undefined) return `"${id}" must be a text or a number; give each row an id`;
    if (title !== undefined && typeof (row[title] ?? "") !== "string" && draft.title === undefined) return `"${title}" must be a text`;
    if (lined.length === 0 && text !== undefined) {
      const found = row[text];
      return typeof found === "string" ? { ...draft, text: found } : `"${text}" must be a text`;
    }
    return { ...draft, text: lined.flatMap((name) => line(name, row[name])).join("\n") };
  };
}

/** A text that is not empty, or a number as text. */
function textOf(value: Json | undefined): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function line(name: string, value: Json | undefined): readonly string[] {
  if (value === undefined || value === null || value === "") return [];
  const shown = typeof value === "string" ? value.trim() : typeof value === "object" ? JSON.stringify(value) : String(value);
  return shown === "" ? [] : [`${name}: ${shown}`];
}
