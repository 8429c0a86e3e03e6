/** A diagnosis in words that all reports share. Pure. */
import type { Diagnosis, DiagnosedCase, Gain, Json } from "../types.ts";
import { count, NOTHING, score } from "./figures.ts";

/** `+0.356 [0.167, 0.647]`; a dash where no probe can tell. */
export function gainText(gain: Gain | null): string {
  if (gain === null) return NOTHING;
  const text = score(gain.delta);
  return `${text.startsWith("-") ? "" : "+"}${text} [${score(gain.low)}, ${score(gain.high)}]`;
}

/** `63 of 87 select cases fail, 30 of them probed with 120 calls` */
export function probedText({ failing, total, probed, calls }: Diagnosis): string {
  const cost = calls === 0 ? "" : ` with ${count(calls)} calls`;
  return `${count(failing)} of ${count(total)} select cases fail, ${count(probed)} of them probed${cost}`;
}

/** The rungs that treat a cause, with what became of those that were tried. */
export function askedText(asks_for: readonly string[], { tried = [] }: Pick<Diagnosis, "tried">): string {
  const names = asks_for.map((name) => {
    const before = tried.find(({ rung }) => rung === name);
    return before === undefined ? name : `${name} (tried: ${before.status})`;
  });
  return names.join(", ") || NOTHING;
}

/** What the gains are, so that nobody takes them for promises. */
export const GAINS =
  "Could gain: what a probe added to all probed cases beyond answering them once more, as a share of all select cases; a rung may also break what passes now.";

/** The parts of an example, in the order in which a person reads them. */
export function exampleParts({ fields, expected, answer, probe, evidence }: DiagnosedCase): readonly (readonly [string, string])[] {
  return [
    ...Object.entries(fields),
    ["expected", expectedText(expected)],
    ["answer", answer],
    ...(probe === undefined ? [] : ([[probe.name, probe.answer]] as const)),
    ["why", evidence],
  ];
}

function expectedText(expected: Json): string {
  if (Array.isArray(expected) && expected.every((one) => typeof one === "string")) return expected.join(" | ");
  return typeof expected === "string" ? expected : JSON.stringify(expected);
}
