/** Labelled claims to train on: SciFact as it is. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { VerdictName } from "../../src/embedded/claims/model.ts";

export interface Example {
  readonly claim: string;
  readonly passages: readonly string[];
  readonly label: VerdictName;
  /** Examples of one group are never on both sides of a split. */
  readonly group: string;
}

const labels: Readonly<Record<string, VerdictName>> = { SUPPORT: "supported", CONTRADICT: "contradicted", NEI: "not_found" };

/**
 * The claims of a SciFact folder (claims.jsonl, corpus.jsonl.gz) with the documents that they cite, title first.
 * Claims that cite a document together are one group.
 */
export function readScifact(folder: string): readonly Example[] {
  const docs = new Map(
    lines(gunzipSync(readFileSync(path.join(folder, "corpus.jsonl.gz"))).toString("utf8")).map((line) => {
      const doc = JSON.parse(line) as { id: string; title: string; text: string };
      return [doc.id, `${doc.title}\n${doc.text}`];
    }),
  );
  const claims = lines(readFileSync(path.join(folder, "claims.jsonl"), "utf8")).map(
    (line) => JSON.parse(line) as { claim: string; cited_doc_ids: readonly string[]; label: string },
  );
  const root = new Map<string, string>();
  const find = (id: string): string => {
    const up = root.get(id) ?? id;
    return up === id ? id : find(up);
  };
  for (const {
    cited_doc_ids: [first = "", ...more],
  } of claims)
    for (const id of more) root.set(find(id), find(first));
  return claims.map(({ claim, cited_doc_ids: ids, label }) => ({
    claim,
    passages: ids.flatMap((id) => docs.get(id) ?? []),
    label: labels[label] ?? "not_found",
    group: find(ids[0] ?? ""),
  }));
}

export function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
