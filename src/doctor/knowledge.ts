/** What was read of the documents, and how far they go. */
import { extname } from "node:path";
import { cutsIn } from "../knowledge/cuts.ts";
import { estimateChunks } from "../knowledge/estimate.ts";
import type { Document, Experiment } from "../types.ts";
import { UserError } from "../errors.ts";
import { stores } from "../knowledge/stores/index.ts";
import { type Check, check, complaints, counted, failed } from "./check.ts";

export function knowledgeChecks(experiment: Experiment): readonly Check[] {
  const { documents, skipped = [], ladder, splits } = experiment;
  const needing = ladder.filter(({ stage }) => stage.needs?.includes("knowledge")).map(({ name }) => name);
  if (documents.length === 0) {
    return needing.length === 0
      ? [check("knowledge", "ok", "none, and no rung needs any")]
      : [check("knowledge", "warn", `none; skipped: ${needing.join(", ")}`, "name documents under knowledge: { files: … }")];
  }
  const cases = [...new Set(Object.values(splits).flat())];
  const sourced = cases.filter(({ sources }) => (sources?.length ?? 0) > 0).length;
  const size = `${lengthOf(documents)}, ${chunksIn(experiment)}`;
  const detail = `${counted(documents.length, "document")}${kindsOf(documents)}, ${size}; ${sourced} of ${cases.length} cases name their sources`;
  const left = skippedChecks(skipped);
  if (needing.length === 0)
    return [check("knowledge", "warn", `${detail}; no rung uses it`, "add rag to the ladder, or leave knowledge out"), ...left];
  const hint = sourced === 0 ? "with sources in the data, recall can be measured and retrieval diagnosed" : undefined;
  return [check("knowledge", "ok", detail, hint), ...left];
}

/** What the store cannot be reached without; with `probe` also whether one that is elsewhere answers, to which nothing is written. */
export async function storeChecks(
  { knowledge }: Experiment,
  { probe = false }: { readonly probe?: boolean | undefined },
): Promise<readonly Check[]> {
  const name = `knowledge.store ${knowledge?.store}`;
  if (knowledge?.unset !== undefined)
    return knowledge.unset.map((variable) =>
      failed(name, `the environment variable ${variable} is not set`, "set it, or name a file that does with --env-file"),
    );
  const kind = stores.find((one) => one.name === knowledge?.store);
  if (!probe || knowledge === undefined || kind?.secrets === undefined) return [];
  try {
    const index = await kind.create(kind.options.parse(knowledge.options)).read({ folder: "", name: "probe" }, { embedder: "", cut: "" });
    await index?.close();
    return [check(name, "ok", "answers")];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return complaints(name, new UserError(error.message.replace(/^knowledge\.store: /, ""), error.code));
  }
}

function lengthOf(documents: readonly Document[]): string {
  const characters = documents.reduce((sum, { text }) => sum + text.length, 0);
  return characters < 1000 ? counted(characters, "character") : `${Math.round(characters / 1000).toLocaleString("en")}k characters`;
}

/** ` (40 .md, 3 .pdf)`, the most frequent first. */
function kindsOf(documents: readonly Document[]): string {
  const counts = new Map<string, number>();
  for (const { file } of documents) {
    if (file !== undefined) counts.set(extname(file).toLowerCase(), (counts.get(extname(file).toLowerCase()) ?? 0) + 1);
  }
  const kinds = [...counts].sort(([, m], [, n]) => n - m).map(([kind, count]) => `${count.toLocaleString("en")} ${kind}`);
  return kinds.length === 0 ? "" : ` (${kinds.join(", ")})`;
}

/** About how many chunks the documents make as the first rung that cuts them does. */
function chunksIn({ documents, ladder }: Experiment): string {
  const [cut] = cutsIn(ladder);
  const { chunks, exact } = estimateChunks(documents, cut);
  return `${exact ? "" : "about "}${counted(exact ? chunks : Number(chunks.toPrecision(2)), "chunk")} of up to ${cut.size} tokens`;
}

/** What was left out, with what would be right once for all that have the same fault. */
function skippedChecks(skipped: readonly string[]): readonly Check[] {
  const byHint = new Map<string, string[]>();
  for (const fault of skipped) {
    const [what = "", ...hint] = fault.split("; ");
    const right = hint.join("; ");
    byHint.set(right, [...(byHint.get(right) ?? []), what]);
  }
  return [...byHint].map(([hint, faults]) => check("knowledge", "warn", `skipped ${faults.length}:\n${faults.join("\n")}`, hint));
}
