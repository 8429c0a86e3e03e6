/** Tells a claim that exchanges two things of a sentence ("Bob beat Anna" of "Anna beat Bob", "5 of 3" of "3 of 5"), which has all of its words. */
import { shape } from "../text/shapes.ts";
import type { Text } from "../text/text.ts";
import type { Part } from "./alignment.ts";
import type { Candidate } from "./candidates.ts";
import { compareQuantities } from "./quantities.ts";

/** Words of the claim that stand in the sentence once, by their places in both. */
interface Anchor {
  readonly from: number;
  readonly to: number;
  readonly begin: number;
  readonly end: number;
  readonly isNumber: boolean;
}

/** A sentence that has less of the claim does not say the same with two things exchanged. */
const whole = 0.9;

/**
 * The claim is the sentence with two names, words or numbers in each other's place, or in the other voice with both in their own. Two that
 * "and" joins, that a verb joins which says the same both ways, or that merely are each other, may change places.
 */
export function exchanges(claim: Part, candidate: Candidate): boolean {
  if (candidate.words < whole || candidate.coverage < whole) return false;
  const anchors = anchorsOf(claim, candidate);
  const places = anchors.map(({ begin }) => begin).sort((a, b) => a - b);
  const moved = anchors.filter(({ begin }, i) => begin !== places[i]);
  if (moved.length === 0) return turnsVoice(claim.text, candidate.part.text, anchors) || turnsRange(candidate);
  const [a, b] = moved;
  if (a === undefined || b === undefined || moved.length > 2 || a.isNumber !== b.isNumber) return false;
  const [own, other] = [claim.text, candidate.part.text];
  const inPlace = same(leadOf(own, a.from), leadOf(other, b.begin)) && same(leadOf(own, b.from), leadOf(other, a.begin));
  return inPlace && !mayChange(own, a.to, b.from);
}

function anchorsOf(claim: Part, { part, alignment }: Candidate): Anchor[] {
  const once = (of: Part, key: number): boolean => of.exact.get(key)?.length === 1;
  const words = alignment.pairings.flatMap(({ unit, match, strength, opposed }): Anchor[] => {
    if (match === undefined || opposed || strength < 0.8 || !once(claim, unit.key) || !once(part, match.key)) return [];
    const length = Math.max(1, unit.characters.length);
    return [{ from: unit.at, to: unit.at + length, begin: match.at, end: match.at + length, isNumber: false }];
  });
  const numbers = alignment.quantities.flatMap(({ claimed, found, result }): Anchor[] => {
    if (found === undefined || result !== "same" || part.quantities.some((q) => q !== found && compareQuantities(claimed, q) === "same"))
      return [];
    return [{ from: claimed.from, to: claimed.to, begin: found.from, end: found.to, isNumber: true }];
  });
  const joined: Anchor[] = [];
  for (const anchor of [...words, ...numbers].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    // Words side by side in both are one name.
    const goesOn =
      last !== undefined &&
      !last.isNumber &&
      !anchor.isNumber &&
      anchor.from <= last.to &&
      anchor.begin <= last.end &&
      anchor.begin - last.begin === anchor.from - last.from;
    if (goesOn) joined[joined.length - 1] = { ...last, to: anchor.to, end: anchor.end };
    else joined.push(anchor);
  }
  return joined;
}

const articles = new Set(["the", "a", "an"]);

/** The function words right before a token, but for articles: what part it has in its sentence. */
function leadOf({ words, sentence }: Text, at: number): string[] {
  const lead: string[] = [];
  for (let i = at - 1; i >= 0 && sentence[i] === sentence[at]; i--) {
    const word = words[i];
    if (word === undefined || !word.stop || !/\p{L}/u.test(word.text)) break;
    if (!articles.has(word.lower)) lead.push(word.lower);
  }
  return lead;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

const joins = new Set(["and", "or", "nor", "as", "well", "both", "either", "&", "/", "和", "与", "與", "及", "或", "跟"]);
const being = new Set(["is", "are", "was", "were", "be", "been", "being", "means", "called", "named"]);
const mutual =
  /^(?:me(?:e)?ts?|meeting|marr(?:y|ies|ied)|equals?|resembles?|borders?|neighbou?rs?|differs?|tied?|similar|same|identical|different|adjacent|together|between|apart)$/;

/** What stands before these tokens of a text and what stands after them say the same in each other's place. */
export function mayChange(text: Text, from: number, to: number): boolean {
  const between = text.words.slice(from, to);
  const plain = between.filter((word) => !articles.has(word.lower) && word.shape !== shape.comma && word.text !== "、");
  if (plain.every(({ lower }) => joins.has(lower)) || plain.every(({ lower }) => being.has(lower))) return true;
  if (between.some(({ lower }) => mutual.test(lower))) return true;
  // "Anna spoke with Bob", but not "water with oil" behind what was done to them.
  return between.some((word) => !word.stop) && leadOf(text, to).includes("with");
}

/** "The dog was chased by the cat" of "The dog chased the cat": the order is that of the sentence, and the voice is not. */
function turnsVoice(claim: Text, sentence: Text, anchors: readonly Anchor[]): boolean {
  return anchors.some((verb, i) => {
    const [doer, other] = [anchors[i - 1], anchors[i + 1]];
    if (doer === undefined || other === undefined) return false;
    const passive = (text: Text, from: number, to: number, next: number): boolean =>
      text.words.slice(from, to).some(({ lower }) => being.has(lower)) && leadOf(text, next).includes("by");
    const active = (text: Text, from: number, to: number, next: number): boolean =>
      !text.words.slice(from, to).some(({ lower }) => being.has(lower)) && leadOf(text, next).length === 0;
    const own = [doer.to, verb.from, other.from] as const;
    const theirs = [doer.end, verb.begin, other.begin] as const;
    return (
      (passive(claim, ...own) && active(sentence, ...theirs) && sentence.sentence[theirs[0]] === sentence.sentence[theirs[2]]) ||
      (active(claim, ...own) && passive(sentence, ...theirs))
    );
  });
}

/** "From 5 to 3" of "from 3 to 5". */
function turnsRange({ alignment }: Candidate): boolean {
  return alignment.quantities.some(
    ({ claimed, found, result }) => result === "same" && found !== undefined && claimed.low < claimed.high && claimed.falls !== found.falls,
  );
}
