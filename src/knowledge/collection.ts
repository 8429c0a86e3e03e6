/** The index of the documents as one way of cutting has them, kept up to date. */
import { setTimeout } from "node:timers/promises";
import { EndpointFault, messageOf, UserError } from "../errors.ts";
import type { Cut, Document } from "../types.ts";
import { type Chunk, chunk } from "./chunk.ts";
import { hashOf } from "./hash.ts";
import { Busy, type Entry, type OpenStore, type Origin, type Place, refuseBeyond, type Store } from "./store.ts";
import { wordsVersion } from "./words.ts";

/** Vectors of texts, one a text, in order, all of the same length. Batches by itself what its endpoint cannot take at once. */
export type Embed = (texts: readonly string[]) => Promise<readonly (readonly number[])[]>;

export interface Embedding {
  /** Name of what `embed` embeds with; another name, another index. */
  readonly embedder: string;
  readonly embed: Embed;
}

/** Told while an index is brought up to date. */
export interface Watch {
  /** Chunks that are ready to be written, of how many; where they are not all cut yet the total is an estimate. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Something that a person should know. */
  readonly note?: ((text: string) => void) | undefined;
  /** Ends waiting for others. */
  readonly signal?: AbortSignal | undefined;
}

/** Raised when the same document gives other chunks. */
const cutVersion = 2;
/** Texts that are embedded between two reports. */
const SLICE = 256;
/** Milliseconds before somebody else's index is looked at again: at first, and at the most. */
const [PATIENCE, LONGEST] = [100, 5000];
/** Times that others may spoil what was brought up to date. */
const TRIES = 5;

/**
 * Opens the index to read, after bringing it up to date: documents that changed are cut and embedded again, those that are gone leave,
 * the others cost nothing. Each batch that is written stays, so that an interrupted build goes on where it stopped. While another
 * process writes the same index, this one waits for it.
 *
 * Throws a UserError before anything is embedded where the documents are more than the store is made for, and where another process
 * keeps indexing other documents as this corpus; an EndpointFault that names the chunk where one cannot be embedded.
 */
export async function openCollection(
  options: Watch & {
    readonly documents: ReadonlyMap<string, Document>;
    /** Of each document's title and text, by id. */
    readonly hashes: ReadonlyMap<string, string>;
    readonly cut: Cut;
    readonly store: Store;
    readonly folder: string;
    /** Tells these documents from others that are searched beside them; a change of a document is none of it. */
    readonly corpus: string;
    /** Chunks have no vectors without it, and the index is searched by words alone. */
    readonly embedding?: Embedding | undefined;
  },
): Promise<OpenStore> {
  const { hashes, cut, store, folder, corpus, note, signal } = options;
  const embedder = options.embedding?.embedder ?? "";
  const origin: Origin = { embedder, cut: `${cut.chunker} ${cut.size}/${cut.overlap} v${cutVersion}.${wordsVersion}` };
  const place: Place = { folder, name: `${store.name}-${hashOf([corpus, embedder, origin.cut])}` };
  let patience = PATIENCE;
  for (let tries = 0; tries <= TRIES;) {
    const index = await store.read(place, origin);
    if (index !== undefined) {
      if (await agrees(index, hashes)) return index;
      await index.close();
    }
    try {
      const writer = await store.write(place, origin);
      tries++;
      try {
        await update(writer, options);
        await writer.finish();
      } catch (error) {
        // What made it fail is told, not that it could not be closed.
        await writer.close().catch(() => {});
        throw error;
      }
      await writer.close();
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      if (patience === PATIENCE) note?.(`this run waits for an index: ${messageOf(error)}`);
      await setTimeout(patience, undefined, { signal });
      patience = Math.min(patience * 1.5, LONGEST);
    }
  }
  throw new UserError(`${folder}: another process keeps indexing other documents of the same knowledge; run one after the other`);
}

async function update(
  index: OpenStore,
  { documents, hashes, cut, store, embedding, progress }: Parameters<typeof openCollection>[0],
): Promise<void> {
  const there = await index.documents();
  const changed = [...documents.values()].filter(({ id }) => there.get(id) !== hashes.get(id));
  // All that changed leaves first, so that a store with little room does not hold the old and the new at once.
  let leaving = [...there.keys()].filter((id) => there.get(id) !== hashes.get(id));
  const stay = index.count - (await index.chunksOf(leaving));
  const { pieces, estimate } = cutting(changed, cut, store.reach !== undefined, (chunks, all) =>
    refuseBeyond(store, stay + chunks, stay + all),
  );
  let done = 0;
  for (const batch of batchesOf(pieces, store.batch)) {
    const chunks = batch.flatMap((piece) => piece.chunks);
    const report = (count: number) => progress?.((done += count), estimate());
    const vectors = embedding && (await embedAll(chunks, embedding.embed, report));
    if (vectors === undefined) report(chunks.length);
    let next = 0;
    const put = batch.map(({ document, chunks }) => ({
      id: document.id,
      hash: hashes.get(document.id) ?? "",
      entries: chunks.map((piece): Entry => ({ ...piece, ...(vectors && { vector: vectors[next++] ?? [] }) })),
    }));
    await index.write({ put, remove: leaving });
    leaving = [];
  }
  if (leaving.length > 0) await index.write({ put: [], remove: leaving });
}

interface Piece {
  readonly document: Document;
  readonly chunks: readonly Chunk[];
}

/**
 * The documents' chunks, cut when they are asked for, or at once where the store has a limit; `check` is told how many there are so
 * far, and about how many there will be, as `estimate` has it.
 */
function cutting(
  documents: readonly Document[],
  cut: Cut,
  atOnce: boolean,
  check: (chunks: number, all: number) => void,
): { readonly pieces: Iterable<Piece>; readonly estimate: () => number } {
  const total = documents.reduce((sum, { text }) => sum + text.length, 0);
  let [chunks, characters] = [0, 0];
  const estimate = () => chunks + Math.round(((total - characters) * chunks) / Math.max(1, characters));
  function* lazily(): Iterable<Piece> {
    for (const document of documents) {
      const piece = { document, chunks: chunk(document, cut) };
      chunks += piece.chunks.length;
      characters += document.text.length;
      check(chunks, estimate());
      yield piece;
    }
  }
  return { pieces: atOnce ? [...lazily()] : lazily(), estimate };
}

async function agrees(index: OpenStore, wanted: ReadonlyMap<string, string>): Promise<boolean> {
  try {
    const there = await index.documents();
    return there.size === wanted.size && [...wanted].every(([id, hash]) => there.get(id) === hash);
  } catch (error) {
    await index.close().catch(() => {});
    throw error;
  }
}

/** Documents whole, as many as make a batch of chunks; a document that is larger is one alone. */
function* batchesOf(pieces: Iterable<Piece>, size: number): Iterable<readonly Piece[]> {
  let batch: Piece[] = [];
  let count = 0;
  for (const piece of pieces) {
    if (batch.length > 0 && count + piece.chunks.length > size) {
      yield batch;
      [batch, count] = [[], 0];
    }
    batch.push(piece);
    count += piece.chunks.length;
  }
  if (batch.length > 0) yield batch;
}

async function embedAll(chunks: readonly Chunk[], embed: Embed, report: (count: number) => void): ReturnType<Embed> {
  const slices = Array.from({ length: Math.ceil(chunks.length / SLICE) }, (_, i) => chunks.slice(i * SLICE, (i + 1) * SLICE));
  // All come to their end, so that nothing is embedded or told once this has failed.
  const made = await Promise.allSettled(
    slices.map(async (slice) => {
      const vectors = await vectorsOf(slice.map(embedded), embed);
      report(slice.length);
      return vectors;
    }),
  );
  const vectors: (readonly number[])[] = [];
  for (const [i, one] of made.entries()) {
    const slice = slices[i] ?? [];
    for (const vector of one.status === "fulfilled" ? one.value : await embedApart(slice, embed, one.reason)) vectors.push(vector);
    if (one.status === "rejected") report(slice.length);
  }
  return vectors;
}

/** Vectors of chunks that were refused together; half by half, so that the one that is to blame is named. */
async function embedApart(chunks: readonly Chunk[], embed: Embed, reason: unknown): ReturnType<Embed> {
  if (!(reason instanceof EndpointFault) || reason.systemic || reason.passing) throw reason;
  const [only] = chunks;
  if (only === undefined || chunks.length === 1) {
    const named = `knowledge: the chunk "${only?.id}" cannot be embedded (${reason.message}); exclude its document, cut it otherwise, or name another model under models.embed`;
    throw new EndpointFault(reason.kind, named, { cause: reason, spend: reason.spend });
  }
  const half = Math.ceil(chunks.length / 2);
  const vectors: (readonly number[])[] = [];
  for (const part of [chunks.slice(0, half), chunks.slice(half)])
    vectors.push(...(await vectorsOf(part.map(embedded), embed).catch(async (error: unknown) => await embedApart(part, embed, error))));
  return vectors;
}

/** Throws an EndpointFault where there are not as many vectors as texts. */
export async function vectorsOf(texts: readonly string[], embed: Embed): ReturnType<Embed> {
  if (texts.length === 0) return [];
  const vectors = await embed(texts);
  if (vectors.length === texts.length) return vectors;
  throw new EndpointFault("parse", `the embedding model gave ${vectors.length} vectors for ${texts.length} texts`);
}

/** What is embedded of a chunk: its title tells what its text may take for granted. */
function embedded({ title, text }: Chunk): string {
  return `${title}\n\n${text}`;
}
