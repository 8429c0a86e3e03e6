import { defineStage } from "../../plugin.ts";
import type { StepCalls } from "../../types.ts";
import { complaints } from "./check.ts";
import { checked } from "./fact-check.ts";
import { fitted, mostAnswers, mostArms } from "./fit.ts";
import { hypothesised } from "./hyde.ts";
import { options } from "./options.ts";
import { NAME } from "./program.ts";
import { checkOf, hydesOf, partsOf } from "./settings.ts";

/**
 * Rung 5, two arms and both together, against the program as it is.
 *
 * HyDE (Gao et al. 2022, arXiv 2212.10496): the writer makes up passages that would answer the question, and they are searched with: by the
 * mean of their vectors and the question's, or in a list of their own that is fused with the question's. What that does to retrieval is
 * measured on the select cases that name their sources, and reported apart.
 *
 * Fact-check: what the answer states is held against passages that each claim finds by itself; the judge's quotes are looked up in them. What
 * is contradicted is mended from the quote, what is not borne out goes, and where the core of the answer goes the program abstains. What it
 * found and did, and what that did to right answers, is reported for each arm.
 */
export default defineStage({
  name: NAME,
  about: "searches with hypothetical answers (HyDE) and checks answers against the documents; races either and both",
  options,
  needs: ["knowledge"],
  changes: ["knowledge"],
  treats: ["wrong retrieval", "missing knowledge"],

  check: complaints,

  arms: mostArms,
  calls: mostAnswers,

  asks(given): readonly StepCalls[] {
    const { parts } = given;
    const { evidence, edit, decompose } = checkOf(given);
    const written = Math.max(...hydesOf(given).map(({ documents }) => documents));
    // Passages of some 160 tokens: those that were shown, and those of three claims or so.
    const read = (5 + 3 * evidence) * 160;
    return [
      ...(parts.every((part) => part === "fact-check") ? [] : [{ model: "writer", calls: written, tokens: 20 }]),
      ...(parts.every((part) => part === "hyde")
        ? []
        : [
            { model: "judge", calls: 1 + (decompose ? 1 : 0) + (edit ? 1 : 0), tokens: read },
            ...(edit ? [{ model: "writer", calls: 1, tokens: 200 }] : []),
          ]),
    ];
  },

  fit: fitted,

  async before(turn, given, lab) {
    const { hyde } = partsOf(given);
    return hyde === undefined ? turn : await hypothesised(turn, hyde, lab);
  },

  async after(turn, given, lab) {
    const { check } = partsOf(given);
    return check === undefined ? turn : await checked(turn, check, lab);
  },
});
