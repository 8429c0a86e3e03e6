/** The `knowledge` section: the documents, and what is said of those that could not be read. */
import { resolve } from "node:path";
import type { Placed } from "../data/cases.ts";
import { nearest, UserError } from "../errors.ts";
import { type Collected, readDocuments, type ReadingOptions } from "../knowledge/documents.ts";
import type { Complaint } from "./complaints.ts";
import type { ExperimentFile } from "./schema.ts";
import { cutsIn } from "../knowledge/cuts.ts";
import { estimateChunks } from "../knowledge/estimate.ts";
import { beyond } from "../knowledge/store.ts";
import { stores } from "../knowledge/stores/index.ts";
import type { Document, Indexing } from "../types.ts";
import type { Source } from "./source.ts";

/** Documents that were skipped, named in warnings. */
const MOST_SKIPPED = 20;
const MOST_UNKNOWN_SOURCES = 10;
/** Ids that a message names where it cannot tell which one is meant. */
const MOST_KNOWN = 8;
/** An estimate of so many times the limit is over it for sure. */
const SURE = 1.25;

/** The documents of the experiment, and complaints where they cannot be used. */
export async function readKnowledge(
  { knowledge, data }: Partial<ExperimentFile>,
  source: Source,
  dir: string,
  options: ReadingOptions | undefined,
): Promise<{ readonly collected?: Collected; readonly complaints: readonly Complaint[] }> {
  if (knowledge === undefined) return { complaints: [] };
  const { files, exclude = [], columns, max_errors: maxErrors } = knowledge;
  try {
    const cases = [data?.file, ...Object.values(data?.files ?? {})].flatMap((path) => (path === undefined ? [] : [resolve(dir, path)]));
    const sources = { files: [files].flat(), exclude: [exclude].flat(), cases, columns, maxErrors };
    return { collected: await readDocuments(sources, resolve(dir), options), complaints: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { complaints: error.message.split("\n").map((what) => ({ place: source.at(["knowledge", "files"]), what })) };
  }
}

/** Complaints about sources that are no document's id. */
export function checkSources(cases: readonly Placed[], { documents, missing, skipped }: Collected): readonly Complaint[] {
  const ids = new Set(documents.map(({ id }) => id));
  const unknown = new Map<string, { readonly place: string; times: number }>();
  for (const { case: kase, place } of cases) {
    for (const id of kase.sources ?? []) {
      if (ids.has(id)) continue;
      const seen = unknown.get(id);
      if (seen === undefined) unknown.set(id, { place, times: 1 });
      else seen.times++;
    }
  }
  const named = [...unknown].slice(0, MOST_UNKNOWN_SOURCES);
  const like = new Map(named.map(([id]) => [id, missing.has(id) ? [] : alike(id, documents)]));
  const lines = named.map(([id, { place, times }]) => {
    const also = times > 1 ? ` (and ${times - 1} more ${times === 2 ? "time" : "times"})` : "";
    const fault = missing.get(id);
    if (fault !== undefined) return `${place}: source "${id}"${also} could not be read: ${fault}`;
    const near = like.get(id) ?? [];
    const right = near.length > 0 ? `did you mean ${near.map((one) => `"${one}"`).join(" or ")}?` : knownIds(documents);
    return `${place}: source "${id}"${also} is no document of the knowledge; ${right}`;
  });
  const rest = unknown.size - lines.length;
  // What was skipped may have held them: ids that rows give are not known until their table is read.
  const lost = named.some(([id]) => !missing.has(id) && like.get(id)?.length === 0);
  return [
    ...lines,
    ...(rest > 0 ? [`… and ${rest} more sources that are no document`] : []),
    ...(lost ? skippedWarnings(skipped, documents.length) : []),
  ].map((what) => ({ what }));
}

/** Ids that an unknown one may mean: those of the file or of the name that it spells, else those that are spelt like it. */
function alike(id: string, documents: readonly Document[]): readonly string[] {
  const path = `/${id.replace(/^\.?\//, "")}`;
  const same = documents.filter((document) => [document.id, document.file ?? ""].some((name) => `/${name}`.endsWith(path)));
  return same.length > 0
    ? same.slice(0, 3).map((document) => document.id)
    : nearest(
        id,
        documents.map((document) => document.id),
      );
}

/** Some from all over, since ids of one folder or one table are alike. */
function knownIds(documents: readonly Document[]): string {
  const step = Math.ceil(documents.length / MOST_KNOWN);
  const some = documents.filter((_, i) => i % step === 0).map(({ id }) => id);
  return `known: ${some.join(", ")}${some.length < documents.length ? `, … (${documents.length} in all)` : ""}`;
}

/** Warnings of what was left out of the knowledge; `doctor` names what is too much for a report. */
export function skippedWarnings(skipped: readonly string[], read: number): readonly string[] {
  const shown = skipped.slice(0, MOST_SKIPPED).map((fault) => `knowledge: skipped ${fault}`);
  const rest = skipped.length - shown.length;
  return [
    ...shown,
    ...(rest > 0
      ? [`knowledge: skipped ${rest} more, ${skipped.length} beside ${read} documents that were read; \`llmopt doctor\` names them all`]
      : []),
  ];
}

/**
 * A complaint where a rung cuts the documents into clearly more chunks than the store is made for: no run may buy answers first and be
 * refused then. What is close to the limit is refused when the index is made.
 */
export function checkReach(
  ladder: Parameters<typeof cutsIn>[0],
  documents: readonly Document[],
  { store }: Pick<Indexing, "store">,
  source: Source,
): readonly Complaint[] {
  const kind = stores.find(({ name }) => name === store);
  if (kind?.reach === undefined) return [];
  for (const cut of cutsIn(ladder)) {
    const { chunks, exact } = estimateChunks(documents, cut);
    const what = beyond(kind, exact ? chunks : chunks / SURE, chunks);
    if (what !== undefined) return [{ place: source.at(["knowledge", "store"]), what }];
  }
  return [];
}
