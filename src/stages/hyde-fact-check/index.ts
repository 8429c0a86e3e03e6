import { z } from "zod";
import { defineStage } from "../../plugin.ts";
import type { Json, Program, StepLab, Turn } from "../../types.ts";
import { claimsOf, unsupported, verdictsOf, verdictPrompt, without } from "./claims.ts";
import { oneOrMore } from "../../grid.ts";
import rag, { retrievalOf, retrieving } from "../rag.ts";

/**
 * Rung 5. HyDE (Gao et al., arXiv 2212.10496): the writer model writes hypothetical passages that would answer the question;
 * retrieval searches with the mean of their vectors and the question's. Fact-check: the answer's claims are held against
 * passages found again with each claim as the query, in one call that does not see the draft's reasoning; every quote is
 * verified in code. A sentence that no passage supports is left out and the rest stays as it is; when no claim is left, the program abstains.
 * Arms: either, both; the incumbent is the fourth.
 */
const stage = defineStage({
  name: "hyde-fact-check",
  about: "searches with a hypothetical answer (HyDE) and checks the answer against the passages; races either and both",
  options: z.strictObject({
    parts: oneOrMore(z.enum(["hyde", "fact-check", "both"]))
      .default(["hyde", "fact-check", "both"])
      .describe("arms to race"),
    documents: z.int().min(1).max(8).default(1).describe("hypothetical passages per question"),
    prompt: z.string().default("Please write a passage to answer the question.").describe("what the writer is asked for"),
    evidence: z.int().min(1).max(10).default(3).describe("passages found again for each claim"),
    abstain: z.string().default("I don't know").describe("the answer when no passage supports the draft"),
  }),
  needs: ["knowledge"],
  changes: ["knowledge"],
  treats: ["wrong retrieval", "missing knowledge"],

  arms: (options) => options.parts.length,

  async fit(program, options, lab) {
    const arms = options.parts.map((parts) => ({ name: parts, program: withStep(retrieving(program), { ...options, parts }) }));
    return (await lab.race([{ name: "as it was", program }, ...arms])).winner.program;
  },

  async before(turn, options, lab) {
    if (options.parts[0] === "fact-check") return turn;
    const samples = Array.from({ length: options.documents }, (_, repeat) =>
      lab.ask({
        model: "writer",
        messages: [{ role: "user", content: `${options.prompt}\nQuestion: ${turn.queries.join("\n")}\nPassage:` }],
        repeat,
      }),
    );
    const hypothetical = (await Promise.all(samples)).map((reply) => reply.text);
    return { ...turn, queries: [...turn.queries, ...hypothetical], notes: { ...turn.notes, hypothetical } };
  },

  async after(turn, options, lab) {
    if (options.parts[0] === "hyde" || turn.answer.trim() === options.abstain) return turn;
    return await checked(turn, options, lab);
  },
});
export default stage;

/** The step stands before retrieval, because it changes what is searched for. */
function withStep(program: Program, options: Readonly<Record<string, Json>>): Program {
  const step = { use: stage.name, with: options };
  const others = program.steps.filter((other) => other.use !== stage.name);
  const at = others.findIndex((other) => other.use === rag.name);
  return { ...program, steps: [...others.slice(0, at), step, ...others.slice(at)] };
}

async function checked(turn: Turn, options: { readonly evidence: number; readonly abstain: string }, lab: StepLab): Promise<Turn> {
  const claims = claimsOf(turn.answer, turn.question);
  const retrieval = retrievalOf(turn.program);
  if (claims.length === 0 || retrieval === undefined) return turn;
  const found = await Promise.all(claims.map((claim) => lab.search(retrieval, [claim.text], options.evidence)));
  const evidence = [...new Map([...turn.passages, ...found.flat()].map((passage) => [passage.id, passage])).values()];
  const reply = await lab.ask({ model: "judge", messages: verdictPrompt(claims, evidence) });
  const verdicts = verdictsOf(reply.text, claims, evidence);
  const refuted = unsupported(verdicts).flatMap((index) => claims[index]?.sentence ?? []);
  const answer = refuted.length === claims.length ? options.abstain : without(turn.answer, refuted);
  const notes = { ...turn.notes, draft: turn.answer, verdicts: verdicts.map((verdict) => ({ ...verdict })) };
  return { ...turn, answer, notes };
}
