/** What the answer may rest on, and what to say where it is not there. */
import { PASSAGES } from "../../program/render.ts";
import { placeholdersOf } from "../../program/template.ts";
import { asksEvidence, asksGrounded, asksUnknown, isContext, readsContext } from "../cues.ts";
import type { Operator, Prompt } from "../types.ts";
import { isInEnglish, wholeOf, withInstruction } from "./place.ts";

export const addUnknown: Operator = {
  name: "add-unknown",
  about: "says what to answer where the answer is not there",
  rule: "output/unknown",
  apply(prompt, facts) {
    if (facts.answers?.kind === "label" || !isInEnglish(prompt) || asksUnknown(wholeOf(prompt))) return undefined;
    if (facts.answers?.kind === "json") return withInstruction(prompt, "Set a field to null if its value is not there.", "rules");
    const where = readsContext(prompt, facts) ? `If the answer is not in the ${contextOf(prompt)}` : "If you do not know the answer";
    return withInstruction(prompt, `${where}, say "I don't know".`, "rules");
  },
};

export const onlyPassages: Operator = {
  name: "only-passages",
  about: "keeps the answer to what the passages say",
  apply(prompt, facts) {
    if (!readsContext(prompt, facts) || !isInEnglish(prompt) || asksGrounded(wholeOf(prompt))) return undefined;
    return withInstruction(prompt, `Answer only from the ${contextOf(prompt)}.`, "rules");
  },
};

/** Evidence before the answer; Claude 2 went from 0.939 to 0.961 by it (Anthropic, "Prompt engineering for Claude's long context window"). */
export const quoteFirst: Operator = {
  name: "quote-first",
  about: "asks for the sentence that holds the answer, then for the answer",
  apply(prompt, facts) {
    const kind = facts.answers?.kind;
    if (kind === "label" || kind === "json" || !readsContext(prompt, facts) || !isInEnglish(prompt) || asksEvidence(wholeOf(prompt)))
      return undefined;
    return withInstruction(prompt, "First quote the sentence that holds the answer, then answer.", "workflow");
  },
};

/** What the prompt calls the text that the answer is looked for in: the field's name, where that is a word. */
function contextOf({ system, user }: Prompt): string {
  const names = placeholdersOf(`${system}\n${user}`).map(({ name }) => name);
  const field = names.includes(PASSAGES) ? undefined : names.find(isContext);
  return field !== undefined && /^(?:passage|context|documents?|article|paragraph|sources?|transcript|contract)$/.test(field)
    ? field
    : PASSAGES;
}
