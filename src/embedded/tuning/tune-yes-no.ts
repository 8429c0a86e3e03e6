/** Yes, no and maybe about passages: what the rows call each verdict of the claim check. */
import { checkClaim } from "../claims/claims.ts";
import { fold } from "../labels/labelling.ts";
import type { Mind } from "../mind.ts";
import { answerYesNo, isYesNo } from "../reader/yes-no.ts";
import type { Understood } from "../prompt/request.ts";
import type { Row } from "./rows.ts";
import type { Tick } from "./training.ts";

export interface YesNo {
  /** The rows' answers. */
  readonly names: readonly string[];
  /** The answer for each verdict of the claim check; left out where the base's own reading is as good. */
  readonly byVerdict?: Readonly<Record<string, string>> | undefined;
}

/** Rows with passages that are answered with yes, no and at times a third word. */
export function isYesNoRows(rows: readonly Row[]): boolean {
  const names = namesOf(rows);
  const reading = rows.filter(({ asked }) => asked.passages.length > 0 && asked.question !== "").length;
  return reading >= rows.length * 0.9 && isYesNo(names.map((name) => ({ name, about: "" })));
}

/** More rows than this add nothing to nine counts. */
const most = 1000;

/** The loss is the share of wrong rows. The counts are only kept where they are right more often than the base and than always the same. */
export function* tuneYesNo(rows: readonly Row[], given: readonly Row[], mind: Mind): Generator<Tick, YesNo> {
  const names = namesOf(rows);
  const read: { readonly verdict: string; readonly base: string; readonly answer: string }[] = [];
  for (const { asked, answer } of [...rows.slice(0, most), ...given]) {
    yield;
    const base = answerYesNo(
      asked,
      names.map((name) => ({ name, about: "" })),
      mind,
    ).text;
    read.push({ verdict: verdictOf(asked, mind), base: fold(base), answer: fold(answer) });
  }
  const learnt = given.length > 0 ? read.slice(0, read.length - given.length) : read.filter((_, i) => i % 3 !== 0);
  const held = given.length > 0 ? read.slice(read.length - given.length) : read.filter((_, i) => i % 3 === 0);
  const table = tableOf(learnt, names);
  const right = (say: (row: (typeof read)[number]) => string | undefined): number =>
    held.filter((row) => fold(say(row) ?? "") === row.answer).length;
  const common = mostFrequent(learnt.map(({ answer }) => answer));
  const tuned = right(({ verdict }) => table[verdict] ?? common);
  const better = held.length >= 20 && tuned > right(({ base }) => base) && tuned > right(() => common);
  const wrong = 1 - (better ? tuned : right(({ base }) => base)) / Math.max(1, held.length);
  yield { step: 1, total: 1, trainLoss: 0, validLoss: held.length === 0 ? null : wrong };
  return { names, byVerdict: better ? tableOf(read, names) : undefined };
}

export function verdictOf(asked: Understood, mind: Mind): string {
  return checkClaim(
    mind.lexicon.read(asked.question),
    asked.passages.map((p) => mind.lexicon.read(p.text)),
  ).verdict;
}

function tableOf(rows: readonly { readonly verdict: string; readonly answer: string }[], names: readonly string[]): Record<string, string> {
  const verdicts = [...new Set(rows.map(({ verdict }) => verdict))].sort();
  const nameFor = (folded: string): string => names.find((name) => fold(name) === folded) ?? folded;
  return Object.fromEntries(
    verdicts.map((verdict) => [verdict, nameFor(mostFrequent(rows.filter((row) => row.verdict === verdict).map(({ answer }) => answer)))]),
  );
}

/** One spelling of each answer. */
function namesOf(rows: readonly Row[]): string[] {
  return [...new Map(rows.map(({ answer }) => [fold(answer), answer] as const).toReversed()).values()].sort();
}

function mostFrequent(items: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0])[0];
}
