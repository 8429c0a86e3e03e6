/** Files that change together: written under new names and made valid by a manifest that is replaced last. */
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isOfTheDisk, messageOf, StorageError } from "../../errors.ts";
import { flushFolder, writeDurably } from "../durable.ts";
import type { Origin } from "../store.ts";

/** A file's content by the beginning of its name. */
type Files = Readonly<Record<string, Uint8Array>>;

export interface Document {
  readonly id: string;
  readonly hash: string;
  /** Ids of its chunks, in order. */
  readonly chunks: readonly string[];
}

export interface Generation {
  readonly dimensions: number;
  /** In the order of the chunks in the files. */
  readonly documents: readonly Document[];
  readonly files: Files;
}

/** What the manifest in the folder names; undefined where there is none of this kind, or where a file is missing or damaged. */
export async function readGeneration(folder: string, kind: string, origin: Origin): Promise<Generation | undefined> {
  for (let before: string | undefined; ;) {
    try {
      const text = await readFile(join(folder, MANIFEST), "utf8");
      // A writer may replace it all while it is read; what fails twice over the same manifest is damaged.
      if (text === before) return undefined;
      before = text;
      const manifest = manifestShape.parse(JSON.parse(text));
      if (manifest.kind !== kind || manifest.embedder !== origin.embedder || manifest.cut !== origin.cut) return undefined;
      const files = await filesOf(folder, manifest);
      if (files === undefined) continue;
      const documents = manifest.documents.map(([id, hash, chunks]): Document => ({ id, hash, chunks }));
      return { dimensions: manifest.dimensions, documents, files };
    } catch (error) {
      if (isOfTheDisk(error)) throw error;
      // Whatever is wrong with it, it is not the index that was asked for.
      return undefined;
    }
  }
}

/**
 * Writes all files, waits until the disk has them, and names them in the manifest: then what was there goes. `check` is called just
 * before that and may throw. Throws a StorageError where there is no room; what was there stays then.
 */
export async function writeGeneration(folder: string, kind: string, origin: Origin, next: Generation, check: () => void): Promise<void> {
  const generation = randomBytes(6).toString("hex");
  const temporary = join(folder, `${MANIFEST}.tmp`);
  try {
    for (const [name, content] of Object.entries(next.files)) await writeDurably(join(folder, fileName(name, generation)), content);
    const manifest: z.input<typeof manifestShape> = {
      version,
      kind,
      embedder: origin.embedder,
      cut: origin.cut,
      generation,
      dimensions: next.dimensions,
      files: Object.entries(next.files).map(([name, content]) => ({ name, digest: digestOf(content) })),
      documents: next.documents.map(({ id, hash, chunks }) => [id, hash, [...chunks]]),
    };
    await writeDurably(temporary, `${JSON.stringify(manifest)}\n`);
    check();
    await rename(temporary, join(folder, MANIFEST));
    await flushFolder(folder);
  } catch (error) {
    await sweep(folder, (name) => name.includes(generation) || name === `${MANIFEST}.tmp`);
    throw isOfTheDisk(error) ? unwritable(folder, error) : error;
  }
  await sweep(folder, (name) => generations.test(name) && !name.includes(generation));
}

/** What to throw where the disk does not take an index. */
export function unwritable(place: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(
    `${place}: the index cannot be written (${messageOf(error)}); make room, or choose another folder with --store`,
    2,
    {
      cause: error,
    },
  );
}

const MANIFEST = "manifest.json";
const generations = /^[a-z]+-[0-9a-f]{12}$/;

function fileName(name: string, generation: string): string {
  return `${name}-${generation}`;
}

/** Raised when the folder's layout changes, so that older folders are built anew. */
const version = 3;
const manifestShape = z.object({
  version: z.literal(version),
  kind: z.string(),
  embedder: z.string(),
  cut: z.string(),
  generation: z.string(),
  dimensions: z.int(),
  files: z.array(z.object({ name: z.string(), digest: z.string() })),
  documents: z.array(z.tuple([z.string(), z.string(), z.array(z.string())])),
});

type Manifest = z.output<typeof manifestShape>;

/** Undefined where one is missing or damaged. */
async function filesOf(folder: string, { files, generation }: Manifest): Promise<Files | undefined> {
  const found: Record<string, Uint8Array> = {};
  for (const { name, digest } of files) {
    const file = join(folder, fileName(name, generation));
    const content = await readFile(file).catch((error: unknown) => {
      if (isOfTheDisk(error)) throw error;
    });
    if (content === undefined || digestOf(content) !== digest) return undefined;
    found[name] = content;
  }
  return found;
}

function digestOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

async function sweep(folder: string, isOld: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  // What cannot be removed must not hide what happened.
  for (const name of names.filter(isOld)) await rm(join(folder, name), { force: true }).catch(() => {});
}
