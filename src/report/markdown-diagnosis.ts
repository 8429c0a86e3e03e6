/** A diagnosis as Markdown. */
import type { Diagnosis } from "../types.ts";
import { list, rows } from "./blocks.ts";
import { askedText, exampleParts, GAINS, gainText, probedText } from "./diagnosis.ts";
import { forMarkdown } from "./escape.ts";
import { count, NOTHING } from "./figures.ts";

/** Ids of cases that are listed; the JSON has all. */
const LISTED = 8;

/** A whole document, with examples. Ends with a line break. */
export function diagnosisMarkdown(title: string, diagnosis: Diagnosis): string {
  const examples = diagnosis.buckets.flatMap(({ bucket, examples: some }) =>
    some.flatMap((example) => [
      `### ${bucket}: ${forMarkdown(example.case)}`,
      list(exampleParts(example).map(([name, text]) => `${forMarkdown(name)}: ${forMarkdown(text)}`)),
    ]),
  );
  return `${[`# ${forMarkdown(title)}`, ...diagnosisSections(diagnosis), ...examples].join("\n\n")}\n`;
}

/** What fails, why, what each probe showed, and what to try next. */
export function diagnosisSections(diagnosis: Diagnosis): readonly string[] {
  const { buckets, probes, next } = diagnosis;
  return [
    `${probedText(diagnosis)}. Next: ${forMarkdown(next)}`,
    rows(
      ["cause", "axis", "cases", "could gain", "rungs that treat it", "which"],
      buckets.map(({ bucket, axis, cases, gain, asks_for }) => [
        bucket,
        axis ?? NOTHING,
        count(cases.length),
        gainText(gain),
        forMarkdown(askedText(asks_for, diagnosis)),
        cases.length === 0 ? NOTHING : cases.slice(0, LISTED).map(forMarkdown).join(", ") + (cases.length > LISTED ? ", …" : ""),
      ]),
    ),
    ...(probes.length === 0
      ? []
      : [
          rows(
            ["probe", "passed", "could gain", "what it changes"],
            probes.map(({ probe, about, n, passed, gain }) => [
              probe,
              `${count(passed)} of ${count(n)}`,
              gainText(gain),
              forMarkdown(about),
            ]),
          ),
          GAINS,
        ]),
  ];
}
