/** The answers that a case accepts, as texts. */
import type { Case } from "../types.ts";

/**
 * A string, number or boolean is one accepted answer, a list of them several. Anything else is an error to report, since a
 * missing or unusable reference says nothing about the answer and must not count as a wrong one.
 */
export function acceptedAnswers(kase: Pick<Case, "expected">): readonly string[] | { readonly error: string } {
  const { expected } = kase;
  if (expected === undefined || expected === null) return { error: "the case has no expected answer" };
  const list = Array.isArray(expected) ? (expected as readonly unknown[]) : [expected];
  if (list.length === 0) return { error: "the expected answers are an empty list" };
  const texts = list.map((item) => (typeof item === "object" ? undefined : String(item)));
  const usable = texts.filter((text) => text !== undefined);
  return usable.length === texts.length ? usable : { error: "the expected answer is an object, not a text or a list of texts" };
}

/** A text as it stands in a score's `why`. */
export function quote(text: string, most = 60): string {
  const line = text.replace(/\s+/gu, " ").trim();
  return `"${line.length > most ? `${line.slice(0, most)}…` : line}"`;
}
