/** Written reasoning: added for a plain model, taken away from one that reasons by itself. Vendors dispute it, so a race decides. */
import { asksReasoning, formatIn } from "../cues.ts";
import { edited, tidy, withSpace } from "../edits.ts";
import { readText } from "../text.ts";
import type { Operator, Prompt } from "../types.ts";
import { isInEnglish, wholeOf, withInstruction } from "./place.ts";

export const addReasoning: Operator = {
  name: "add-cot",
  about: "asks for reasoning before the answer, with a marker before the answer",
  rule: "cot/model",
  apply(prompt, { model, answers }) {
    // A reply that is parsed has no room for it.
    if (model === "reasoning" || answers?.kind === "json" || !isInEnglish(prompt)) return undefined;
    const whole = wholeOf(prompt);
    if (asksReasoning(whole) || formatIn(whole) !== null) return undefined;
    return withInstruction(prompt, 'Think step by step, then write the answer alone on the last line, after "Answer:".', "workflow");
  },
};

export const removeReasoning: Operator = {
  name: "remove-cot",
  about: "takes requests for step-by-step reasoning away",
  rule: "cot/model",
  apply(prompt, { model }) {
    if (model === "plain" || !isInEnglish(prompt)) return undefined;
    const changed: Prompt = { system: without(prompt.system), user: without(prompt.user) };
    return changed.system === prompt.system && changed.user === prompt.user ? undefined : changed;
  },
};

/** Sentences that ask for nothing else are taken away whole; in others the words alone would leave a torso. */
function without(template: string): string {
  const { sentences, text } = readText(template);
  const asking = sentences.filter((one) => asksReasoning(one.text) && one.text.length <= 120 && !one.text.includes("{{"));
  return asking.length === 0
    ? template
    : tidy(
        edited(
          template,
          asking.map((one) => ({ ...withSpace(text, one), text: "" })),
        ),
      );
}
