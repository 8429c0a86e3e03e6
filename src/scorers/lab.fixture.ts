/** What a scorer is handed in a test: a lab without models, and a graded turn. */
import type { Case, Graded, Score, Scorer, ScoreLab } from "../types.ts";

/**
 * A lab that knows the scores of other scorers, and the scorer's own templates and files. There is no model and no program behind it:
 * asking for one throws, as a lab does where an endpoint cannot be reached.
 */
export function labFor(
  scorer: Pick<Scorer, "name" | "prompts">,
  known: { readonly scores?: Readonly<Record<string, Score>>; readonly files?: Readonly<Record<string, string>> } = {},
): ScoreLab {
  const none = (what: string) => async () => {
    throw new Error(`${scorer.name}: no ${what} here`);
  };
  return {
    ask: none("model"),
    embed: none("embedder"),
    execute: none("program"),
    prompts: Object.fromEntries(Object.entries(scorer.prompts ?? {}).map(([name, { text }]) => [name, text])),
    files: new Map(Object.entries(known.files ?? {})),
    score: async (name) => known.scores?.[name] ?? { error: `there is no scorer "${name}" before this one` },
  };
}

/** A turn that answered the case: no passages, no notes, nothing used, unless said otherwise. */
export function turnOf(kase: Pick<Case, "id" | "fields">, answer: string, also: Partial<Graded> = {}): Graded {
  const question = { id: kase.id, fields: kase.fields };
  return { question, answer, passages: [], notes: {}, usage: { in: 0, out: 0 }, list_usd: null, ms: 0, ...also };
}
