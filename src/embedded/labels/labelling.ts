/** Chooses a label: by the labels' names, by demonstrations, or by both. */
import { classify, fit, similarities, type Classifier, type Example } from "./classifier.ts";
import type { Label } from "../prompt/instructions.ts";
import type { Memo } from "../text/memo.ts";
import type { Demonstration } from "../prompt/request.ts";
import type { Lexicon } from "../text/text.ts";

export interface Choice {
  readonly label: string;
  /** Probability where demonstrations were given, similarity where only names were; 0..1. */
  readonly confidence: number;
  /** Nothing speaks for any label. */
  readonly unsure: boolean;
}

/** The labels in play: those of the list, else those of the demonstrations where their answers repeat or look like names of labels. */
export function labelsInPlay(listed: readonly Label[], demonstrations: readonly Demonstration[]): readonly Label[] {
  const shown = [...new Set(demonstrations.map((d) => d.answer))];
  if (listed.length >= 2) {
    const known = new Set(listed.map((label) => fold(label.name)));
    const extra = shown.filter((answer) => !known.has(fold(answer)) && isLabelName(answer));
    return [...listed, ...(listed.length >= 5 ? extra.map((name) => ({ name, about: "" })) : [])];
  }
  if (demonstrations.some((d) => d.passages.length > 0)) return [];
  const repeats = shown.length >= 2 && demonstrations.length >= 2 * shown.length && shown.every((answer) => answer.length <= 60);
  const names = shown.length >= 2 && shown.every(isLabelName);
  return repeats || names ? shown.map((name) => ({ name, about: "" })) : [];
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
  const folded = labels.map((label) => fold(label.name));
  const shown = demonstrations.flatMap(({ question, answer }) => {
    const label = folded.indexOf(fold(answer));
    return label < 0 ? [] : [{ question, label }];
  });
  if (shown.length === 0) {
    const scores = similarities(lexicon.read(text), names);
    const best = scores.reduce((top, score, i) => (score > (scores[top] ?? 0) ? i : top), 0);
    return { label: labels[best]?.name ?? "", confidence: scores[best] ?? 0, unsure: (scores[best] ?? 0) < 0.04 };
  }
  const key = JSON.stringify([labels, shown]);
  const model = fitted.get(key, () => {
    const examples: Example[] = shown.map(({ question, label }) => ({ text: lexicon.read(question), label }));
    names.forEach((name, label) => examples.push({ text: name, label }));
    return fit(
      examples,
      labels.map((label) => label.name),
      { epochs: 25, rate: 0.5, seed: 1, bits: 20 },
    );
  });
  const chances = classify(model, lexicon.read(text));
  const best = chances.indexOf(Math.max(...chances));
  const confidence = chances[best] ?? 0;
  return { label: labels[best]?.name ?? "", confidence, unsure: confidence < 1.5 / labels.length };
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

function isLabelName(answer: string): boolean {
  return /^[\p{L}\d]+(?:[_][\p{L}\d?]+)+$/u.test(answer);
}
