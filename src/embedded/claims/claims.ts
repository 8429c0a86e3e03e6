/** Claim checking: does a claim follow from passages, is it denied by them, or do they not say? */
import type { Text } from "../text/text.ts";
import { abbreviationsOf, partOf, type Part } from "./alignment.ts";
import { answeredOf, answerFeatures, type Answered } from "./answers.ts";
import { type Candidate, candidatesOf, type Evidence, type Ranked, textOf } from "./candidates.ts";
import { featuresOf } from "./features.ts";
import { probabilitiesOf, verdicts, type VerdictName, type VerdictWeights } from "./model.ts";
import { Fault } from "../wire.ts";
import { exchanges } from "./roles.ts";
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
export function checkClaim(claim: Text, passages: readonly Text[], weights: ClaimWeights = shipped): Verdict {
  return checkClaims([claim], passages, weights)[0] ?? notFound;
}

/** The verdicts on several claims; where their comparison with all sentences of the passages would take too long, a 400. */
export function checkClaims(claims: readonly Text[], passages: readonly Text[], weights: ClaimWeights = shipped): Verdict[] {
  const evidence = passages.map(evidenceOf);
  const read = claims.map(readClaim);
  refuseWork(read, evidence);
  return read.map((claim) =>
    "question" in claim ? checkAnswer(claim, evidence, weights.answer) : checkStatements(claim, evidence, weights.statement),
  );
}

const shipped: ClaimWeights = { statement: statementWeights, answer: answerWeights };
const notFound: Verdict = { verdict: "not_found", quote: "", confidence: 1 };

/** A question with its answer, or the sentences of a statement. */
type Read = Answered | readonly Part[];

function readClaim(claim: Text): Read {
  return answeredOf(claim) ?? sentencesOf(claim).filter((part) => part.units.length + part.quantities.length > 0);
}

/** Comparisons of a piece of a claim with a sentence, of which a second has some ten million. */
const mostComparisons = 80_000_000;

function refuseWork(claims: readonly Read[], evidence: readonly Evidence[]): void {
  const sentences = evidence.flatMap((passage) => passage.sentences);
  const parts = claims.flat().map((claim) => ("question" in claim ? claim.question : claim));
  const count = (of: readonly Part[], piece: (part: Part) => number): number => of.reduce((sum, part) => sum + piece(part), 0);
  const words = count(parts, ({ units }) => units.length + 10) * sentences.length;
  const numbers = count(parts, ({ quantities }) => quantities.length) * count(sentences, ({ quantities }) => quantities.length);
  if (words + 4 * numbers <= mostComparisons) return;
  const said = `${claims.length === 1 ? "a claim so long" : `${claims.length} claims`} beside ${sentences.length} sentences`;
  throw new Fault(400, `messages: ${said} take too long to compare; send fewer claims, or shorter passages, at once`, "messages");
}

function checkStatements(parts: readonly Part[], evidence: readonly Evidence[], weights: VerdictWeights): Verdict {
  const all = parts.map((part) => checkStatement(part, evidence, weights));
  const surest = (name: VerdictName): Verdict | undefined =>
    all.filter((v) => v.verdict === name).sort((a, b) => b.confidence - a.confidence)[0];
  return surest("contradicted") ?? surest("not_found") ?? all.sort((a, b) => a.confidence - b.confidence)[0] ?? notFound;
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
  if (found === undefined) return notFound;
  const chances = probabilitiesOf(found.features, weights);
  return verdictFrom(exchanges(claim, found.best) ? withoutSupport(chances) : chances, () => found.best);
}

/** The chances of the other verdicts, where the words alone speak for support. */
function withoutSupport(chances: readonly number[]): readonly number[] {
  const others = chances.map((chance, i) => (verdicts[i] === "supported" ? 0 : chance));
  const all = others.reduce((a, b) => a + b, 0) || 1;
  return others.map((chance) => chance / all);
}

function checkAnswer(answered: Answered, evidence: readonly Evidence[], weights: VerdictWeights): Verdict {
  const { features, holding, best } = answerFeatures(answered, evidence);
  if (best === undefined && holding === undefined) return notFound;
  return verdictFrom(probabilitiesOf(features, weights), (name) => (name === "supported" ? (holding ?? best) : best));
}

function verdictFrom(chances: readonly number[], decides: (name: VerdictName) => Ranked | undefined): Verdict {
  const at = chances.indexOf(Math.max(...chances));
  const verdict = verdicts[at] ?? "not_found";
  const part = verdict === "not_found" ? undefined : decides(verdict)?.part;
  const quote = part === undefined ? "" : textOf(part);
  return { verdict, quote, confidence: chances[at] ?? 0 };
}
