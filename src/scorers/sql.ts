import type { DialectName } from "@guanmingchiu/sqlparser-ts";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { defineScorer } from "../plugin.ts";
import { canonical } from "../program/hash.ts";
import type { Case } from "../types.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { unfenced } from "./json-answer.ts";
import { essence, KINDS, kindsOf, tablesOf } from "./statements.ts";

const DIALECTS = [
  ...(["generic", "ansi", "bigquery", "clickhouse", "databricks", "duckdb", "hive", "mssql", "mysql", "oracle", "postgresql"] as const),
  ...(["redshift", "snowflake", "spark", "sqlite", "teradata"] as const),
] satisfies readonly DialectName[];

const options = z
  .strictObject({
    dialect: z.enum(DIALECTS).describe("the database; generic takes most of what the others do, and even a trailing comma"),
    only: z.array(z.enum(KINDS)).min(1).optional().describe("what the statements may do: [select] for queries that change nothing"),
    tables: z.array(z.string().min(1)).min(1).optional().describe("tables that may be used, as name or schema.name; goes with only"),
    same_as_expected: z.boolean().default(false).describe("the syntax tree must be that of the expected SQL"),
    allow_fence: z.boolean().default(false).describe("accept the SQL inside a Markdown code fence"),
  })
  .refine(({ tables, only }) => tables === undefined || only?.every((kind) => QUERIES.includes(kind)) === true, {
    path: ["tables"],
    message: `goes with only, of ${KINDS.slice(0, 5).join(", ")}: names in other statements are not looked at`,
  });
type Options = z.output<typeof options>;

/**
 * 1 when the answer is SQL: one statement or several, comments allowed, with nothing else around. It is read by sqlparser-rs (Apache
 * DataFusion), which is a little more tolerant than any one database, looks at no schema, and lacks few constructs (SQLite's GLOB). `only`
 * and `tables` limit what it may do; what a statement inside another does counts. With `same_as_expected` it must also be the expected SQL
 * in another layout: case and quotes of names, AS, INNER and OUTER do not matter; an order of columns or conditions does, although the
 * result may be the same. SQL that is too large for the parser is an error.
 *
 *     { use: sql, as: runs, dialect: sqlite, only: [select], tables: [singer, concert] }
 *     answer "SELECT name FROM singer WHERE age > 20" -> 1    answer "SELECT name FORM singer" -> 0    answer "DROP TABLE singer" -> 0
 */
export default defineScorer({
  name: "sql",
  about: "1 when the answer is SQL that parses, and does only what it may",
  axis: "behaviour",
  options,

  async score({ answer }, kase, settings) {
    const { dialect, same_as_expected, allow_fence } = settings;
    const wanted = same_as_expected ? await expectedForms(kase, dialect) : [];
    if ("error" in wanted) return wanted;
    const given = await parsed(allow_fence ? unfenced(answer) : answer, dialect);
    if ("error" in given) return given;
    if ("why" in given) return { value: 0, why: given.why };
    const why = forbidden(given.statements, settings);
    if (why !== undefined) return { value: 0, why };
    if (!same_as_expected || wanted.includes(formOf(given.statements))) return { value: 1 };
    return { value: 0, why: `${quote(answer)} is other SQL than the expected` };
  },
});

async function expectedForms(kase: Case, dialect: DialectName): Promise<readonly string[] | { readonly error: string }> {
  const accepted = acceptedAnswers(kase);
  if ("error" in accepted) return accepted;
  const forms: string[] = [];
  for (const text of accepted) {
    const wanted = await parsed(text, dialect);
    if (!("statements" in wanted)) return { error: `the expected SQL cannot be read: ${"why" in wanted ? wanted.why : wanted.error}` };
    forms.push(formOf(wanted.statements));
  }
  return forms;
}

function formOf(statements: readonly unknown[]): string {
  return canonical(essence(statements));
}

const QUERIES: readonly string[] = KINDS.slice(0, 5);

function forbidden(statements: readonly unknown[], { only, tables }: Options): string | undefined {
  const kinds = only === undefined ? [] : [...kindsOf(statements)].filter((kind) => !only.some((may) => may === kind));
  if (kinds.length > 0) return `does ${kinds.join(" and ")}, not only ${only?.join(", ")}`;
  const may = new Set(tables?.map((name) => name.toLowerCase()));
  const others =
    tables === undefined ? [] : [...tablesOf(statements)].filter((name) => !may.has(name) && !may.has(name.split(".").at(-1) ?? ""));
  return others.length > 0 ? `uses ${others.join(", ")}, not only ${tables?.join(", ")}` : undefined;
}

/** Operators that may extend an expression to the left: the tree is as deep as they are many, and the parser has a small stack. */
const OPERATORS =
  /[-+*/%<>=!|&^~:#@?]+|\[|\b(?:and|at|between|collate|div|except|glob|in|intersect|is|isnull|like|ilike|match|mod|not|notnull|or|pivot|regexp|rlike|similar|union|xor)\b/giu;
const MOST_OPERATORS = 400;

type Parsed = { readonly statements: readonly unknown[] } | { readonly why: string } | { readonly error: string };

async function parsed(text: string, dialect: DialectName): Promise<Parsed> {
  // A stack overflow would break the parser for all later answers, so it must not come to one.
  if ((text.match(OPERATORS)?.length ?? 0) > MOST_OPERATORS)
    return { error: `SQL with more than ${MOST_OPERATORS} operators is too large for the parser: ${quote(text)}` };
  const { init, parse } = await import("@guanmingchiu/sqlparser-ts");
  await init();
  try {
    const statements = parse(text, dialect);
    return statements.length === 0 ? { why: `${quote(text)} holds no statement` } : { statements };
  } catch (error) {
    const message = messageOf(error).replace(/^sql parser error: /u, "");
    const syntax = message !== messageOf(error) || / at Line: \d+/u.test(message);
    if (syntax && !message.includes("recursion limit")) return { why: message };
    return { error: `the SQL parser cannot read ${quote(text)}: ${message}` };
  }
}
