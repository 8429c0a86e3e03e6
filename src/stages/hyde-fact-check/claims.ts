/** Claims of an answer and the verdicts on them: pure. */
import { z } from "zod";
import { passagesText } from "../../program/render.ts";
import { plain } from "../../program/text.ts";
import type { Message, Passage, Question } from "../../types.ts";

export interface Claim {
  /** The sentence of the answer, as it stands. */
  readonly sentence: string;
  /** The sentence made to stand alone: a short answer says nothing without its question. */
  readonly text: string;
}

export interface Verdict {
  readonly claim: string;
  readonly verdict: "supported" | "contradicted" | "not_found";
  readonly quote: string;
}

/** Sentences shorter than this many words are no claims by themselves; they are checked together with the question. */
const SHORT = 8;

/** The answer's sentences as claims, at most 12. An answer in JSON is one claim. */
export function claimsOf(answer: string, question: Question): readonly Claim[] {
  const asked = Object.values(question.fields).join(" ");
  const text = answer.trim();
  if (text === "") return [];
  const sentences = /^[[{]/.test(text)
    ? [text]
    : [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)].map((part) => part.segment.trim());
  return sentences
    .filter((sentence) => sentence !== "" && !sentence.endsWith("?"))
    .slice(0, 12)
    .map((sentence) => ({ sentence, text: sentence.split(/\s+/).length < SHORT ? `${asked} ${sentence}` : sentence }));
}

/** The one call that judges: it sees the evidence and the claims, never how the draft was made (CoVe, arXiv 2309.11495). */
export function verdictPrompt(claims: readonly Claim[], evidence: readonly Passage[]): readonly Message[] {
  const numbered = claims.map((claim, index) => `${index + 1}. ${claim.text.replaceAll("\n", " ")}`).join("\n");
  return [
    {
      role: "system",
      content:
        "You check claims against passages. For every claim answer supported, contradicted or not_found, going by the passages alone. " +
        'Answer with a JSON array only: [{"claim": 1, "verdict": "supported", "quote": "words copied from a passage"}]. ' +
        "The quote is copied word for word from the passage that decides; it is empty for not_found.",
    },
    { role: "user", content: `Passages:\n${passagesText(evidence)}\n\nClaims:\n${numbered}` },
  ];
}

const replySchema = z.array(
  z.object({ claim: z.number(), verdict: z.enum(["supported", "contradicted", "not_found"]), quote: z.string().optional() }),
);

/** One verdict a claim. A claim without a verdict, or whose quote stands in no passage, is not found. */
export function verdictsOf(reply: string, claims: readonly Claim[], evidence: readonly Passage[]): readonly Verdict[] {
  const given = parsed(reply);
  const texts = evidence.map((passage) => plain(`${passage.title} ${passage.text}`));
  return claims.map(({ text }, index) => {
    const one = given.find((verdict) => verdict.claim === index + 1);
    const quote = one?.quote ?? "";
    const real = plain(quote) !== "" && texts.some((passage) => passage.includes(plain(quote)));
    return {
      claim: text,
      verdict: one === undefined || (one.verdict !== "not_found" && !real) ? "not_found" : one.verdict,
      quote: real ? quote : "",
    };
  });
}

/** The answer without these sentences; all else stays as it is, line breaks included. */
export function without(answer: string, sentences: readonly string[]): string {
  const rest = sentences.reduce((text, sentence) => text.replace(sentence, ""), answer);
  return rest
    .replace(/[^\S\n]{2,}/g, " ")
    .replace(/[^\S\n]+$/gm, "")
    .trim();
}

/** Indexes of the claims that may not stay. */
export function unsupported(verdicts: readonly Verdict[]): readonly number[] {
  return verdicts.flatMap(({ verdict }, index) => (verdict === "supported" ? [] : [index]));
}

/** The first JSON array in the reply; empty when there is none that fits. */
function parsed(reply: string): z.output<typeof replySchema> {
  const from = reply.indexOf("[");
  const to = reply.lastIndexOf("]");
  if (from === -1 || to <= from) return [];
  try {
    return replySchema.safeParse(JSON.parse(reply.slice(from, to + 1))).data ?? [];
  } catch {
    return [];
  }
}
