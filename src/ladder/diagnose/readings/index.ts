/** Lenient readings of an answer: is the right answer there, only not in the form that the scorer wants? */
import type { Case } from "../../../types.ts";
import json from "./json.ts";
import label from "./label.ts";
import polarity from "./polarity.ts";
import quantity from "./quantity.ts";
import type { Known, Reading } from "./reading.ts";
import words from "./words.ts";
import wrapped from "./wrapped.ts";

const readings: readonly Reading[] = [json, label, polarity, quantity, words];

/** Other texts that the answer may have meant, each with how it was read; to be graded in this order. */
export function readingsOf(answer: string, kase: Case, known: Known): readonly { readonly text: string; readonly how: string }[] {
  const inner = wrapped.read(answer, kase, known);
  const found = [
    ...inner.map((text) => ({ text, how: wrapped.name })),
    ...[answer, ...inner].flatMap((base) =>
      readings.flatMap(({ name, read }) => read(base, kase, known).map((text) => ({ text, how: name }))),
    ),
  ];
  return [...new Map(found.toReversed().map((one) => [one.text, one])).values()].toReversed().filter(({ text }) => text !== answer);
}
