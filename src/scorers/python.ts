import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { gradeOutside } from "./protocol.ts";

/**
 * What a Python file says of the answer: JSON in, JSON out, as protocol.ts tells. The interpreter is started once for each answer,
 * in the experiment's folder. The file tells experiments apart; what it imports does not.
 *
 *     { use: python, as: units, file: evals/check.py }
 *     stdin {"case":"return-window-1",…,"answer":"45"}    stdout {"value":0,"why":"a number without its unit"} -> 0
 */
export default defineScorer({
  name: "python",
  about: "what a Python file of one's own says of the answer, as JSON",
  axis: "behaviour",
  options: z.strictObject({
    file: z.string().min(1).describe("the Python file, relative to the experiment file"),
    timeout: z.number().positive().max(3600).default(10).describe("seconds that it may take for an answer"),
    interpreter: z.string().min(1).default("python3").describe("a name on the PATH, or a path such as .venv/bin/python"),
  }),

  files: ({ file }) => [file],
  runs: ({ interpreter }) => [interpreter],

  score: (turn, kase, { file, timeout, interpreter }, lab) => gradeOutside([interpreter, file], timeout, turn, kase, lab),
});
