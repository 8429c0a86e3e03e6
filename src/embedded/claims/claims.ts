/** Claim checking: does a claim follow from passages, is it denied by them, or do they not say? */
import type { Text } from "../text/text.ts";
import { abbreviationsOf, partOf, type Part } from "./alignment.ts";
import { answeredOf, answerFeatures, type Answered } from "./answers.ts";
import { candidatesOf, textOf, type Candidate, type Evidence } from "./candidates.ts";
import { featuresOf } from "./features.ts";
import { probabilitiesOf, verdicts, type VerdictName, type VerdictWeights } from "./model.ts";
import { answerWeights, statementWeights } from "./weights.ts";

export interface Verdict {
  readonly verdict: VerdictName;
  /** A sentence of a passage, word for word: the one that decides; empty where none does. */
  readonly quote: string;
  /** Probability of the verdict, 0..1, as fitted on the training claims. */
  readonly confidence: number;
}

/** Weights for statements and for questions with an answer. */
export interface ClaimWeights {
  readonly statement: VerdictWeights;
  readonly answer: VerdictWeights;
}

/**
 * The verdict of the passages on a claim; their order does not matter. A claim of several sentences is contradicted when one of them is,
 * and supported when all are. A question with a short answer after it is a claim too.
 */
export function checkClaim(
  claim: Text,
  passages: readonly Text[],
  weights: ClaimWeights = { statement: statementWeights, answer: answerWeights },
): Verdict {
  const evidence = passages.map(evidenceOf);
  const answered = answeredOf(claim);
  if (answered !== undefined) return checkAnswer(answered, evidence, weights.answer);
  const parts = sentencesOf(claim).filter((part) => part.units.length + part.quantities.length > 0);
  const all = parts.map((part) => checkStatement(part, evidence, weights.statement));
  const surest = (name: VerdictName): Verdict | undefined =>
    all.filter((v) => v.verdict === name).sort((a, b) => b.confidence - a.confidence)[0];
  return (
    surest("contradicted") ??
    surest("not_found") ??
    all.sort((a, b) => a.confidence - b.confidence)[0] ?? { verdict: "not_found", quote: "", confidence: 1 }
  );
}

/** What the statement's verdict rests on: the features of its best sentence; undefined where no sentence has anything of it. */
export function statementFeatures(
  claim: Part,
  evidence: readonly Evidence[],
): { readonly features: readonly number[]; readonly best: Candidate } | undefined {
  const candidates = candidatesOf(claim, evidence, 6);
  const best = candidates[0];
  if (best === undefined) return undefined;
  const rivals = candidates.slice(1).filter((other) => other.coverage >= nearBest * best.coverage);
  return { features: featuresOf(claim, best, rivals), best };
}

/** A sentence that has this share of the best one's coverage has a say too. */
const nearBest = 0.7;

export function evidenceOf(passage: Text): Evidence {
  return { sentences: sentencesOf(passage), abbreviations: abbreviationsOf(passage) };
}

function sentencesOf(text: Text): readonly Part[] {
  const out: Part[] = [];
  let from = 0;
  for (let i = 1; i <= text.words.length; i++) {
    if (i < text.words.length && text.sentence[i] === text.sentence[i - 1]) continue;
    out.push(partOf(text, from, i));
    from = i;
  }
  return out;
}

function checkStatement(claim: Part, evidence: readonly Evidence[], weights: VerdictWeights): Verdict {
  const found = statementFeatures(claim, evidence);
  if (found === undefined) return { verdict: "not_found", quote: "", confidence: 1 };
  return verdictFrom(probabilitiesOf(found.features, weights), () => found.best);
}

function checkAnswer(answered: Answered, evidence: readonly Evidence[], weights: VerdictWeights): Verdict {
  const { features, holding, best } = answerFeatures(answered, evidence);
  if (best === undefined && holding === undefined) return { verdict: "not_found", quote: "", confidence: 1 };
  return verdictFrom(probabilitiesOf(features, weights), (name) => (name === "supported" ? (holding ?? best) : best));
}

function verdictFrom(chances: readonly number[], decides: (name: VerdictName) => Candidate | undefined): Verdict {
  const at = chances.indexOf(Math.max(...chances));
  const verdict = verdicts[at] ?? "not_found";
  const part = verdict === "not_found" ? undefined : decides(verdict)?.part;
  const quote = part === undefined ? "" : textOf(part);
  return { verdict, quote, confidence: chances[at] ?? 0 };
}
