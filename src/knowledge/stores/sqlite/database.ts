/** One file of SQLite: how it is opened, and what its faults mean. */
import { existsSync, openSync, readSync, closeSync, statSync, rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { messageOf, UserError } from "../../../errors.ts";
import { unwritable } from "../generation.ts";

export interface Database {
  readonly file: string;
  /** A statement that gives its rows as arrays; made once. */
  sql(text: string): StatementSync;
  exec(text: string): void;
  /** Does all of the work or nothing of it. */
  transaction(work: () => void): void;
  close(): void;
}

/** Opens the file with sqlite-vec loaded; to write it is made where there is none. */
export async function openDatabase(file: string, mode: "read" | "write"): Promise<Database> {
  const extension = await sqliteVec();
  const db = connect(file, mode, extension);
  const statements = new Map<string, StatementSync>();
  try {
    db.exec("pragma busy_timeout = 10000; pragma cache_size = -65536");
    // Full: a commit that is acknowledged has reached the disk, on macOS too.
    if (mode === "write") db.exec("pragma journal_mode = wal; pragma synchronous = full; pragma fullfsync = 1");
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    file,
    sql(text) {
      const known = statements.get(text);
      if (known !== undefined) return known;
      const made = db.prepare(text);
      made.setReturnArrays(true);
      statements.set(text, made);
      return made;
    },
    exec: (text) => db.exec(text),
    transaction(work) {
      db.exec("begin immediate");
      try {
        work();
        db.exec("commit");
      } catch (error) {
        if (db.isTransaction) db.exec("rollback");
        throw error;
      }
    },
    close() {
      statements.clear();
      if (db.isOpen) db.close();
    },
  };
}

/** A row of a statement of `sql`; empty where there is none. */
export function rowOf(row: unknown): readonly unknown[] {
  return Array.isArray(row) ? row : [];
}

/** Removes the file and what SQLite keeps beside it. */
export function removeDatabase(file: string): void {
  for (const name of [file, ...beside(file)]) rmSync(name, { force: true });
}

/** Whether the file ends before its end, as one does that was copied halfway. */
export function isCut(file: string): boolean {
  // What is in the log is not in the file yet.
  if (beside(file).some((name) => name.endsWith("-wal") && (statSync(name, { throwIfNoEntry: false })?.size ?? 0) > 0)) return false;
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return false;
  const header = new DataView(new ArrayBuffer(100));
  const handle = openSync(file, "r");
  try {
    readSync(handle, header);
  } finally {
    closeSync(handle);
  }
  // The format's pages are of 512 to 65536 bytes, the last of which is written as 1.
  const page = header.getUint16(16) === 1 ? 65_536 : header.getUint16(16);
  return size < page * header.getUint32(28);
}

/** Whether SQLite says that the file is none of its own, or is damaged. */
export function isDamaged(error: unknown): boolean {
  const code = codeOf(error);
  return code === SHORT_READ || [CORRUPT, NOT_A_DATABASE].includes(code & 255);
}

/** What to throw for a fault of SQLite; other errors as they are. */
export function faultOf(file: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 0) return error;
  if (isDamaged(error))
    return new UserError(`${file}: the index is damaged (${messageOf(error)}); remove the file, and it is built anew`, 2, { cause: error });
  if ([PERM, BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN].includes(code & 255)) return unwritable(file, error);
  return error;
}

/** Result codes, https://www.sqlite.org/rescode.html */
const [PERM, BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOT_A_DATABASE] = [3, 5, 6, 8, 10, 11, 13, 14, 26];
const SHORT_READ = 522;

/** 0 for what is no error of SQLite. */
function codeOf(error: unknown): number {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : 0;
}

function connect(file: string, mode: "read" | "write", extension: string): DatabaseSync {
  const { DatabaseSync } = nodeSqlite();
  const open = (path: string | URL): DatabaseSync => {
    const db = new DatabaseSync(path, { allowExtension: true });
    try {
      load(db, extension);
      // Not opened as one that cannot be written, since the last to close takes away what is beside the file. Nothing is opened before it
      // is first read.
      if (mode === "read") db.exec("pragma query_only = 1; select count(*) from sqlite_schema");
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  };
  try {
    return open(file);
  } catch (error) {
    // Where nothing can be written, not even what readers share with writers, there is no writer whose changes could be missed.
    if (
      mode === "write" ||
      ![CANTOPEN, READONLY, IOERR, FULL].includes(codeOf(error) & 255) ||
      !existsSync(file) ||
      beside(file).some(existsSync)
    )
      throw error;
    const url = pathToFileURL(file);
    url.searchParams.set("immutable", "1");
    return open(url);
  }
}

function load(db: DatabaseSync, extension: string): void {
  try {
    db.loadExtension(extension);
  } catch (error) {
    // Built for another C library than this machine's, as on Alpine.
    throw unusable("cannot be loaded", error);
  }
  db.enableLoadExtension(false);
}

function beside(file: string): readonly string[] {
  return [`${file}-wal`, `${file}-shm`];
}

/** Node 22 warns of its own module at the first use. */
function nodeSqlite(): typeof import("node:sqlite") {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Where the library is. */
async function sqliteVec(): Promise<string> {
  const { getLoadablePath } = await import("sqlite-vec");
  try {
    const path = getLoadablePath();
    if (existsSync(path)) return path;
    throw new Error(`${path} is missing`);
  } catch (error) {
    throw unusable("is not there", error);
  }
}

function unusable(what: string, error: unknown): UserError {
  return new UserError(
    `knowledge.store: sqlite needs the library sqlite-vec, which ${what} for ${process.platform}-${process.arch} (${messageOf(error)}); install without --omit=optional, or write store: vectra (up to 10,000 chunks) or store: pgvector`,
    2,
    { cause: error },
  );
}
