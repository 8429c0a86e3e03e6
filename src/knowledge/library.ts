/** The knowledge of an experiment as programs use it: queries in, passages out. */
import type { Cut, Document, Passage, Query, Retriever } from "../types.ts";
import { createPlaces } from "./places.ts";
import { type Chunk, chunk } from "./chunk.ts";
import { type Embed, type Embedding, openCollection, vectorsOf, type Watch } from "./collection.ts";
import { convex, reciprocal } from "./fuse.ts";
import { hashOf } from "./hash.ts";
import { cosine, diverse } from "./mmr.ts";
import { direction, type Hit, type OpenStore, type Store } from "./store.ts";
import { widened } from "./widen.ts";
import { termsOf } from "./words.ts";

export interface Library {
  readonly documents: ReadonlyMap<string, Document>;
  /** Of the documents and the embedder: runs with the same hash search the same knowledge. */
  readonly hash: string;
  /**
   * The k passages that fit the queries best, best first; fewer where there are fewer, none where all queries are empty. The texts of one
   * query are averaged as vectors of length 1 (HyDE: Gao et al. 2022, arXiv 2212.10496, section 3.2) and asked as the words of all of them.
   * Each query has its own list, without what scores below `min_score`; the lists of several queries are fused by their ranks, the first
   * query's the first (see `reciprocal`); `mmr` comes last, and its score is then the passage's. The first search with a way of cutting
   * brings its index up to date; one by words alone embeds nothing. `embed` serves the queries alone, so that their cost goes to who asks.
   */
  search(retriever: Retriever, queries: readonly Query[], k: number, embed?: Embed): Promise<readonly Passage[]>;
  /** See `StepLab.widen`. */
  widen(cut: Cut, passages: readonly Passage[], neighbours: number): Promise<readonly Passage[]>;
  /** A document's text as passages with score 1, in order: as it is cut, else whole. None for an unknown document. */
  passagesOf(document: string, cut?: Cut): readonly Passage[];
  close(): Promise<void>;
}

/** Opens a library on documents; nothing is read, embedded or written before the first search. */
export function openLibrary(
  options: Watch &
    Embedding & {
      readonly documents: readonly Document[];
      /** Indexes are kept in it. */
      readonly folder: string;
      /** Tells these documents from others whose indexes are in the same folder; a change of a document is none of it. */
      readonly corpus: string;
      readonly store: Store;
    },
): Library {
  const { embedder, embed, ...rest } = options;
  const documents = new Map(options.documents.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((document) => [document.id, document]));
  const hashes = new Map([...documents.values()].map(({ id, title, text }) => [id, hashOf([title, text])]));
  const indexes = new Map<string, Promise<OpenStore>>();
  const placeOf = createPlaces(documents);
  const passage = ({ id, source, title, text, start, end }: Chunk, score: number): Passage => {
    return { id, source, title, text, score, ...placeOf({ source, start, end }) };
  };

  /** With vectors where they are wanted or there already. */
  const indexOf = ({ chunker, size, overlap }: Cut, vectors: boolean): Promise<OpenStore> => {
    const key = (embedded: boolean) => `${chunker} ${size}/${overlap}${embedded ? "" : " words"}`;
    const known = indexes.get(key(true)) ?? (vectors ? undefined : indexes.get(key(false)));
    if (known !== undefined) return known;
    const cut = { chunker, size, overlap };
    const opening = openCollection({ ...rest, documents, hashes, cut, ...(vectors && { embedding: { embedder, embed } }) });
    indexes.set(key(vectors), opening);
    // A later search may succeed where this one failed.
    opening.catch(() => indexes.delete(key(vectors)));
    return opening;
  };

  return {
    documents,
    hash: hashOf([embedder, ...hashes]),
    async search(retriever, queries, k, embedQuery = embed) {
      const asked = queries
        .map(({ texts }) => ({ texts: texts.filter((text) => text.trim() !== "") }))
        .filter(({ texts }) => texts.length > 0);
      if (asked.length === 0) return [];
      const { search, mmr } = retriever;
      const index = await indexOf(retriever, search !== "bm25" || mmr !== undefined);
      if (index.count === 0) return [];
      const depth = asked.length > 1 || search === "hybrid" || mmr !== undefined ? Math.max(k, retriever.pool) : k;
      const lists = await Promise.all(asked.map((query) => find(index, retriever, query, depth, embedQuery)));
      const [only = []] = lists;
      const fused = lists.length > 1 ? reciprocal(lists, rankConstant(retriever)) : only;
      const hits = mmr === undefined ? fused.slice(0, k) : await diversified(index, fused.slice(0, depth), mmr, k);
      const chunks = new Map((await index.chunks(hits.map(({ id }) => id))).map((piece) => [piece.id, piece]));
      return hits.flatMap(({ id, score }) => {
        const found = chunks.get(id);
        return found === undefined ? [] : [passage(found, score)];
      });
    },
    async widen(cut, passages, neighbours) {
      if (neighbours === 0) return passages;
      const index = await indexOf(cut, false);
      const textOf = (id: string) => documents.get(id)?.text ?? "";
      const shown = await widened(passages, neighbours, (ids) => index.chunks(ids), textOf);
      return shown.map((one) => ({ ...one, ...placeOf(one) }));
    },
    passagesOf(id, cut) {
      const document = documents.get(id);
      if (document === undefined) return [];
      if (cut === undefined) return [{ id: `${id}#1`, source: id, title: document.title, text: document.text, score: 1 }];
      return chunk(document, cut).map((piece) => passage(piece, 1));
    },
    async close() {
      const opened = await Promise.allSettled(indexes.values());
      indexes.clear();
      await Promise.all(opened.flatMap((index) => (index.status === "fulfilled" ? [index.value.close()] : [])));
    },
  };
}

/** The hits of one query, best first, and none below `min_score`. */
async function find(index: OpenStore, retriever: Retriever, query: Query, depth: number, embed: Embed): Promise<readonly Hit[]> {
  const hits = await ranked(index, retriever, query, depth, embed);
  const { min_score } = retriever;
  return min_score === undefined ? hits : hits.filter(({ score }) => score >= min_score);
}

async function ranked(
  index: OpenStore,
  { search, fusion }: Retriever,
  { texts }: Query,
  depth: number,
  embed: Embed,
): Promise<readonly Hit[]> {
  const byWords = async () =>
    await index.matching(
      texts.flatMap((text) => termsOf(text)),
      depth,
    );
  if (search === "bm25") return await byWords();
  const vector = async () => mean(await vectorsOf(texts, embed), index.dimensions);
  if (search === "dense") return await index.nearest(await vector(), depth);
  const [query, lexical] = await Promise.all([vector(), byWords()]);
  const dense = await index.nearest(query, depth);
  if (!("dense" in fusion)) return reciprocal([lexical, dense], fusion.rrf);
  return convex(await cosines(index, query, [...dense, ...lexical]), lexical, fusion.dense);
}

/** All measured alike, so that equal vectors have equal scores whichever list they are from. */
async function cosines(index: OpenStore, query: readonly number[], hits: readonly Hit[]): Promise<readonly Hit[]> {
  const unit = direction(query, index.dimensions);
  const vectors = await index.vectors([...new Set(hits.map(({ id }) => id))]);
  return [...vectors].map(([id, vector]): Hit => ({ id, score: cosine(unit, vector) }));
}

async function diversified(index: OpenStore, hits: readonly Hit[], weight: number, k: number): Promise<readonly Hit[]> {
  return diverse(hits, await index.vectors(hits.map(({ id }) => id)), weight, k);
}

function rankConstant({ fusion }: Retriever): number {
  return "rrf" in fusion ? fusion.rrf : 60;
}

function mean(vectors: readonly (readonly number[])[], dimensions: number): readonly number[] {
  const unit = vectors.map((vector) => direction(vector, dimensions));
  return Array.from({ length: dimensions }, (_, i) => unit.reduce((sum, vector) => sum + (vector[i] ?? 0), 0));
}
