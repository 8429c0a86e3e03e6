/** Indexes on disk: built aside, completed by a manifest, then renamed into place, so that a folder with a name is always whole. */
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { messageOf, StorageError, UserError } from "../errors.ts";
import { makeFolder } from "../folder.ts";
import { writeDurably } from "./durable.ts";
import type { Entry, OpenStore, Store } from "./store.ts";

/** What an index is made of; an index of anything else in its folder is built anew. */
export interface Origin {
  /** Name of the embedding model. */
  readonly embedder: string;
  /** Hash of the texts that were embedded, with their ids. */
  readonly content: string;
}

/**
 * Opens the index in the folder, or builds it first where there is none, or one that is broken or of another origin.
 * `entries` is called at most once, and only to build. Any number of processes may do this at the same time: each builds in
 * a folder of its own, the first one's is kept. A kill leaves at most a folder named `….tmp-…` behind, which nobody opens and
 * which a later build removes.
 */
export async function openIndex(
  store: Store,
  folder: string,
  origin: Origin,
  entries: () => Promise<readonly Entry[]>,
): Promise<OpenStore> {
  const ready = await openBuilt(store, folder, origin);
  if (ready !== undefined) return ready;
  const given = await entries();
  await sweep(dirname(folder));
  // Another process may still throw away the broken index that this one has just replaced.
  for (let attempt = 0; attempt < 5; attempt++) {
    const aside = `${folder}.tmp-${randomBytes(6).toString("hex")}`;
    try {
      makeFolder(aside);
      await store.build(aside, given);
      await writeManifest(store, aside, origin, given.length);
      await publish(aside, folder, async () => (await openBuilt(store, folder, origin)) !== undefined);
    } catch (error) {
      if (isNodeError(error)) throw new StorageError(`knowledge: the index cannot be written to ${dirname(folder)}; ${messageOf(error)}`);
      throw error;
    } finally {
      // What cannot be removed must not hide why the build failed.
      await rm(aside, { recursive: true, force: true }).catch(() => {});
    }
    const opened = await openBuilt(store, folder, origin);
    if (opened !== undefined) return opened;
  }
  throw new UserError(`knowledge: the index in ${folder} does not open after it was built; remove the folder and try again`);
}

const manifestName = "manifest.json";
/** Raised when the folder's layout changes, so that older folders are built anew. */
const version = 1;
const manifestShape = z.object({
  version: z.literal(version),
  store: z.string(),
  embedder: z.string(),
  content: z.string(),
  count: z.int(),
  files: z.record(z.string(), z.string()),
});

async function openBuilt(store: Store, folder: string, origin: Origin): Promise<OpenStore | undefined> {
  try {
    const manifest = manifestShape.parse(JSON.parse(await readFile(join(folder, manifestName), "utf8")));
    if (manifest.store !== store.name || manifest.embedder !== origin.embedder || manifest.content !== origin.content) return undefined;
    if (!isDeepStrictEqual(manifest.files, await digests(folder))) return undefined;
    const opened = await store.open(folder);
    if (opened.count === manifest.count) return opened;
    await opened.close();
  } catch {
    // Whatever is wrong with it, it is not the index that was asked for.
  }
  return undefined;
}

async function writeManifest(store: Store, folder: string, origin: Origin, count: number): Promise<void> {
  const manifest: z.input<typeof manifestShape> = { version, store: store.name, ...origin, count, files: await digests(folder) };
  await writeDurably(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** SHA-256 of each file of the folder but the manifest. */
async function digests(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => name !== manifestName).toSorted();
  const hashes = await Promise.all(
    names.map(async (name) =>
      createHash("sha256")
        .update(await readFile(join(folder, name)))
        .digest("hex"),
    ),
  );
  return Object.fromEntries(names.map((name, i) => [name, hashes[i] ?? ""]));
}

/** Gives the folder its name; where a folder has it already, the good one of the two stays. */
async function publish(aside: string, folder: string, isGood: () => Promise<boolean>): Promise<void> {
  try {
    await rename(aside, folder);
  } catch (error) {
    if (!isNodeError(error) || !["ENOTEMPTY", "EEXIST", "EPERM", "ENOTDIR"].includes(error.code)) throw error;
    if (await isGood()) return;
    // A folder cannot be replaced in one move, so the broken one goes first.
    const broken = `${aside}-broken`;
    await rename(folder, broken).catch(() => {});
    await rm(broken, { recursive: true, force: true });
    await rename(aside, folder).catch(() => {});
  }
}

/** Removes what builders that were killed left behind; an hour is more than any that lives needs to write. */
async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.includes(".tmp-"))) {
    const made = await stat(join(parent, name)).catch(() => undefined);
    if (made === undefined || Date.now() - made.mtimeMs < 3_600_000) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
}

function isNodeError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string" && "syscall" in error;
}
