/** What is wrong with options that are each right by themselves: pure. */
import { suggest } from "../../errors.ts";
import { splitModel } from "../../program/model.ts";
import { faultsOfTemplate, placeholdersOf } from "../../program/template.ts";
import type { Options } from "./options.ts";
import { fusionsOf, listsOf } from "./settings.ts";

/** Complaints, each as `option: what; what would be right`. `endpoints` are the names of those that are there, where that is known. */
export function complaints(options: Options, { endpoints }: { readonly endpoints?: readonly string[] | undefined }): readonly string[] {
  const { overlap, search, fusion, rrf_k, weight, expand, queries, min_score } = options;
  const { size, rerank } = listsOf(options, false);
  const least = Math.min(...size);
  const long = overlap.filter((one) => one !== "auto" && one >= least);
  const hybrid = search.includes("hybrid");
  const convex = hybrid && fusionsOf(options).includes("convex");
  const byRank = expand.some((one) => one !== "none") || (hybrid && fusionsOf(options).includes("rrf"));
  const floors = min_score.filter((one) => one !== "none");
  const scored = rerank.some(({ use }) => use === "cross-encoder");
  return [
    ...long.map((one) => `overlap: ${one} tokens are as long as a chunk of ${least}; take less than the size, a tenth of it or so`),
    ...(fusion !== undefined && !hybrid ? ["fusion: joins the two lists of a hybrid search; add search: hybrid, or remove it"] : []),
    ...(weight !== undefined && !convex
      ? ["weight: is that of a convex fusion; add fusion: convex with search: hybrid, or remove it"]
      : []),
    ...(rrf_k !== undefined && !byRank
      ? ["rrf_k: is the constant of a fusion by ranks; add fusion: rrf with search: hybrid, or remove it"]
      : []),
    ...(queries !== undefined && expand.every((one) => one === "none")
      ? ["queries: is how many queries the writer adds; add expand: multi-query or decompose, or remove it"]
      : []),
    ...floors
      .filter((floor) => hybrid && !convex && !scored && floor > mostByRank(rrf_k))
      .map(
        (floor) =>
          `min_score: ${floor} is more than a fusion by ranks ever scores, ${mostByRank(rrf_k).toFixed(3)}; use fusion: convex, or search: dense`,
      ),
    ...options.template.flatMap(templateComplaints),
    ...rerank.flatMap((one) => ("model" in one && one.model.includes("/") ? modelComplaints(one.model, one.use, endpoints) : [])),
  ];
}

/** Two lists, both of which have the same chunk first. */
function mostByRank(rrf_k: Options["rrf_k"]): number {
  return 2 / (Math.min(...(rrf_k ?? [60])) + 1);
}

const PLACES = ["number", "title", "text", "source"];

function templateComplaints(template: string): readonly string[] {
  const faults = faultsOfTemplate(template).map(({ what }) => `template: ${what}`);
  const names = placeholdersOf(template).map(({ name }) => name);
  const unknown = names.filter((name) => !PLACES.includes(name));
  return [
    ...faults,
    ...unknown.map((name) => `template: unknown placeholder {{${name}}}; ${suggest(name, PLACES)}`),
    ...(names.includes("text") ? [] : ["template: does not show the passage; add {{text}}"]),
  ];
}

function modelComplaints(model: string, use: string, endpoints: readonly string[] | undefined): readonly string[] {
  const { endpoint } = splitModel(model);
  if (endpoint === "embedded") return [`rerank: the embedded engine has no model for ${use}; name one of another endpoint`];
  if (endpoints === undefined || endpoints.includes(endpoint)) return [];
  return [`rerank: unknown endpoint "${endpoint}" of the model "${model}"; ${suggest(endpoint, endpoints)}`];
}
