/** The `data` section -> cases in splits. */
import { resolve } from "node:path";
import { casesOf, columnsOf, inputColumns, type Columns, type Placed } from "../data/cases.ts";
import { chooseCases, nothingChosen, type Choice } from "../data/filter.ts";
import { shownPath } from "../data/files.ts";
import { type Cleaned, withoutLeaks } from "../data/leaks.ts";
import type { Row } from "../data/parse.ts";
import { readRows } from "../data/rows.ts";
import { FRACTIONS, splitCases, splitGiven, SPLITS, type Split } from "../data/splits.ts";
import { suggest, UserError } from "../errors.ts";
import type { Complaint } from "./complaints.ts";
import type { ExperimentFile } from "./schema.ts";
import type { Path, Source } from "./source.ts";
import { PASSAGES } from "../program/render.ts";
import type { Case, SplitName } from "../types.ts";

type Section = ExperimentFile["data"];

/** Faults of rows that are named one by one; of more, their number is given. */
const MOST_FAULTS = 20;

/** The rows of all files, with the split that a row's file stands for. */
export interface Table {
  readonly rows: readonly { readonly row: Row; readonly split?: SplitName | undefined }[];
  readonly columns: readonly string[];
  /** Columns that a template may name. */
  readonly inputs: readonly string[];
  /** What columns hold; undefined where the section names columns that are not there. */
  readonly mapping: Omit<Columns, "input"> | undefined;
  readonly complaints: readonly Complaint[];
}

/** Reads the files of the section; `dir` is the experiment's folder as the user typed it. */
export async function readTable(section: Section, source: Source, dir: string): Promise<Table> {
  const rows: { row: Row; split?: SplitName | undefined }[] = [];
  const faults: Complaint[] = [];
  const files: readonly { readonly file: string; readonly split?: SplitName; readonly path: Path }[] =
    section.file === undefined
      ? SPLITS.flatMap((split) =>
          section.files?.[split] === undefined ? [] : [{ file: section.files[split], split, path: ["data", "files", split] }],
        )
      : [{ file: section.file, path: ["data", "file"] }];
  for (const { file, split, path } of files) {
    const shown = shownPath(dir, file);
    const read = await readRows(resolve(dir, file), shown, section.format);
    rows.push(...read.rows.map((row) => ({ row, split })));
    // A fault of the file as a whole is one of the line that names it.
    faults.push(
      ...atMost(read.faults).map((what): Complaint => ({ what, place: what.startsWith(`${shown}: `) ? source.at(path) : undefined })),
    );
  }
  const plain = rows.map(({ row }) => row);
  const columns = columnsOf(plain);
  const { mapping, complaints } = plain.length === 0 ? { mapping: undefined, complaints: [] } : mappingOf(section, columns, source);
  const named = section.input === undefined ? undefined : [section.input].flat();
  const { id = "id", expected, sources, group, tags, split } = section;
  const mapped = new Set(
    [id, expected, sources, group, tags, typeof split === "string" ? split : undefined].filter((name) => name !== undefined),
  );
  return { rows, columns, inputs: named ?? inputColumns(plain, mapped), mapping, complaints: [...faults, ...complaints] };
}

/** The section's columns, looked up among those that are there. */
function mappingOf(section: Section, columns: readonly string[], source: Source): Pick<Table, "mapping" | "complaints"> {
  const complaints: Complaint[] = [];
  const need = (key: string, name: string | undefined, path: Path = ["data", key]): void => {
    if (name === undefined || columns.includes(name)) return;
    complaints.push({ place: source.at(path), what: `data.${key}: no column is named "${name}"; ${suggest(name, columns)}` });
  };
  const split = typeof section.split === "string" ? section.split : undefined;
  for (const key of ["id", "expected", "sources", "group", "tags"] as const) need(key, section[key]);
  need("split", split);
  for (const [index, name] of [section.input ?? []].flat().entries()) {
    const path: Path = Array.isArray(section.input) ? ["data", "input", index] : ["data", "input"];
    need("input", name, path);
    if (name === "__proto__")
      complaints.push({ place: source.at(path), what: `data.input: "__proto__" is no name for a field; rename the column` });
    if (name === PASSAGES)
      complaints.push({ place: source.at(path), what: `data.input: "${PASSAGES}" is what retrieval finds; rename the column` });
    if (name === section.expected)
      complaints.push({
        place: source.at(path),
        what: `data.input: "${name}" is the right answer, which a program must not see; remove it`,
      });
  }
  const { expected, sources, group, tags } = section;
  const id = section.id ?? (columns.includes("id") ? "id" : undefined);
  return { mapping: complaints.length === 0 ? { id, expected, sources, group, tags, split } : undefined, complaints };
}

/** The cases of a table; `used` are the fields that templates name. */
export function casesIn(
  table: Table,
  section: Section,
  used: readonly string[],
): { readonly cases: readonly Placed[]; readonly complaints: readonly Complaint[] } {
  if (table.mapping === undefined) return { cases: [], complaints: [] };
  // Without data.input, a column that no template names is no field: it may hold the answer, and would make copies look different.
  const input = section.input === undefined && used.length > 0 ? table.inputs.filter((name) => used.includes(name)) : table.inputs;
  const { cases, faults } = casesOf(
    table.rows.map(({ row }) => row),
    { ...table.mapping, input },
  );
  const splits = new Map(table.rows.map(({ row, split }) => [row.place, split]));
  return {
    cases: cases.map((placed) => ({ ...placed, split: placed.split ?? splits.get(placed.place) })),
    complaints: atMost(faults).map((what) => ({ what })),
  };
}

/** Chooses and splits the cases, and takes copies of held-out cases out of train; `where` is what errors name. */
export function splitsOf(
  placed: readonly Placed[],
  section: Section,
  choice: Choice,
  seed: number,
  where: string,
): Split & Pick<Cleaned, "leaks" | "warnings"> {
  const cases = placed.map(({ case: kase }) => kase);
  const given = placed.some(({ split }) => split !== undefined);
  // Limits hold for each split that is given, since the first cases of several files would all be train.
  const parts = SPLITS.flatMap((name) => {
    const members = placed.filter(({ split }) => split === name).map(({ case: kase }) => kase);
    return members.length > 0 ? [[name, chooseCases(members, choice, seed)] as const] : [];
  });
  const chosen = given ? parts.flatMap(([, members]) => members) : chooseCases(cases, choice, seed);
  if (chosen.length === 0) throw nothingChosen(choice, cases.length);
  const fractions = typeof section.split === "object" ? section.split : FRACTIONS;
  const split = inPlace(
    () => (given ? splitGiven(Object.fromEntries(parts), seed) : splitCases(chosen, fractions, seed)),
    choice,
    cases,
    where,
  );
  return { ...withoutLeaks(split.splits), exploratory: split.exploratory };
}

/** A split that fails after a choice says so, since the file itself may hold enough. */
function inPlace(split: () => Split, choice: Choice, cases: readonly Case[], where: string): Split {
  try {
    return split();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const narrowed = choice.filter !== undefined || choice.limit !== undefined || choice.sample !== undefined;
    throw new UserError(
      `${where}: ${error.message}${narrowed ? ` (chosen by --filter, --sample or --limit of ${cases.length})` : ""}`,
      error.code,
      { cause: error },
    );
  }
}

function atMost(faults: readonly string[]): readonly string[] {
  const rest = faults.length - MOST_FAULTS;
  return rest > 0 ? [...faults.slice(0, MOST_FAULTS), `… and ${rest} more`] : faults;
}
