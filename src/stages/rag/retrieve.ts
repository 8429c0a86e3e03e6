/** What the step does while one question is answered: other queries -> search -> rank anew -> neighbours -> budget. */
import { queryOf } from "../../program/render.ts";
import type { StepLab, Turn } from "../../types.ts";
import { expanded } from "./expand.ts";
import { depthOf, reranked } from "./rerank.ts";
import { cutOf, retrieverOf, type Settings } from "./settings.ts";
import { withinBudget } from "./shown.ts";

/** The turn with its passages, best first: those, and no others, that the messages show. */
export async function retrieved(turn: Turn, settings: Settings, lab: StepLab): Promise<Turn> {
  const { top_k, rerank, min_score, neighbours } = settings;
  const question = queryOf(turn.program, turn.question);
  const queries = question.trim() === "" ? [] : await expanded(question, settings, lab);
  const found = await lab.search(
    retrieverOf(settings),
    [...turn.queries, ...queries.map((text) => ({ texts: [text] }))],
    depthOf(rerank, top_k),
  );
  const { passages: ranked, fault } = await reranked(question, found, rerank, lab);
  const worth = min_score === "none" || rerank.use !== "cross-encoder" ? ranked : ranked.filter(({ score }) => score >= min_score);
  const wide = await lab.widen(cutOf(settings), worth.slice(0, top_k), neighbours);
  const notes = {
    ...turn.notes,
    ...(settings.expand === "none" ? {} : { queries }),
    ...(fault === undefined ? {} : { rerank: fault }),
  };
  return { ...turn, passages: withinBudget(wide, settings), retrieved: true, notes };
}
