/** Files and programs of the user's own that scorers name: looked for before any call is made. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, constants, readFile, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { shownPath } from "../data/files.ts";
import { decode, whyUnreadable } from "../data/rows.ts";

interface Found {
  /** By path as written. */
  readonly files: ReadonlyMap<string, string>;
  /** `what; what would be right`, each. */
  readonly faults: readonly string[];
}

/** Words that can only be meant as files: they end as scripts do. */
const SCRIPT = /^(?!-)(?!.*:\/\/).*\.(?:[cm]?[jt]s|py|rb|pl|php|r|lua|jl|sh|bash|ps1|jar)$/i;

/** The texts of files, by their paths relative to the folder. */
export async function readTexts(paths: readonly string[], dir: string): Promise<Found> {
  const read = await Promise.all(
    paths.map(async (path) => {
      try {
        return { path, text: decode(await readFile(resolve(dir, path))) };
      } catch (error) {
        return { fault: `${shownPath(dir, path)}: ${await whyUnreadable(resolve(dir, path), error)}` };
      }
    }),
  );
  return foundIn(read);
}

/**
 * Whether a program can be started in the folder, and what of its words are files, as `sha256:…`: the program itself where it is given
 * by a relative path, and all its parameters that are files. A parameter that ends as scripts do must be one.
 */
export async function findProgram(argv: readonly string[], dir: string): Promise<Found> {
  const [command, ...parameters] = argv;
  if (command === undefined) return { files: new Map(), faults: [] };
  const words = parameters.map(async (path) => {
    const file = resolve(dir, path);
    if (await isFile(file)) return { path, text: await hashOfFile(file) };
    return SCRIPT.test(path) ? { fault: `${shownPath(dir, path)}: ${await whyMissing(file)}` } : {};
  });
  return foundIn([await startOf(command, dir), ...(await Promise.all(words))]);
}

/** The program itself: a path, or a name that is looked for as the system does. */
async function startOf(command: string, dir: string): Promise<One> {
  if (!/[\\/]/.test(command)) {
    if (process.platform === "win32" || (await isOnPath(command))) return {};
    const here = (await isFile(resolve(dir, command))) ? `did you mean "./${command}"?` : "install it, or write the path of a file: ./…";
    return { fault: `${command}: no such program on the PATH; ${here}` };
  }
  const file = resolve(dir, command);
  if (!(await isFile(file))) return { fault: `${shownPath(dir, command)}: ${await whyMissing(file)}` };
  if (!(await isExecutable(file)))
    return { fault: `${shownPath(dir, command)}: is not executable; chmod +x it, or begin with its interpreter` };
  return isAbsolute(command) ? {} : { path: command, text: await hashOfFile(file) };
}

interface One {
  readonly path?: string;
  readonly text?: string;
  readonly fault?: string;
}

function foundIn(all: readonly One[]): Found {
  const files = all.flatMap(({ path, text }) => (path === undefined || text === undefined ? [] : [[path, text] as const]));
  return { files: new Map(files), faults: all.flatMap(({ fault }) => fault ?? []) };
}

async function isOnPath(name: string): Promise<boolean> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const file = join(folder, name);
    if ((await isFile(file)) && (await isExecutable(file))) return true;
  }
  return false;
}

async function isFile(file: string): Promise<boolean> {
  return await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function whyMissing(file: string): Promise<string> {
  try {
    return (await stat(file)).isDirectory() ? "is a folder; name a file" : "is no file; name one";
  } catch (error) {
    return await whyUnreadable(file, error);
  }
}

async function hashOfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return `sha256:${hash.digest("hex")}`;
}
