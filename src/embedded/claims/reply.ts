/** Claims and passages -> the reply, in the prompt's words: one verdict, one JSON object, or a JSON array for a list. */
import { present } from "../prompt/form.ts";
import type { Mind } from "../mind.ts";
import type { Understood } from "../prompt/request.ts";
import { checkClaims, type Verdict } from "./claims.ts";
import type { Claim } from "./asked.ts";

/** The reply to the message's claims, with the confidence of a single one. */
export function replyToClaims(asked: Understood, mind: Mind): { readonly text: string; readonly confidence?: number | undefined } {
  const { form, refusal } = asked.instructions;
  const passages = asked.passages.map((p) => mind.lexicon.read(p.text));
  const texts = asked.claims.map((claim) => mind.lexicon.read(claim.text));
  const checked = checkClaims(texts, passages).flatMap((verdict, i) => {
    const claim = asked.claims[i];
    return claim === undefined ? [] : [{ claim, verdict }];
  });
  if (asked.claims.some((claim) => claim.listed)) {
    const fields = form.json === undefined || form.json.length === 0 ? ["claim", "verdict", "quote"] : form.json;
    return { text: JSON.stringify(checked.map(({ claim, verdict }) => asObject(claim, verdict, fields, asked))) };
  }
  const [first] = checked;
  if (first === undefined) return { text: "" };
  const { verdict, quote, confidence } = first.verdict;
  if (form.json !== undefined) {
    const fields = form.json.length === 0 ? ["verdict", "quote", "confidence"] : form.json;
    return { text: JSON.stringify(asObject(first.claim, first.verdict, fields, asked)), confidence };
  }
  const known = verdict !== "not_found" || asked.verdictNames?.not_found !== undefined || refusal === undefined;
  const text = known ? nameOf(first.verdict, asked) : refusal;
  const said = present(
    { text, known, question: first.claim.text, quote, source: sourceOf(first.verdict, asked), confidence },
    { ...form, shape: "span" },
  );
  return { text: said, confidence };
}

/** The prompt's word for a verdict; with two words only, what is not found is not supported. */
function nameOf({ verdict }: Verdict, { verdictNames }: Understood): string {
  if (verdictNames === undefined) return verdict;
  return verdictNames[verdict] ?? verdictNames.contradicted ?? verdict;
}

function sourceOf({ quote }: Verdict, { passages }: Understood): string | undefined {
  return quote === "" ? undefined : passages.find((p) => p.text.includes(quote))?.label;
}

function asObject(claim: Claim, verdict: Verdict, fields: readonly string[], asked: Understood): Record<string, unknown> {
  const value = (name: string): unknown => {
    if (/^(?:verdict|label|answer|result|status|prediction|classification|judgement|judgment|relation)$/i.test(name))
      return nameOf(verdict, asked);
    if (/^(?:quote|evidence|sentence|rationale|reason|explanation)$/i.test(name)) return verdict.quote;
    if (/^(?:confidence|score|probability)$/i.test(name)) return Math.round(verdict.confidence * 100) / 100;
    if (/^(?:id|index|number|n|claim_?id|claim_?number)$/i.test(name)) return claim.number;
    if (/^(?:claim|statement)$/i.test(name)) return claim.listed && name.toLowerCase() === "claim" ? claim.number : claim.text;
    if (/^(?:source|passage|document|citation)(?:_?id|_?number)?$/i.test(name)) return sourceOf(verdict, asked) ?? null;
    if (/^(?:supported|is_supported|faithful|entailed)$/i.test(name)) return verdict.verdict === "supported";
    return null;
  };
  return Object.fromEntries(fields.map((name) => [name, value(name)]));
}
