import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { StorageError } from "../../errors.ts";
import type { Place, StoreKind } from "../store.ts";
import { type Subject, storeContract } from "./contract.fixture.ts";
import { canLimit, fillDisk, limitFiles } from "./limits.fixture.ts";
import { memory } from "./memory.ts";
import { vectra } from "./vectra.ts";

const root = await mkdtemp(join(tmpdir(), "stores-"));
afterAll(() => rm(root, { recursive: true }));
let places = 0;
const place = async (): Promise<Place> => ({ folder: join(root, String(places++)), name: "index" });

const folderOf = ({ folder, name }: Place) => join(folder, name);

/** The largest file whose name begins so. */
const fileOf = async (place: Place, beginning: string): Promise<string> => {
  const name = (await readdir(folderOf(place))).find((file) => file.startsWith(beginning));
  if (name === undefined) throw new Error(`no file ${beginning}…`);
  return join(folderOf(place), name);
};

const flip = async (file: string): Promise<void> => {
  const bytes = await readFile(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
};

/** Stores that write a generation of files and then a manifest. */
const filesSubject = (kind: StoreKind): Subject => ({
  store: kind.create({}),
  place,
  damage: {
    "no manifest": async (place) => await rm(await fileOf(place, "manifest")),
    "half a manifest": async (place) => await truncate(await fileOf(place, "manifest"), 20),
    "an empty manifest": async (place) => await truncate(await fileOf(place, "manifest"), 0),
    "an empty folder": async (place) => {
      await rm(folderOf(place), { recursive: true });
      await mkdir(folderOf(place));
    },
    "no vectors": async (place) => await rm(await fileOf(place, "vectors")),
    "vectors cut short": async (place) => await truncate(await fileOf(place, "vectors"), 40),
    "a flipped bit in the vectors": async (place) => await flip(await fileOf(place, "vectors")),
    "a flipped bit in the chunks": async (place) => await flip(await fileOf(place, "chunks")),
  },
  unwritable: {
    ...(process.platform === "linux"
      ? { "a full disk": async (place: Place) => await fillDisk(folderOf(place), "manifest.json.tmp") }
      : {}),
    ...(canLimit ? { "files cannot grow": async () => limitFiles(200_000) } : {}),
  },
  elsewhere: { module: new URL(`./${kind.name}.ts`, import.meta.url).href, kind: kind.name, options: {} },
});

for (const kind of [memory, vectra]) storeContract(kind.name, async () => filesSubject(kind));

test("a place where no folder can be made is named, with what would be right", async () => {
  const folder = join(root, "file");
  await writeFile(folder, "");
  const opening = vectra.create({}).write({ folder, name: "index" }, { embedder: "e", cut: "c" });
  await expect(opening).rejects.toThrow(StorageError);
  await expect(opening).rejects.toThrow(/file.index.*--store/);
});

test("vectra takes what it is made for and names the next store beyond it", async () => {
  const index = await vectra.create({}).write(await place(), { embedder: "e", cut: "c" });
  const put = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => {
      const id = `d${from + i}`;
      return { id, hash: "", entries: [{ id: `${id}#1`, source: id, title: "", text: "", start: 0, end: 0, vector: [1, from + i] }] };
    });
  await index.write({ put: put(0, 10_000), remove: [] });
  await expect(index.write({ put: put(10_000, 10_001), remove: [] })).rejects.toThrow(/up to 10,000 chunks.* 10,001; write store: sqlite/);
  await index.write({ put: put(10_000, 10_001), remove: ["d0"] });
  expect(index.count).toBe(10_000);
  await index.close();
});
