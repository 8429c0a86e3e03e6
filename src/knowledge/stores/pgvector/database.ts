/** A PostgreSQL database: statements in, rows out, faults in our own words. */
import type { Pool, PoolClient } from "pg";
import { StorageError, UserError, messageOf } from "../../../errors.ts";

export type Row = Readonly<Record<string, unknown>>;

export interface Database {
  /** Rows of one statement; `settings` hold for it alone. */
  rows(sql: string, values?: readonly unknown[], settings?: readonly string[]): Promise<readonly Row[]>;
  /** All that is done in it is done, or nothing. */
  transaction<T>(work: (rows: Database["rows"]) => Promise<T>): Promise<T>;
  /** Whether tables or indexes of these names are all there. */
  has(names: readonly string[]): Promise<boolean>;
}

/** Connections that are open at once. */
const MOST = 4;

/** Connects at the first statement; idle connections are closed by themselves and keep no process alive. */
export function connectTo(url: string): Database {
  let pool: Promise<Pool> | undefined;
  const open = async (): Promise<Pool> => {
    // Loaded only where an experiment uses it.
    const { default: pg } = await import("pg");
    const made = new pg.Pool({
      connectionString: url,
      max: MOST,
      allowExitOnIdle: true,
      idleTimeoutMillis: 1000,
      connectionTimeoutMillis: 20_000,
      keepAlive: true,
    });
    // A connection that breaks while nobody uses it is made anew.
    made.on("error", ignore);
    return made;
  };
  const using = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    pool ??= open();
    const client = await pool
      .then((made) => made.connect())
      .catch((error: unknown) => {
        throw fault(url, `cannot be used (${reasonOf(error)}); check its url and that it runs`, error);
      });
    let broken = false;
    // One that breaks between two statements says so here, and ends the process where nobody listens.
    client.on("error", ignore);
    try {
      return await work(client);
    } catch (error) {
      broken = isLoss(error);
      throw faultOf(error, url);
    } finally {
      client.off("error", ignore);
      client.release(broken);
    }
  };
  const ask = async (client: PoolClient, sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
    (await client.query<Record<string, unknown>>(sql, [...values])).rows;
  const within = async <T>(begin: string, work: (rows: Database["rows"]) => Promise<T>): Promise<T> =>
    await using(async (client) => {
      await client.query(begin);
      try {
        const done = await work(async (sql, values) => await ask(client, sql, values));
        await client.query("commit");
        return done;
      } catch (error) {
        // What made it fail is told, not that it could not be undone.
        await client.query("rollback").catch(ignore);
        throw error;
      }
    });
  const rows: Database["rows"] = async (sql, values, settings = []) =>
    settings.length === 0
      ? await using(async (client) => await ask(client, sql, values))
      : await within(["begin", ...settings].join("; "), async (inner) => await inner(sql, values));
  return {
    rows,
    transaction: async (work) => await within("begin", work),
    async has(names) {
      const found = await rows("select bool_and(to_regclass(name) is not null) as there from unnest($1::text[]) as t(name)", [names]);
      return found[0]?.["there"] === true;
    },
  };
}

function ignore(): void {}

/** The fault as the person who runs an experiment can act on it. */
function faultOf(error: unknown, url: string): unknown {
  if (error instanceof UserError) return error;
  const [code, reason] = [codeOf(error), reasonOf(error)];
  if (isLoss(error)) return fault(url, `broke off (${reason}); run again to go on`, error);
  if (code === undefined) return error;
  if (code.startsWith("53") || code === "25006" || code === "58030")
    return new StorageError(`${placeOf(url)} cannot be written (${reason}); make room`, 4, { cause: error });
  if (/extension "vector"|type "vector"/.test(reason))
    return fault(
      url,
      `has no extension pgvector that this user sees (${reason}); install it there, run "create extension vector", and have its schema in the search_path`,
      error,
    );
  const advice = code === "42501" ? "let this user do that, or run once as one who may" : "see the server's log, and run again";
  return fault(url, `refused (${code}: ${reason}); ${advice}`, error);
}

function fault(url: string, what: string, cause: unknown): UserError {
  return new UserError(`${placeOf(url)} ${what}`, 4, { cause });
}

/** Whether the connection is lost: it ended by itself, or the server says that it ends it. */
function isLoss(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return code.startsWith("08") || code.startsWith("57P");
  return error instanceof Error && !(error instanceof UserError) && ("code" in error || /connection/i.test(error.message));
}

/** SQLSTATE of what the server said; undefined for anything else. */
function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Of a failed connection to several addresses the message is empty and the parts have it. */
function reasonOf(error: unknown): string {
  return error instanceof AggregateError && error.message === "" ? error.errors.map(messageOf).join(", ") : messageOf(error);
}

/** Host, port and database, without user and password. */
function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // Behind a password that holds # ? or / unescaped, what looks like a place is a part of it.
  const named = parsed !== undefined && !`${parsed.pathname}${parsed.search}${parsed.hash}`.includes("@");
  return `knowledge.store: the database at ${named ? `${parsed.host}${parsed.pathname}` : "the url that was given"}`;
}
