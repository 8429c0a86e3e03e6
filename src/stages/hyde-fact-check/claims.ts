/** What of an answer is checked: its statements, made to stand alone, and those of several facts divided. */
import { z } from "zod";
import { tokenize } from "../../knowledge/tokens.ts";
import { block, GUARD } from "../../scorers/judge/material.ts";
import { numeric } from "../../scorers/judge/reply.ts";
import type { StepLab } from "../../types.ts";
import type { Statement } from "./answer.ts";
import { asked, wordingOf } from "./asked.ts";
import { strange } from "./gate.ts";

/** One fact to be checked. */
export interface Claim {
  readonly statement: Statement;
  /** As the answer puts it. */
  readonly fact: string;
  /** The same, so that it can be understood alone: behind the question where it is short or begins with a pronoun. */
  readonly text: string;
}

/** Claims of an answer that are checked at the most. */
const MOST_CLAIMS = 12;
/** A statement of fewer tokens says little without its question. */
const SHORT = 8;
/** Tokens of a question that stand before a claim; the last ones, where questions ask. */
const LONGEST_QUESTION = 80;
const PRONOUN =
  /^(?:it|its|they|their|he|she|his|her|this|that|these|those|such|there|both|yes|no|es|sie|er|dies\w*|il|elle|ils|elles|它|他|她|这|那|其|该|是的?|不)(?![\p{L}])/iu;
const CHINESE_PRONOUN = /^(?:[它他她这那其该])/u;

/**
 * The claims of an answer, 12 at the most, in order. With `decompose` sentences of several facts are divided by one call of the judge (atomic
 * facts: Min et al. 2023, "FActScore", arXiv 2305.14251, section 3.2); a division that brings in what the sentence does not say is not used.
 */
export async function claimsOf(
  statements: readonly Statement[],
  question: string,
  decompose: boolean,
  lab: Pick<StepLab, "ask">,
): Promise<readonly Claim[]> {
  const some = statements.slice(0, MOST_CLAIMS);
  const compound = decompose ? some.filter(isCompound) : [];
  const facts = compound.length === 0 ? new Map<Statement, readonly string[]>() : await divided(compound, question, lab);
  const claims = some.flatMap((statement) =>
    (facts.get(statement) ?? [statement.text]).map((fact): Claim => ({ statement, fact, text: alone(fact, statement, question) })),
  );
  // Half of a sentence checked would pass for all of it.
  return claims.length <= MOST_CLAIMS
    ? claims
    : some.map((statement): Claim => ({ statement, fact: statement.text, text: alone(statement.text, statement, question) }));
}

/** A fact that can be understood without the answer around it. */
export function alone(fact: string, statement: Pick<Statement, "text" | "value">, question: string): string {
  const short = tokenize(fact).starts.length < SHORT || statement.text !== statement.value;
  return short || PRONOUN.test(fact) || CHINESE_PRONOUN.test(fact) ? `${tail(question)} ${fact}`.trim() : fact;
}

function tail(question: string): string {
  const line = question.replace(/\s+/gu, " ").trim();
  const { starts } = tokenize(line);
  return line.slice(starts.at(-LONGEST_QUESTION) ?? 0);
}

/** Whether a sentence states two facts or more: parts of three words or more that a conjunction or a semicolon joins. */
function isCompound({ text, value }: Pick<Statement, "text" | "value">): boolean {
  if (text !== value) return false;
  const parts = text.split(
    /[;；，]|,?\s+(?:and|but|while|whereas|which|although|und|aber|während|et|mais|y|pero)\s+|,\s*(?=\p{Ll}\S*\s+(?:is|are|was|were|has|have|had|can|does|will)\b)/iu,
  );
  return parts.filter((part) => tokenize(part).starts.length >= 3).length > 1;
}

const FACTS = {
  name: "facts",
  key: "sentences",
  shape: z.object({ sentences: z.array(z.object({ sentence: z.preprocess(numeric, z.int()), facts: z.array(z.string()) })) }),
  example: '{"sentences": [{"sentence": 1, "facts": ["…", "…"]}]}',
};

async function divided(
  statements: readonly Statement[],
  question: string,
  lab: Pick<StepLab, "ask">,
): Promise<ReadonlyMap<Statement, readonly string[]>> {
  const material = [block("question", question), block("statements", statements.map(({ text }, i) => `${i + 1}. ${text}`).join("\n"))].join(
    "\n\n",
  );
  const system =
    "Divide each numbered sentence into the facts that it states. Each fact is a short sentence in the words of the sentence, with names in the " +
    `place of pronouns, and can be understood alone; together they say what the sentence says and no more. ${GUARD} ${wordingOf(FACTS)}`;
  const read = await asked("judge", system, material, FACTS, lab);
  if ("problem" in read) return new Map();
  return new Map(
    statements.flatMap((statement, i) => {
      const facts = read.value.sentences
        .filter(({ sentence }) => sentence === i + 1)
        .flatMap((one) => one.facts.map((fact) => fact.trim()).filter((fact) => fact !== ""));
      const own = facts.every((fact) => strange(fact, `${statement.text} ${question}`).length === 0);
      return facts.length > 1 && own ? [[statement, facts] as const] : [];
    }),
  );
}
