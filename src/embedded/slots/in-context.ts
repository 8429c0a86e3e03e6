/** Structured answers learnt from the demonstrations of one request. */
import type { Mind } from "../mind.ts";
import type { Understood } from "../prompt/request.ts";
import type { Asking } from "./sections.ts";
import type { Extractor } from "./extractor.ts";
import { findFrame, type Framed } from "./frame.ts";
import { isPlain } from "./format.ts";
import { findStructure, type Structured } from "./structure.ts";
import { trainExtractor } from "./training.ts";
import { Fault } from "../wire.ts";
import { asksTheSame } from "./same-question.ts";

/** What is asked: examples that are written out inside a message have no template, and stand in for what is around the question. */
export function askingOf({ demonstrations, question, message, before }: Understood): Asking {
  return demonstrations.some((d) => d.message === undefined) ? { message: question, before: "" } : { message, before };
}

/** What demonstrations show of how answers are made. */
export interface Shown {
  /** Makes structured answers. */
  readonly extractor?: Extractor | undefined;
  /** What stands around answers that are made otherwise. */
  readonly framed?: Framed | undefined;
}

/** An extractor fitted to the demonstrations, where their answers are structured, else their frame; remembered by them. */
export function shownBy(asked: Understood, mind: Mind): Shown {
  const { demonstrations, instructions } = asked;
  if (demonstrations.length === 0) return {};
  const examples = demonstrations.map((d) => ({ message: d.message ?? d.question, before: "", answer: d.answer }));
  // One or two messages do not show what is template; with the one that asks they may.
  const others = demonstrations.length < 3 ? [askingOf(asked)] : [];
  const same = asksTheSame(demonstrations);
  const labels = instructions.labels.length >= 2;
  return mind.shown.get(JSON.stringify([examples, others, same, labels]), () => {
    const structure = same ? findStructure(examples, mind.lexicon, others) : undefined;
    if (structure === undefined || (isPlain(structure.format) && (labels || !isVaried(examples))))
      return {
        framed: findFrame(
          examples.map((e) => e.answer),
          examples.map((e, i) => sourceOf(demonstrations[i]?.passages ?? []) ?? e.message),
        ),
      };
    const steps = trainExtractor(structure, [], { rate: 1, seed: 1, epochs: epochsFor(structure) }, mind.lexicon);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return { extractor: step.value };
    }
  });
}

/** Multiplications of one pass over all examples that a request may take, and of all passes where they would be more than is worth waiting for. */
const most = { pass: 2e9, all: 3e9 };

/** Fewer passes than usual over many long examples; undefined for the usual number. Examples that take too long to learn from are a 400. */
function epochsFor({ rows, plans }: Structured): number | undefined {
  const fields = plans.filter(({ how }) => how === "copied").length;
  const tokens = rows.reduce((sum, { laid }) => sum + laid.tokens.length, 0);
  const width = 1 + 2 * fields;
  const pass = tokens * width * (100 + 3 * width);
  if (pass > most.pass) {
    const said = `${rows.length} examples of ${tokens} words and ${fields} fields are too much to learn from in one request`;
    throw new Fault(400, `messages: ${said}; show fewer or shorter ones, or fine-tune on them`, "messages");
  }
  return pass * 20 > most.all ? Math.max(3, Math.floor(most.all / pass)) : undefined;
}

/** The text of passages; undefined where there are none. */
export function sourceOf(passages: readonly { readonly text: string }[]): string | undefined {
  return passages.length === 0 ? undefined : passages.map((p) => p.text).join("\n");
}

/** Enough different answers to tell words that are copied from labels that happen to stand in the messages. */
function isVaried(examples: readonly { readonly answer: string }[]): boolean {
  return examples.length >= 5 && new Set(examples.map((e) => e.answer)).size * 2 >= examples.length;
}
