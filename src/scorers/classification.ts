import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { averaged, balanced, cell, ratesOf, tallied } from "../stats/confusion.ts";
import type { Counts } from "../types.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { squeeze } from "./squad.ts";

const options = z
  .strictObject({
    labels: z.array(z.string().min(1)).min(2).optional().describe("all labels; any other answer is none of them"),
    ignore_case: z.boolean().default(true),
    metric: z.enum(["accuracy", "balanced-accuracy", "precision", "recall", "f1"]).default("accuracy").describe("the value over all cases"),
    average: z.enum(["macro", "micro", "weighted"]).optional().describe("of precision, recall and f1 over the labels; macro by default"),
    label: z.string().min(1).optional().describe("precision, recall or f1 of this label alone"),
  })
  .superRefine((given, context) => {
    for (const [path, message] of faultsOf(given)) context.addIssue({ code: "custom", path: [path], message });
  });
type Options = Readonly<z.output<typeof options>>;

/**
 * 1 when the answer is the expected label, else 0. Whitespace at the ends never matters, but a sentence around the label does. Over many
 * cases the value is a metric of the confusion matrix, with scikit-learn's definitions and zero_division=0, over the labels that were
 * expected or given. Without `labels` whatever a model says is a label, with zeros that weigh on macro values; with them any other answer
 * is none of them, and wrong. Labels that occur nowhere are left out, while scikit-learn's `labels` counts them as 0. Where a case accepts
 * several labels, a wrong answer counts against the first.
 *
 *     { "id": "test-1", "text": "I still have not received my new card", "expected": "card_arrival" }
 *     answer "Card_arrival\n" -> 1    answer "lost_or_stolen_card" -> 0    answer "The label is card_arrival." -> 0
 */
export default defineScorer({
  name: "classification",
  about: "1 for the expected label; accuracy, precision, recall or F1 over all cases",
  axis: "behaviour",
  options,

  score({ answer }, kase, settings) {
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const known = knownIn(settings);
    const wanted = accepted.map((text) => labelOf(text, settings, known));
    const usable = wanted.flatMap((label) => (label === null || label === "" ? [] : [label]));
    const first = usable[0];
    if (usable.length < wanted.length || first === undefined)
      return { error: `the expected label ${accepted.map((text) => quote(text)).join(" or ")} is ${known ? "none of labels" : "empty"}` };
    const given = labelOf(answer, settings, known);
    if (given !== null && usable.includes(given)) return { value: 1, counts: { [cell(given, given)]: 1 } };
    const why = `${quote(answer)} is ${given === null ? "none of the labels" : "the wrong label"}; expected ${usable.join(" or ")}`;
    return { value: 0, why, counts: { [cell(first, given)]: 1 } };
  },

  pool: (counts, settings) => valueOf(counts, settings),
});

function valueOf(counts: Counts, settings: Options): number {
  const tally = tallied(counts);
  const { metric, average = "macro", label } = settings;
  if (metric === "accuracy") return tally.right / tally.total;
  if (metric === "balanced-accuracy") return balanced(tally);
  if (label === undefined) return averaged(tally, average)[metric];
  return ratesOf(tally, labelOf(label, settings, knownIn(settings)) ?? label)[metric];
}

/** The label that a text is; null for one that is none of the known. */
function labelOf(text: string, settings: Options, known: ReadonlyMap<string, string> | undefined): string | null {
  const form = formOf(text, settings);
  return known === undefined ? form : (known.get(form) ?? null);
}

function knownIn(settings: Options): ReadonlyMap<string, string> | undefined {
  return settings.labels && new Map(settings.labels.map((label) => [formOf(label, settings), label]));
}

function formOf(text: string, { ignore_case }: Pick<Options, "ignore_case">): string {
  const form = squeeze(text.normalize("NFC"));
  return ignore_case ? form.toLowerCase() : form;
}

function faultsOf({ labels, ignore_case, metric, average, label }: Options): readonly (readonly [string, string])[] {
  const forms = labels?.map((each) => formOf(each, { ignore_case }));
  const whole = metric === "accuracy" || metric === "balanced-accuracy";
  return [
    ...(forms !== undefined && new Set(forms).size < forms.length ? [["labels", "names a label twice"] as const] : []),
    ...(forms?.includes("") === true ? [["labels", "names an empty label"] as const] : []),
    ...(average !== undefined && whole ? [["average", `goes with precision, recall and f1, not with ${metric}`] as const] : []),
    ...(label !== undefined && whole ? [["label", `goes with precision, recall and f1, not with ${metric}`] as const] : []),
    ...(label !== undefined && average !== undefined
      ? [["label", "is one label, of which there is no average; remove one of them"] as const]
      : []),
    ...(label !== undefined && forms?.includes(formOf(label, { ignore_case })) === false
      ? [["label", `is not in labels: ${label}`] as const]
      : []),
  ];
}
