/** What SQL statements do, read from the syntax tree of sqlparser-rs as it comes over WebAssembly: plain data. */

export const KINDS = ["select", "insert", "update", "delete", "merge", "create", "alter", "drop", "truncate", "explain"] as const;

/** What the statements do, in lower case, statements inside others included: `WITH d AS (DELETE …) SELECT …` is select and delete. */
export function kindsOf(statements: readonly unknown[]): ReadonlySet<string> {
  const kinds = new Set(
    statements.map((statement) => kindOf(typeof statement === "string" ? statement : (Object.keys(mapOf(statement))[0] ?? ""))),
  );
  walk(statements, (key, value) => {
    // A clause of MERGE is called Insert or Update too, but names no table.
    if (WRITES.has(key) && ("table" in value || "from" in value)) kinds.add(key.toLowerCase());
    if (key === "Select" && value["into"] != null) kinds.add("create");
  });
  return kinds;
}

/** The tables that statements read and write, as `schema.name` in lower case; names that a WITH gives to a query are none. */
export function tablesOf(statements: readonly unknown[]): ReadonlySet<string> {
  const tables = new Set<string>();
  const visit = (node: unknown, named: ReadonlySet<string>): void => {
    if (Array.isArray(node)) for (const item of node) visit(item, named);
    if (Array.isArray(node) || typeof node !== "object" || node === null) return;
    const map = mapOf(node);
    const inside = visitWith(map["with"], named, visit);
    for (const [key, value] of Object.entries(map)) {
      const name = key === "TableName" ? value : key === "Table" && mapOf(value)["args"] == null ? mapOf(value)["name"] : undefined;
      const table = nameOf(name);
      if (table !== undefined && !inside.has(table)) tables.add(table);
      if (key !== "with") visit(value, inside);
    }
  };
  visit(statements, new Set());
  return tables;
}

/** The statements without what makes no difference: places, tokens, quotes and case of names, `AS`, `INNER` and `OUTER`. */
export function essence(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(essence);
  if (typeof node !== "object" || node === null) return node ?? null;
  const map = mapOf(node);
  if (typeof map["value"] === "string") return { name: map["value"].toLowerCase() };
  return Object.fromEntries(
    Object.entries(map)
      .filter(([key]) => key !== "span" && key !== "explicit" && !key.endsWith("_token"))
      .map(([key, value]) => [SAME_JOIN.get(key) ?? key, essence(value)]),
  );
}

const WRITES: ReadonlySet<string> = new Set(["Insert", "Update", "Delete", "Merge"]);
const SAME_JOIN: ReadonlyMap<string, string> = new Map([
  ["Inner", "Join"],
  ["LeftOuter", "Left"],
  ["RightOuter", "Right"],
]);

/** `Query` is select, `CreateTable` create; anything else by its first word. */
function kindOf(name: string): string {
  return name === "Query" ? "select" : (/^[A-Z]?[a-z]*/u.exec(name)?.[0].toLowerCase() ?? "");
}

/** The names that hold inside, after a visit of the queries that they stand for: each sees only those before it, or itself if recursive. */
function visitWith(
  node: unknown,
  named: ReadonlySet<string>,
  visit: (node: unknown, named: ReadonlySet<string>) => void,
): ReadonlySet<string> {
  const { cte_tables, recursive } = mapOf(node);
  let inside = named;
  for (const table of Array.isArray(cte_tables) ? cte_tables : []) {
    const { alias, query } = mapOf(table);
    const name = mapOf(mapOf(alias)["name"])["value"];
    const after = typeof name === "string" ? new Set([...inside, name.toLowerCase()]) : inside;
    visit(query, recursive === true ? after : inside);
    inside = after;
  }
  return inside;
}

/** A name such as `[{ Identifier: { value: "Orders" } }]`, in lower case with dots. */
function nameOf(node: unknown): string | undefined {
  if (!Array.isArray(node)) return undefined;
  return node.map((part) => String(mapOf(mapOf(part)["Identifier"])["value"] ?? "?").toLowerCase()).join(".");
}

function walk(node: unknown, see: (key: string, value: Readonly<Record<string, unknown>>) => void): void {
  if (typeof node !== "object" || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === "object" && value !== null) see(key, mapOf(value));
    walk(value, see);
  }
}

function mapOf(node: unknown): Readonly<Record<string, unknown>> {
  return typeof node === "object" && node !== null ? (node as Readonly<Record<string, unknown>>) : {};
}
