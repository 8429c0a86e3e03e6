/** Yes or no from passages: does some sentence say what the question asks? */
import type { Finding } from "../prompt/form.ts";
import type { Mind } from "../mind.ts";
import { checkClaim } from "../claims/claims.ts";
import type { Label } from "../prompt/instructions.ts";
import type { Understood } from "../prompt/request.ts";

const yes = /^(?:yes|true|是|对|對)$/iu;
const no = /^(?:no|false|否|不是|不)$/iu;
const open = /^(?:maybe|unknown|unclear|unsure|not sure|cannot tell)$/i;

export function isYesNo(labels: readonly Label[]): boolean {
  return labels.some((l) => yes.test(l.name)) && labels.some((l) => no.test(l.name)) && labels.length <= 3;
}

/** Supported is yes, contradicted is no; what no sentence covers is the third label, or "not known" where there is none. */
export function answerYesNo(asked: Understood, labels: readonly Label[], mind: Mind): Finding {
  const passages = asked.passages.map((p) => mind.lexicon.read(p.text));
  const { verdict, quote, confidence } = checkClaim(mind.lexicon.read(asked.question), passages);
  const named = (pattern: RegExp): string | undefined => labels.find((l) => pattern.test(l.name))?.name;
  const third = named(open);
  const text = verdict === "supported" ? named(yes) : verdict === "contradicted" ? named(no) : (third ?? named(no));
  const known = verdict !== "not_found" || third !== undefined;
  const source = asked.passages.find((p) => quote !== "" && p.text.includes(quote))?.label;
  return {
    text: text ?? "",
    known,
    question: asked.question,
    quote: quote === "" ? undefined : quote,
    source,
    // What no sentence says is no more probably denied than it is spoken of.
    confidence: known ? confidence : 1 - confidence,
  };
}
