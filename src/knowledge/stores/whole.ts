/** Stores of one machine's memory: everything is held in it, and a change writes everything anew. */
import { join } from "node:path";
import { isOfTheDisk, UserError } from "../../errors.ts";
import { makeFolder } from "../../folder.ts";
import { takeLock } from "../../lock.ts";
import type { Chunk } from "../chunk.ts";
import {
  Busy,
  byScore,
  type Change,
  direction,
  type Entry,
  type Hit,
  type OpenStore,
  type Place,
  prepared,
  refuseBeyond,
  refuseTaken,
  type Store,
} from "../store.ts";
import { termsOf } from "../words.ts";
import { type Document, type Generation, readGeneration, unwritable, writeGeneration } from "./generation.ts";
import { decode, encode, type Lexicon, matching, nothing, revised } from "./lexicon.ts";

/** How vectors are kept and searched; documents, chunks, lock and keyword search are the same for all. */
export interface VectorFormat {
  encode(vectors: readonly Vector[]): Promise<Uint8Array>;
  /** What `encode` made of vectors with these dimensions. */
  decode(bytes: Uint8Array, dimensions: number): Promise<Vectors>;
}

interface Vectors {
  /** By place of the chunk. */
  readonly rows: readonly Vector[];
  /** Places of the k nearest to the vector, which is a unit, with their cosines, in no order; of equals at the end all. */
  nearest(vector: Vector, k: number): Promise<readonly (readonly [place: number, score: number])[]>;
}

type Vector = readonly number[];

/** A store of files in a folder of its own (see `generation.ts`): chunks as JSON lines, vectors, words. */
export function wholeStore({ name, reach, batch }: Pick<Store, "name" | "reach" | "batch">, format: VectorFormat): Store {
  const folderOf = (place: Place) => join(place.folder, place.name);
  return {
    name,
    reach,
    batch,
    async read(place, origin) {
      const found = await readGeneration(folderOf(place), name, origin);
      return found && opened(contentOf(found, format), undefined, () => {});
    },
    async write(place, origin) {
      const folder = folderOf(place);
      const lock = lockOf(folder);
      if ("owner" in lock) throw new Busy(`${folder}: process ${lock.owner} is writing this index; wait for it`);
      const check = () => {
        if (!lock.held()) throw new Busy(`${folder}: another process took this index over, since this one stood still for long; run again`);
      };
      try {
        const found = await readGeneration(folder, name, origin);
        const save = async (next: Content): Promise<Content> => {
          refuseBeyond({ name, reach }, idsOf(next).length);
          const generation = await generationOf(next, format);
          await writeGeneration(folder, name, origin, generation, check);
          return { ...next, vectors: contentOf(generation, format).vectors };
        };
        return opened(found === undefined ? empty : contentOf(found, format), save, lock.release);
      } catch (error) {
        lock.release();
        throw isOfTheDisk(error) ? unwritable(folder, error) : error;
      }
    },
  };
}

/** What is in an index. What is not asked for is not decoded. */
interface Content {
  readonly documents: readonly Document[];
  readonly dimensions: number;
  /** Of the chunks, in the order of the documents: the JSON and its line break. */
  readonly lines: () => readonly Uint8Array[];
  readonly lexicon: () => Lexicon;
  readonly rows: () => Promise<Vectors["rows"]>;
  readonly vectors: () => Promise<Vectors>;
}

const empty: Content = {
  documents: [],
  dimensions: 0,
  lines: () => [],
  lexicon: () => nothing,
  rows: async () => [],
  vectors: async () => ({ rows: [], nearest: async () => [] }),
};

function contentOf({ documents, dimensions, files }: Generation, format: VectorFormat): Content {
  const { chunks, words, vectors } = files;
  if (chunks === undefined || words === undefined || vectors === undefined) return empty;
  if (dimensions === 0) return { ...empty, documents, lines: once(() => linesOf(chunks)), lexicon: once(() => decode(words)) };
  const decoded = once(async () => await format.decode(vectors, dimensions));
  return {
    documents,
    dimensions,
    lines: once(() => linesOf(chunks)),
    lexicon: once(() => decode(words)),
    rows: async () => (await decoded()).rows,
    vectors: decoded,
  };
}

async function generationOf({ documents, dimensions, lines, lexicon, rows }: Content, format: VectorFormat): Promise<Generation> {
  const vectors = dimensions === 0 ? new Uint8Array() : await format.encode(await rows());
  const files = { chunks: Buffer.concat(lines()), words: encode(lexicon()), vectors };
  return { documents, dimensions, files };
}

function opened(first: Content, save: ((next: Content) => Promise<Content>) | undefined, release: () => void): OpenStore {
  let content = first;
  let ids = once(() => idsOf(content));
  let places = once(() => new Map(ids().map((id, place) => [id, place])));
  const placed = (wanted: readonly string[]) => wanted.flatMap((id) => places().get(id) ?? []);
  const ranked = (found: readonly (readonly [place: number, score: number])[], k: number) =>
    found
      .map(([place, score]): Hit => ({ id: ids()[place] ?? "", score }))
      .sort(byScore)
      .slice(0, k);
  return {
    get count() {
      return ids().length;
    },
    get dimensions() {
      return content.dimensions;
    },
    documents: async () => new Map(content.documents.map(({ id, hash }) => [id, hash])),
    async chunksOf(wanted) {
      const counted = new Set(wanted);
      return content.documents.reduce((sum, { id, chunks }) => sum + (counted.has(id) ? chunks.length : 0), 0);
    },
    async write(change) {
      if (save === undefined) throw new UserError("index: it was opened to read; open it to write");
      content = await save(await after(content, prepared(change, { count: ids().length, dimensions: content.dimensions })));
      ids = once(() => idsOf(content));
      places = once(() => new Map(ids().map((id, place) => [id, place])));
    },
    // All of it is as quick as it gets.
    finish: async () => {},
    async nearest(vector, k) {
      if (content.dimensions === 0) return [];
      const query = direction(vector, content.dimensions);
      return ranked(await (await content.vectors()).nearest(query, k), k);
    },
    matching: async (terms, k) => ranked(matching(content.lexicon(), terms, k), k),
    chunks: async (wanted) => placed(wanted).flatMap((place) => chunkIn(content.lines()[place]) ?? []),
    async vectors(wanted) {
      if (content.dimensions === 0) return new Map();
      const rows = await content.rows();
      return new Map(placed(wanted).map((place) => [ids()[place] ?? "", rows[place] ?? []]));
    },
    async close() {
      release();
    },
  };
}

/** The content after a change: what stays in its order, then what is put. */
async function after(content: Content, { put, remove }: Change): Promise<Content> {
  const gone = new Set([...remove, ...put.map(({ id }) => id)]);
  const stay = content.documents.filter(({ id }) => !gone.has(id));
  refuseTaken(put, new Set(stay.flatMap(({ chunks }) => chunks)));
  const entries = put.flatMap(({ entries }) => entries);
  let place = 0;
  const kept = content.documents.flatMap(({ id, chunks }) => {
    const places = chunks.map(() => place++);
    return gone.has(id) ? [] : places;
  });
  const [before, beforeRows] = [content.lines(), await content.rows()];
  const rows = [...kept.map((at) => beforeRows[at] ?? []), ...entries.map(({ vector = [] }) => vector)];
  const lines = [...kept.map((at) => before[at] ?? new Uint8Array()), ...entries.map(lineOf)];
  const stems = new Map<string, string>();
  const lexicon = revised(
    content.lexicon(),
    kept,
    entries.map(({ title, text }) => termsOf(`${title}\n${text}`, stems)),
  );
  return {
    documents: [...stay, ...put.map(({ id, hash, entries }) => ({ id, hash, chunks: entries.map((entry) => entry.id) }))],
    dimensions: rows[0]?.length ?? 0,
    lines: () => lines,
    lexicon: () => lexicon,
    rows: async () => rows,
    vectors: async () => ({ rows, nearest: async () => [] }),
  };
}

function idsOf({ documents }: Content): readonly string[] {
  return documents.flatMap(({ chunks }) => chunks);
}

function lockOf(folder: string): ReturnType<typeof takeLock> {
  try {
    makeFolder(folder);
    return takeLock(join(folder, "writer.lock"));
  } catch (error) {
    throw unwritable(folder, error);
  }
}

function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(10, from) + 1;
    lines.push(bytes.subarray(from, end));
    from = end;
  }
  return lines;
}

function lineOf(entry: Entry): Uint8Array {
  return Buffer.from(`${JSON.stringify({ ...entry, vector: undefined })}\n`);
}

function chunkIn(line: Uint8Array | undefined): Chunk | undefined {
  return line === undefined ? undefined : JSON.parse(Buffer.from(line).toString());
}

/** Makes a value when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
