import { defineStage } from "../../plugin.ts";
import type { Passage, Program, Retriever, StepCalls } from "../../types.ts";
import { complaints } from "./check.ts";
import { fitted, mostArms } from "./fit.ts";
import { options } from "./options.ts";
import { RAG, settingsIn, withRetrieval } from "./program.ts";
import { retrieved } from "./retrieve.ts";
import { listsOf, retrieverOf, settingsOf } from "./settings.ts";
import { present, withinBudget } from "./shown.ts";

/**
 * Rung 3: a retrieval step before the model call. Documents are cut into chunks and indexed; the passages that fit the question best are
 * shown in the user message, with numbers that an answer can cite.
 *
 * Every option takes a list. Ways to search are measured on the select cases that name their sources, which asks no model but the
 * embedder, and the best few of them are raced with answers; then what only answers can tell is raced, one option after the other. What
 * retrieval found is reported apart from what was answered.
 */
const rag = defineStage({
  name: RAG,
  about: "shows passages found in the knowledge; measures ways to search, races the best of them",
  options,
  needs: ["knowledge"],
  changes: ["knowledge"],
  treats: ["missing knowledge", "wrong retrieval"],

  check: complaints,

  arms: mostArms,

  asks(given): readonly StepCalls[] {
    const { expand, rerank, size } = listsOf(given, false);
    const longest = Math.max(...size);
    const calls = rerank.flatMap((one) =>
      one.use === "listwise" || one.use === "cross-encoder" ? [{ model: one.model, calls: 1, tokens: one.depth * longest }] : [],
    );
    // An answer takes one of them: the one that reads most stands for all.
    const most = calls.toSorted((a, b) => b.tokens - a.tokens).slice(0, 1);
    return [...(expand.some((one) => one !== "none") ? [{ model: "writer", calls: 1, tokens: 100 }] : []), ...most];
  },

  fit: fitted,

  before: async (turn, given, lab) => await retrieved(turn, settingsOf(given), lab),

  present: (passages, given) => present(passages, settingsOf(given)),
});
export default rag;

/** How a program's retrieval step searches, and how many passages it shows. */
export interface Retrieval extends Retriever {
  readonly top_k: number;
}

/** The program as it is when it retrieves, else with the default retrieval: five passages. */
export function retrieving(program: Program): Program {
  return settingsIn(program) === undefined ? withRetrieval(program, { ...settingsOf(options.parse({})), top_k: 5 }) : program;
}

/** The retrieval step of a program; undefined where it has none. */
export function retrievalOf(program: Program): Retrieval | undefined {
  const settings = settingsIn(program);
  return settings === undefined ? undefined : { ...retrieverOf(settings), top_k: settings.top_k };
}

/** As many of the passages, from the first on, as the program's retrieval step would show. */
export function budgeted(program: Program, passages: readonly Passage[]): readonly Passage[] {
  const settings = settingsIn(program);
  return settings === undefined ? passages : withinBudget(passages, settings);
}
