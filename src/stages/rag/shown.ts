/** How passages stand in the messages: pure. */
import { tokenize } from "../../knowledge/tokens.ts";
import { renderTemplate } from "../../program/template.ts";
import type { Passage } from "../../types.ts";
import type { Settings } from "./settings.ts";

type Shown = Pick<Settings, "order" | "template">;

/**
 * The passages, given best first, as the messages show them. Their numbers are their ranks whatever the order, so that `[1]` cites the
 * first passage that the answer is kept with. "ends" puts the best at both ends and the worst in the middle, where models read
 * least (Liu et al. 2023, "Lost in the Middle", arXiv 2307.03172).
 */
export function present(passages: readonly Passage[], { order, template }: Shown): string {
  const blocks = passages.map((passage, i) => block(passage, i, template));
  return arranged(blocks, order).join("\n\n");
}

/**
 * As many of the passages, from the best on, as their blocks together keep to the budget, in llmopt's tokens; where not even the first
 * does, as much of its text as there is room for. Returns what is shown.
 */
export function withinBudget(
  passages: readonly Passage[],
  { template, context_tokens }: Pick<Settings, "template" | "context_tokens">,
): readonly Passage[] {
  if (context_tokens === "none") return passages;
  let left = context_tokens;
  const kept: Passage[] = [];
  for (const [i, passage] of passages.entries()) {
    const taken = tokensOf(block(passage, i, template));
    if (taken > left) {
      const cut = i === 0 ? clipped(passage, context_tokens - tokensOf(block({ ...passage, text: "" }, i, template))) : undefined;
      return cut === undefined ? kept : [cut];
    }
    left -= taken;
    kept.push(passage);
  }
  return kept;
}

/** Tokens of a text as llmopt counts them. */
export function tokensOf(text: string): number {
  return tokenize(text).starts.length;
}

function block({ title, text, source }: Passage, i: number, template: string): string {
  return renderTemplate(template, { number: String(i + 1), title, text, source }).trim();
}

function arranged<T>(ranked: readonly T[], order: Settings["order"]): readonly T[] {
  if (order === "rank") return ranked;
  if (order === "reversed") return ranked.toReversed();
  return [...ranked.filter((_, i) => i % 2 === 0), ...ranked.filter((_, i) => i % 2 === 1).toReversed()];
}

/** The passage with as many tokens of its text as asked for; undefined where that is none. */
function clipped(passage: Passage, tokens: number): Passage | undefined {
  const end = tokenize(passage.text).ends[tokens - 1];
  return tokens < 1 || end === undefined ? undefined : { ...passage, text: passage.text.slice(0, end) };
}
