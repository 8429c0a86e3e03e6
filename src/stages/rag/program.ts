/** Programs that retrieve: pure. */
import { withPassages } from "../../program/render.ts";
import type { Program } from "../../types.ts";
import { options } from "./options.ts";
import { settingsOf, stepOf, type Settings } from "./settings.ts";

/** The rung's name, and that of its step in programs. */
export const RAG = "rag";

/** What `cite` adds to the system template, and `abstain`. */
const CITE = "Cite the passage that holds the answer as [n].";
const abstention = (answer: string | true) =>
  `If the passages do not hold the answer, answer exactly "${answer === true ? "I don't know" : answer}".`;

/** The program with this retrieval step (instead of the one it had), a place for passages in its user template, and what the settings ask of it. */
export function withRetrieval(program: Program, settings: Settings): Program {
  const { cite, abstain, heading } = settings;
  const clauses = [...(cite ? [CITE] : []), ...(abstain === false ? [] : [abstention(abstain)])];
  const added = clauses.filter((clause) => !program.system.includes(clause));
  const system = added.length === 0 ? program.system : [program.system, ...added].join("\n").trim();
  const others = program.steps.filter(({ use }) => use !== RAG);
  return withPassages({ ...program, system, steps: [...others, { use: RAG, with: stepOf(settings) }] }, heading);
}

/** The settings of the program's retrieval step; undefined where it has none. */
export function settingsIn(program: Program): Settings | undefined {
  const step = program.steps.find(({ use }) => use === RAG);
  return step === undefined ? undefined : settingsOf(options.parse(step.with));
}
