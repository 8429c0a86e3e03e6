/** Chooses a label: by the labels' names, by demonstrations, or by both. */
import { likenessWanted, surenessWanted } from "./abstention.ts";
import { classify, fit, fitnessOf, type Classifier, type Example } from "./classifier.ts";
import { likenessTo, likestName } from "./names.ts";
import type { Label } from "../prompt/instructions.ts";
import { isRefusal } from "../prompt/refusals.ts";
import type { Memo } from "../text/memo.ts";
import type { Demonstration } from "../prompt/request.ts";
import { isCjk } from "../text/shapes.ts";
import type { Lexicon, Text } from "../text/text.ts";
import { Fault } from "../wire.ts";

/** Measured on Banking77 with 1 to 10 examples a label, where there are none to hold out. */
export const fewExamples = { epochs: 20, rate: 0.5, temperature: 0.65 };

export interface Choice {
  readonly label: string;
  /** Probability, 0..1. */
  readonly confidence: number;
  /** Too little speaks for any label, if the prompt says what to answer then. */
  readonly unsure: boolean;
}

/**
 * The labels in play: those of the list, else those of the demonstrations where their answers repeat, look like names of labels or are a word or two
 * that their texts lack. What
 * to say when none fits is a label like any other only where demonstrations show what it stands for.
 */
export function labelsInPlay(listed: readonly Label[], demonstrations: readonly Demonstration[], refusal?: string): readonly Label[] {
  const shown = [...new Set(demonstrations.map((d) => d.answer))];
  if (listed.length >= 2) {
    const known = new Set(listed.map((label) => fold(label.name)));
    const extra = shown.filter((answer) => !known.has(fold(answer)) && isLabelName(answer));
    const other = refusal === undefined || shown.some((answer) => fold(answer) === fold(refusal)) ? undefined : fold(refusal);
    const fitting = listed.filter((label) => fold(label.name) !== other);
    return [...(fitting.length >= 2 ? fitting : listed), ...(listed.length >= 5 ? extra.map((name) => ({ name, about: "" })) : [])];
  }
  if (demonstrations.some((d) => d.passages.length > 0)) return [];
  const repeats = shown.length >= 2 && demonstrations.length >= 2 * shown.length && shown.every((answer) => answer.length <= 60);
  const names = shown.length >= 2 && shown.every(isLabelName);
  return repeats || names || areLabelLike(demonstrations) ? shown.map((name) => ({ name, about: "" })) : [];
}

/** The label for `text`; fits a classifier in the context where demonstrations bear labels, with the names as a prior. */
export function chooseLabel(
  text: string,
  labels: readonly Label[],
  demonstrations: readonly Demonstration[],
  lexicon: Lexicon,
  fitted: Memo<Classifier>,
): Choice {
  const names = labels.map((label) => nameOf(label, lexicon));
  const indexOf = new Map(labels.map((label, i) => [fold(label.name), i] as const).toReversed());
  const shown = demonstrations.flatMap(({ question, answer }) => {
    const label = indexOf.get(fold(answer));
    return label === undefined ? [] : [{ question, label }];
  });
  if (shown.length === 0) {
    const { best, similarity, confidence } = likestName(lexicon.read(text), names);
    return { label: labels[best]?.name ?? "", confidence, unsure: similarity < likenessWanted };
  }
  const key = JSON.stringify([labels, shown]);
  const effort = effortFor(shown, labels);
  const model = fitted.get(key, () => {
    const examples: Example[] = shown.map(({ question, label }) => ({ text: lexicon.read(question), label }));
    names.forEach((name, label) => {
      if (saysSomething(name.text)) examples.push({ text: name, label });
    });
    return fit(
      examples,
      labels.map((label) => label.name),
      { ...fewExamples, ...effort, seed: 1 },
    );
  });
  const chances = classify(model, lexicon.read(text));
  const confidence = chances.reduce((a, b) => Math.max(a, b), 0);
  return { label: labels[chances.indexOf(confidence)]?.name ?? "", confidence, unsure: confidence < surenessWanted(labels.length) };
}

/** What learning from examples within a request may take: characters times labels, the same times passes, and weights. */
const most = { pass: 5e8, all: 1e9, weights: 5e7 };

/** Fewer passes and a coarser hash where examples and labels are many; more than a request may take are a 400. */
function effortFor(
  shown: readonly { readonly question: string }[],
  labels: readonly Label[],
): { readonly epochs: number; readonly bits: number } {
  const length = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);
  const characters = length(shown.map(({ question }) => question)) + length(labels.map(({ name, about }) => name + about));
  const pass = characters * labels.length;
  if (pass > most.pass) {
    const said = `${shown.length} examples of ${labels.length} labels are too much to learn from in one request`;
    throw new Fault(400, `messages: ${said}; show fewer, or fine-tune on them`, "messages");
  }
  const bits = 31 - Math.clz32(most.weights / labels.length);
  return {
    epochs: Math.min(fewExamples.epochs, Math.max(2, Math.floor(most.all / pass))),
    // A character begins up to three n-grams.
    bits: 3 * pass > most.weights ? Math.min(20, Math.max(8, bits)) : 20,
  };
}

/**
 * The label for `text` by a classifier that was learnt before, of the labels that are allowed; all that it knows where there are fewer than
 * two. Allowed labels that it never saw compete by their names: what of the probability the names give to them is theirs. Undefined where
 * it knows none of the allowed ones.
 */
export function chooseLearnt(text: Text, labels: readonly Label[], classifier: Classifier, lexicon: Lexicon): Choice | undefined {
  const chances = classify(classifier, text);
  const unsure = !isFit(classifier, text, chances);
  const allowed = new Map(labels.length < 2 ? [] : labels.map((label) => [fold(label.name), label] as const));
  const seen = classifier.classes.flatMap((label, i) =>
    allowed.size < 2 || allowed.has(fold(label)) ? [{ label, chance: chances[i] ?? 0, unsure }] : [],
  );
  if (seen.length === 0) return undefined;
  const known = new Set(seen.map(({ label }) => fold(label)));
  const named = known.size >= allowed.size ? [] : likeUnseen(text, [...allowed.values()], known, lexicon);
  const theirs = named.reduce((sum, { chance }) => sum + chance, 0);
  const all = seen.reduce((sum, { chance }) => sum + chance, 0) || 1;
  const choices = [...seen.map((one) => ({ ...one, chance: ((1 - theirs) * one.chance) / all })), ...named];
  const best = choices.reduce((a, b) => (b.chance > a.chance ? b : a));
  return { label: best.label, confidence: best.chance, unsure: best.unsure };
}

/** The labels that are not known and whose names say something about the text, each with its share in the likeness to all names. */
function likeUnseen(text: Text, labels: readonly Label[], known: ReadonlySet<string>, lexicon: Lexicon) {
  const { similarities, chances } = likenessTo(
    text,
    labels.map((label) => nameOf(label, lexicon)),
  );
  return labels.flatMap(({ name }, i) =>
    known.has(fold(name)) || (similarities[i] ?? 0) < likenessWanted ? [] : [{ label: name, chance: chances[i] ?? 0, unsure: false }],
  );
}

/** The text is about what the classifier knows. */
function isFit(classifier: Classifier, text: Text, chances: Float32Array): boolean {
  if (classifier.fitFrom !== undefined) return fitnessOf(classifier, text) >= classifier.fitFrom;
  return chances.reduce((a, b) => Math.max(a, b), 0) >= surenessWanted(chances.length);
}

function nameOf({ name, about }: Label, lexicon: Lexicon): Text {
  return lexicon.read(`${readable(name)} ${about}`);
}

/** A name such as "A" or "1" is no example of what is called so. */
function saysSomething(name: string): boolean {
  return isCjk(name) || /[\p{L}\p{M}]{3}/u.test(name);
}

/** "card_arrival" and "CardArrival" as words. */
function readable(name: string): string {
  return name.replace(/[_\-/]+/g, " ").replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
}

/** Two spellings of a label are the same but for case, quotes and the dot at the end. */
export function fold(name: string): string {
  return name
    .trim()
    .replace(/^["'`]+/, "")
    .replace(/(?<!["'`.])["'`.]+$/, "")
    .toLowerCase();
}

/** One or two words each that stand in none of their texts, which are no questions: what they say of the text is its label. */
function areLabelLike(demonstrations: readonly Demonstration[]): boolean {
  const texts = demonstrations.filter(({ question }) => !/[?？]\s*$/u.test(question));
  return (
    new Set(demonstrations.map(({ answer }) => fold(answer))).size >= 2 &&
    texts.length * 2 > demonstrations.length &&
    demonstrations.every(
      ({ question, answer }) =>
        /^[\p{L}\p{M}'’-]{2,24}(?: [\p{L}\p{M}'’-]{2,24})?$/u.test(answer.trim()) &&
        !isRefusal(answer) &&
        !question.toLowerCase().includes(answer.trim().toLowerCase()),
    )
  );
}

const longestName = 120;

/** Written as programs write names: `card_arrival`, `cardArrival`, `card-arrival`. */
export function isLabelName(answer: string): boolean {
  if (answer.length > longestName) return false;
  return /^[\p{L}\d]+(?:_[\p{L}\d?]+)+$|^\p{Ll}[\p{L}\d]*\p{Lu}\p{Ll}[\p{L}\d]*$|^\p{Ll}+(?:-\p{Ll}+)+$/u.test(answer);
}
