/** Is it the label that is wrong? Evidence besides the program's own answer, as a sentence; never an opinion. Pure. */
import type { Case, Json } from "../../types.ts";
import { acceptedOf, holds, isRefusal, isTelling, quoted, wordsOf } from "./answers.ts";
import { samplesOf, saysTheSame, type Finding } from "./finding.ts";
import { textsOf } from "./gold.ts";
import gold from "./probes/gold.ts";
import stronger from "./probes/stronger.ts";
import type { Votes } from "./votes.ts";

/** What is known of all of select, to hold one case against. */
export interface Standing {
  /** The program's first answer to each select case, and whether it passes, of probed ones also when read leniently. */
  readonly answers: readonly { readonly kase: Case; readonly answer: string; readonly passed: boolean }[];
  /** The labels of a closed set; undefined where answers are free. */
  readonly labels: readonly string[] | undefined;
  /** Share of cases whose own gold passages hold an accepted answer; 0 where there are too few to say. */
  readonly quotable: number;
}

/** Labels must usually stand in their documents for one that does not to be suspect. */
const QUOTABLE = 0.6;
/** Odds of 9 to 1 that the neighbours have the answer's label. */
const ODDS = Math.log(9);
/** A program that passes so large a share of select is believed where its neighbours only lean its way. */
const RELIABLE = 0.6;
/** A label is known where so many of the cases that have it, and of those that are given it, pass: as many as wrong labels leave. */
const KNOWN = 0.4;
/** Of so many answers one may be another, where there are at least twice as many. */
const SLIPS = 4;
/** A default answer is one that the program gives to so many questions whose answers differ. */
const DEFAULT = 3;

/** Cases that show whether answers stand in their texts: at least and at most. */
const FEW = 5;
const COUNTED = 200;

/**
 * Why the label of a case that never passed is suspect; undefined where nothing besides the program speaks against it, or the question
 * itself says what is expected. That the program always says the same is no evidence: an honest mistake is as steady.
 */
export function doubtOf(finding: Finding, standing: Standing, votes: Votes | undefined): string | undefined {
  if (isSaid(finding.kase)) return undefined;
  return byDocuments(finding, standing) ?? byNeighbours(finding, standing, votes) ?? byModel(finding, standing);
}

/** Its own passages, or the text that the question brings, hold what it answers when it is shown them, and not what is expected. */
function byDocuments(finding: Finding, { labels, quotable }: Standing): string | undefined {
  const { kase, gold: passages, tries, context } = finding;
  const own = Object.values(textsOf(kase));
  const texts = [...passages.map(({ text }) => text), ...own];
  const shown = context === "there" || own.length > 0 ? steady(finding) : undefined;
  const answer = shown ?? tries.get(gold.name)?.[0]?.answer;
  if (answer === undefined || labels !== undefined || quotable < QUOTABLE || texts.length === 0) return undefined;
  const accepted = acceptedOf(kase);
  // Only what would stand there word for word can be missed there, and only an answer of its kind can stand in its place.
  if (!isTelling(answer) || isRefusal(answer) || !accepted.some((one) => isTelling(one) && isNumber(one) === isNumber(answer)))
    return undefined;
  if (accepted.some((one) => isIn(one, texts, kase)) || !isIn(answer, texts, kase)) return undefined;
  const where =
    passages.length === 0
      ? "the text of the question"
      : `the passages of ${[...new Set(passages.map(({ source }) => source))].slice(0, 3).join(", ")}`;
  return `given ${where} it answers ${quoted(answer)}, which stands there, and the expected answer does not`;
}

/** The train cases most like it carry its answer as their label. */
function byNeighbours(finding: Finding, standing: Standing, votes: Votes | undefined): string | undefined {
  const answer = steady(finding);
  const given = standing.labels?.find((label) => answer !== undefined && saysTheSame(label, answer));
  const [wanted] = acceptedOf(finding.kase);
  if (votes === undefined || given === undefined || wanted === undefined) return undefined;
  const odds = votes.odds(given, wanted);
  if (!knows(given, wanted, standing)) return undefined;
  if (odds < ODDS || votes.count(given) <= votes.count(wanted)) {
    const right = standing.answers.filter(({ passed }) => passed).length / standing.answers.length;
    if (odds <= 0 || right < RELIABLE) return undefined;
    return `weakly: every probe answers ${quoted(given)}, the train cases most like it lean the same way, and the program is right in ${Math.round(100 * right)} % of select`;
  }
  return `every probe answers ${quoted(given)}; of the ${votes.size} train cases most like it ${votes.count(given)} have that label and ${votes.count(wanted)} ${quoted(wanted)}, which in train means the first by odds of ${oddsText(odds)} to 1`;
}

/** Another model, asked the same, says the same. */
function byModel(finding: Finding, standing: Standing): string | undefined {
  const answer = steady(finding);
  const other = finding.tries.get(stronger.name)?.[0]?.answer;
  if (answer === undefined || other === undefined || !saysTheSame(answer, other) || isDefault(answer, standing)) return undefined;
  // Of two possible answers all that are wrong are the same.
  if (standing.labels === undefined ? YES_OR_NO.test(answer.trim()) : standing.labels.length <= 2) return undefined;
  return `every probe answers ${quoted(answer)}, and so does another model`;
}

const YES_OR_NO = /^(?:yes|no|true|false)\W*$/iu;

function oddsText(odds: number): string {
  return odds > Math.log(1000) ? "more than 1000" : String(Math.round(Math.exp(odds)));
}

/** Whether the question itself holds every value that is expected. */
function isSaid(kase: Case): boolean {
  const texts = Object.values(kase.fields);
  const stands = (leaf: string): boolean => (isTelling(leaf) || isNumber(leaf)) && texts.some((text) => holds(text, leaf));
  const accepted = acceptedOf(kase);
  const leaves = accepted.length > 0 ? [] : leavesOf(kase.expected ?? null);
  return accepted.some(stands) || (leaves.length > 0 && leaves.every(stands));
}

function leavesOf(value: Json): readonly string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leavesOf);
  return value === null ? [] : [String(value)];
}

/** What the program answers under every probe and every time, but for a slip; undefined where that differs, or is that there is no answer. */
export function steady(finding: Finding): string | undefined {
  const samples = samplesOf(finding);
  const answers = [finding.row.answer, ...samples.map(({ answer }) => answer)];
  const groups = answers.map((answer) => answers.filter((other) => saysTheSame(answer, other)).length);
  const most = Math.max(...groups);
  const answer = answers[groups.indexOf(most)];
  const same = answers.length < 2 * SLIPS ? answers.length : answers.length * (1 - 1 / SLIPS);
  return answer === undefined || samples.length === 0 || most < same || isRefusal(answer) ? undefined : answer;
}

function isNumber(text: string): boolean {
  return /\d/u.test(text);
}

/** Given to many questions whose right answers differ, so that giving it says nothing about one of them. */
function isDefault(answer: string, { answers, labels }: Standing): boolean {
  if (labels !== undefined) return false;
  const those = answers.filter((one) => saysTheSame(one.answer, answer));
  return (
    those.length >= DEFAULT &&
    new Set(those.map(({ kase }) => JSON.stringify(kase.expected))).size >= DEFAULT - 1 &&
    !those.some(({ passed }) => passed)
  );
}

/** The program finds the expected label elsewhere, and is mostly right where it gives this one: so it does not just confuse the two. */
function knows(given: string, wanted: string, { answers }: Standing): boolean {
  const others = answers.filter(({ kase, answer }) => acceptedOf(kase)[0] === wanted || saysTheSame(answer, given));
  const found = others.filter(({ kase }) => acceptedOf(kase)[0] === wanted);
  const gave = others.filter(({ answer }) => saysTheSame(answer, given));
  const share = (those: typeof others) => those.filter(({ passed }) => passed).length / Math.max(1, those.length);
  return (found.length < DEFAULT || share(found) >= KNOWN) && (gave.length < DEFAULT || share(gave) >= KNOWN);
}

/** Whether its words stand in one of the texts: all numbers, and most other words that the question has not. */
function isIn(answer: string, texts: readonly string[], kase: Case): boolean {
  if (texts.some((text) => holds(text, answer))) return true;
  const asked = new Set(
    Object.values(kase.fields)
      .filter((field) => wordsOf(field).length < 60)
      .flatMap(wordsOf),
  );
  const words = wordsOf(answer).filter((word) => (word.length > 3 || /\d/u.test(word)) && !asked.has(word));
  return (
    words.length > 0 &&
    texts.some((text) => {
      const there = new Set(wordsOf(text));
      const missing = words.filter((word) => !there.has(word));
      return missing.length <= 0.4 * words.length && missing.every((word) => !/\d/u.test(word));
    })
  );
}

/** The share of cases with passages or a text of their own in which an accepted answer stands; 0 where there are too few to say. */
export function quotableOf(cases: readonly Case[], goldOf: (kase: Case) => Finding["gold"]): number {
  const known = cases
    .filter((kase) => acceptedOf(kase).length > 0)
    .map((kase) => ({
      kase,
      texts: [...((kase.sources ?? []).length > 0 ? goldOf(kase).map(({ text }) => text) : []), ...Object.values(textsOf(kase))],
    }))
    .filter(({ texts }) => texts.length > 0)
    .slice(0, COUNTED);
  const held = known.filter(({ kase, texts }) => acceptedOf(kase).some((answer) => isIn(answer, texts, kase)));
  return known.length < FEW ? 0 : held.length / known.length;
}
