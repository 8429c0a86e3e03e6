/** The scorers that ask a judge, in the order in which they are documented. */
import answerAccuracy from "./answer-accuracy.ts";
import answerCorrectness from "./answer-correctness.ts";
import answerRelevancy from "./answer-relevancy.ts";
import closedQa from "./closed-qa.ts";
import contextPrecision from "./context-precision.ts";
import contextRecall from "./context-recall.ts";
import factualCorrectness from "./factual-correctness.ts";
import factuality from "./factuality.ts";
import faithfulness from "./faithfulness.ts";
import gEval from "./g-eval.ts";
import noiseSensitivity from "./noise-sensitivity.ts";
import pairwise from "./pairwise.ts";
import rubric from "./rubric.ts";

export const judges = [
  rubric,
  closedQa,
  gEval,
  factuality,
  pairwise,
  answerAccuracy,
  answerCorrectness,
  factualCorrectness,
  answerRelevancy,
  faithfulness,
  contextPrecision,
  contextRecall,
  noiseSensitivity,
];
