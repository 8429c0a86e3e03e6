/** The knowledge of an experiment as programs use it: questions in, passages out. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { EndpointFault } from "../errors.ts";
import type { Document, Passage, Retriever } from "../types.ts";
import { openIndex } from "./built-index.ts";
import { type Chunk, chunk } from "./chunk.ts";
import { direction, type Entry, type OpenStore, type Store } from "./store.ts";
import { vectra } from "./stores/vectra.ts";

/** Vectors of texts, one a text, in order, all of the same length. Batches by itself what its endpoint cannot take at once. */
export type Embed = (texts: readonly string[]) => Promise<readonly (readonly number[])[]>;

export interface Library {
  readonly documents: ReadonlyMap<string, Document>;
  /** Of the documents and the embedder: runs with the same hash search the same knowledge. */
  readonly hash: string;
  /**
   * The k passages nearest to the queries, best first; none where all queries are empty. Several queries are averaged as
   * vectors of length 1 (HyDE: Gao et al. 2022, arXiv 2212.10496, section 3.2). The first search with a retriever builds its
   * index, which later processes open again. `embed` serves the queries alone, so that their cost goes to who asks.
   */
  search(retriever: Retriever, queries: readonly string[], k: number, embed?: Embed): Promise<readonly Passage[]>;
  /** A document's text as passages with score 1, in order: as the retriever cuts it, else whole. None for an unknown document. */
  passagesOf(document: string, retriever?: Retriever): readonly Passage[];
  close(): Promise<void>;
}

/** Opens a library on documents; nothing is read, embedded or written before the first search. */
export function openLibrary(options: {
  readonly documents: readonly Document[];
  /** Indexes live in folders of it, named by the hash of what they hold. */
  readonly folder: string;
  /** Name of what `embed` embeds with; another name, another index. */
  readonly embedder: string;
  readonly embed: Embed;
  readonly store?: Store | undefined;
}): Library {
  const { folder, embedder, embed, store = vectra } = options;
  const documents = new Map(options.documents.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((document) => [document.id, document]));
  const cut = new Map<string, Collection>();
  const indexes = new Map<string, Promise<OpenStore>>();

  const collectionOf = (retriever: Retriever): Collection => {
    const key = `${retriever.size}/${retriever.overlap}`;
    const collection = cut.get(key) ?? collect(documents.values(), retriever);
    cut.set(key, collection);
    return collection;
  };

  // By content, so that retrievers which cut these documents alike share an index.
  const indexOf = ({ chunks, content }: Collection): Promise<OpenStore> => {
    const opening =
      indexes.get(content) ??
      openIndex(store, join(folder, hashOf([store.name, embedder, content])), { embedder, content }, () => entriesOf(chunks, embed));
    indexes.set(content, opening);
    // A later search may succeed where this one failed.
    opening.catch(() => indexes.delete(content));
    return opening;
  };

  return {
    documents,
    hash: hashOf([embedder, ...[...documents.values()].map(({ id, title, text }) => [id, title, text])]),
    async search(retriever, queries, k, embedQuery = embed) {
      const asked = queries.filter((query) => query.trim() !== "");
      if (asked.length === 0) return [];
      const collection = collectionOf(retriever);
      const index = await indexOf(collection);
      const hits = await index.search(mean(await vectorsOf(asked, embedQuery), index.dimensions), k);
      return hits.flatMap(({ id, score }) => {
        const found = collection.chunks.get(id);
        return found === undefined ? [] : [passage(found, score)];
      });
    },
    passagesOf(id, retriever) {
      const document = documents.get(id);
      if (document === undefined) return [];
      if (retriever === undefined) return [{ ...document, id: `${id}#1`, source: id, score: 1 }];
      return chunk(document, retriever).map((piece) => passage(piece, 1));
    },
    async close() {
      const opened = await Promise.allSettled(indexes.values());
      indexes.clear();
      for (const index of opened) if (index.status === "fulfilled") await index.value.close();
    },
  };
}

/** All chunks of a retriever by id, and the hash of what is embedded of them. */
interface Collection {
  readonly chunks: ReadonlyMap<string, Chunk>;
  readonly content: string;
}

function collect(documents: Iterable<Document>, retriever: Retriever): Collection {
  const chunks = [...documents].flatMap((document) => chunk(document, retriever));
  return { chunks: new Map(chunks.map((piece) => [piece.id, piece])), content: hashOf(chunks.map((piece) => [piece.id, embedded(piece)])) };
}

async function entriesOf(chunks: ReadonlyMap<string, Chunk>, embed: Embed): Promise<readonly Entry[]> {
  const vectors = await vectorsOf([...chunks.values()].map(embedded), embed);
  return [...chunks.keys()].map((id, i) => ({ id, vector: vectors[i] ?? [] }));
}

async function vectorsOf(texts: readonly string[], embed: Embed): ReturnType<Embed> {
  const vectors = await embed(texts);
  if (vectors.length === texts.length) return vectors;
  throw new EndpointFault("parse", `the embedding model gave ${vectors.length} vectors for ${texts.length} texts`);
}

/** What is embedded of a chunk: its title tells what its text may take for granted. */
function embedded({ title, text }: Chunk): string {
  return `${title}\n\n${text}`;
}

function mean(vectors: readonly (readonly number[])[], dimensions: number): readonly number[] {
  const unit = vectors.map((vector) => direction(vector, dimensions));
  return Array.from({ length: dimensions }, (_, i) => unit.reduce((sum, vector) => sum + (vector[i] ?? 0), 0));
}

function passage({ id, source, title, text }: Chunk, score: number): Passage {
  return { id, source, title, text, score };
}

/** 16 hexadecimal digits. Part by part, since all documents together may be longer than a string can be. */
function hashOf(parts: Iterable<unknown>): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${JSON.stringify(part)}\n`);
  return hash.digest("hex").slice(0, 16);
}
