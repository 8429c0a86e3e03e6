import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { gradeOutside } from "./protocol.ts";

/**
 * What a program of one's own says of the answer: JSON in, JSON out, as protocol.ts tells. It is started once for each answer, in
 * the experiment's folder and without a shell; it is looked for before any call is made, and a run in which it cannot be started
 * ends. It and those of its parameters that are files tell experiments apart.
 *
 *     { use: command, as: links, argv: [node, evals/links.mjs], timeout: 5 }
 *     stdin {"case":"return-window-1",…,"answer":"See /returns."}    stdout {"value":0,"why":"/returns is no page"} -> 0
 */
export default defineScorer({
  name: "command",
  about: "what a program of one's own says of the answer, as JSON",
  axis: "behaviour",
  options: z.strictObject({
    argv: z.array(z.string().min(1)).min(1).describe("the program and its parameters; paths are relative to the experiment file"),
    timeout: z.number().positive().max(3600).default(10).describe("seconds that it may take for an answer"),
  }),

  runs: ({ argv }) => argv,

  score: (turn, kase, { argv, timeout }, lab) => gradeOutside(argv, timeout, turn, kase, lab),
});
