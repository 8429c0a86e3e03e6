/** Chooses a label: by the labels' names, by demonstrations, or by both. */
import { likenessWanted, surenessWanted } from "./abstention.ts";
import { classify, fit, type Classifier, type Example } from "./classifier.ts";
import { likestName } from "./names.ts";
import type { Label } from "../prompt/instructions.ts";
import { isRefusal } from "../prompt/refusals.ts";
import type { Memo } from "../text/memo.ts";
import type { Demonstration } from "../prompt/request.ts";
import { isCjk } from "../text/shapes.ts";
import type { Lexicon } from "../text/text.ts";

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
  const names = labels.map((label) => lexicon.read(`${readable(label.name)} ${label.about}`));
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
  const model = fitted.get(key, () => {
    const examples: Example[] = shown.map(({ question, label }) => ({ text: lexicon.read(question), label }));
    names.forEach((name, label) => {
      if (saysSomething(name.text)) examples.push({ text: name, label });
    });
    return fit(
      examples,
      labels.map((label) => label.name),
      { ...fewExamples, seed: 1, bits: 20 },
    );
  });
  const chances = classify(model, lexicon.read(text));
  const confidence = Math.max(...chances);
  return { label: labels[chances.indexOf(confidence)]?.name ?? "", confidence, unsure: confidence < surenessWanted(labels.length) };
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
    .replace(/^["'`]+|["'`.]+$/g, "")
    .toLowerCase();
}

/** Written as programs write names: `card_arrival`, `cardArrival`, `card-arrival`. */
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

/** Written as programs write names: `card_arrival`, `cardArrival`, `card-arrival`. */
export function isLabelName(answer: string): boolean {
  return /^[\p{L}\d]+(?:_[\p{L}\d?]+)+$|^\p{Ll}[\p{L}\d]*\p{Lu}\p{Ll}[\p{L}\d]*$|^\p{Ll}+(?:-\p{Ll}+)+$/u.test(answer);
}
