/** Mechanical changes of a prompt, most promising first: a new one is a line here. None is a fix, all are for a race to decide. */
import type { Operator } from "../types.ts";
import { addContrastExample, addSchema, fullSentence, labelList, shortAnswer } from "./answer-form.ts";
import { addUnknown, onlyPassages, quoteFirst } from "./grounding.ts";
import { delimit, moveQuestionLast, reorderForCache } from "./layout.ts";
import { addReasoning, removeReasoning } from "./reasoning.ts";
import { addPersona, decompose, flatten, langgptify } from "./structure.ts";
import { addReason, decap, dedupe, dropFiller, positiveRephrase } from "./wording.ts";

export const operators: readonly Operator[] = [
  labelList,
  addSchema,
  shortAnswer,
  addUnknown,
  fullSentence,
  delimit,
  onlyPassages,
  removeReasoning,
  addReasoning,
  quoteFirst,
  moveQuestionLast,
  positiveRephrase,
  addReason,
  decompose,
  dropFiller,
  decap,
  dedupe,
  addContrastExample,
  langgptify,
  flatten,
  reorderForCache,
  addPersona,
];
