/** What a judge that goes by criteria sees besides the answer: the question, and what `show` names. Pure. */
import { z } from "zod";
import type { Case, Graded } from "../../types.ts";
import { acceptedText, block, filled, NO_PASSAGES, passagesBlock, questionText, referencesOf } from "./material.ts";

export const showOptions = {
  show: z
    .array(z.enum(["reference", "passages"]))
    .default([])
    .describe("what the judge sees besides question and answer"),
};

/** Fields of the templates, and how these show them. */
export const shown = ["question", "answer", "reference", "passages"] as const;
export const SHOWN = `{{question}}

{{#passages}}
What was retrieved for the question:
{{passages}}

{{/passages}}
{{#reference}}
The reference answer:
{{reference}}

{{/reference}}
The answer to judge:
{{answer}}`;

type Shown = Readonly<Record<(typeof shown)[number], string>>;

/** Each field as a block, empty where it is not shown; or why what is to be shown is not there. */
export function shownFields(
  turn: Graded,
  kase: Case,
  show: readonly ("reference" | "passages")[],
): Shown | { readonly error: string } | { readonly skipped: string } {
  const references = show.includes("reference") ? referencesOf(kase) : undefined;
  if (references !== undefined && "error" in references) return references;
  const passages = show.includes("passages") ? filled(turn.passages) : undefined;
  if (passages?.length === 0) return NO_PASSAGES;
  return {
    question: block("question", questionText(turn.question)),
    answer: block("answer", turn.answer),
    reference: references === undefined ? "" : block("reference", acceptedText(references)),
    passages: passages === undefined ? "" : passagesBlock(passages),
  };
}
