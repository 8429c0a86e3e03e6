/** Which bucket a case belongs to. Pure. */
import type { Axis, Bucket } from "../../types.ts";
import { acceptedOf, holds, isTelling, quoted } from "./answers.ts";
import { isNeverRight, rightShare, saysTheSame, samplesOf, type Finding, type Sample } from "./finding.ts";
import { textsOf } from "./gold.ts";
import focus from "./probes/focus.ts";
import found from "./probes/found.ts";
import gold from "./probes/gold.ts";
import { probes } from "./probes/index.ts";

export const AXES: Readonly<Record<Bucket, Axis | null>> = {
  "missing knowledge": "context",
  "wrong retrieval": "context",
  "ignored context": "behaviour",
  format: "behaviour",
  behaviour: "behaviour",
  unstable: null,
  "suspect label": null,
  "no headroom": null,
  unexplained: null,
};

export interface Cause {
  readonly bucket: Bucket;
  /** The probe that named it, with what was answered under it. */
  readonly probe?: { readonly name: string; readonly answer: string } | undefined;
  readonly evidence: string;
}

/** Evidence of a case that always gets the same answer: without anything else that speaks against its label, that is no proof. */
export const STEADY = "no probe changed it: always the same answer; it may be the label";

/** Where repeats are right by chance, a probe must be right so often, one try after the other, to have mended anything. */
export const VERIFIED = 4;

/** What is true of all probed cases together. */
export interface Climate {
  /** Cases are right now and then by themselves. */
  readonly noisy: boolean;
  /** No more cases were never right than chance alone leaves. */
  readonly chance: boolean;
  /** Answers are labels of a closed set. */
  readonly closed: boolean;
  /** Probes that are right in nearly every case, and surely gain more than repeats do. */
  readonly sure: ReadonlySet<string>;
  /** The sources that cases name mostly hold their answers. */
  readonly trusted: boolean;
}

/** What is known of the label of a case: what speaks against it, and whether the program always says the same. */
export interface Label {
  readonly doubt: string | undefined;
  readonly steady: boolean;
}

/**
 * The first rule that applies decides; their order is the argument.
 *
 * 1. No headroom: the scorer does not pass the expected answer, and nothing else was right either.
 * 2. Format: the failing answer itself passes once it is read leniently; what it says is right.
 * 3. A probe mends it, in the order of `probes`: gold or found passages or a shorter text (by what the context held: missing knowledge, wrong
 *    retrieval, ignored context), then wording, demonstrations, another model (behaviour). Where any case is right on a mere repeat,
 *    once proves nothing: the probe must be right `VERIFIED` times and the repeats never, unless it is right nearly everywhere: who
 *    guesses is right now and then.
 * 4. Unstable: it is right now and then; or others are, and chance alone leaves as many that never were.
 * 5. Suspect label: it is never right, and what speaks against its label is not the program alone.
 * 6. Ignored context: the answer stood in what the program was shown, and it said something else.
 * 7. Unstable: it says something else every time.
 */
export function causeOf(finding: Finding, climate: Climate, { doubt, steady }: Label): Cause {
  const suspect: Cause | undefined = doubt === undefined ? undefined : { bucket: "suspect label", evidence: doubt };
  return (
    ceiling(finding) ??
    form(finding) ??
    mended(finding, climate) ??
    chancy(finding, climate) ??
    suspect ??
    ignored(finding, climate) ??
    restless(finding) ?? {
      bucket: "unexplained",
      evidence: samplesOf(finding).length === 0 ? "no probe could be asked" : steady ? STEADY : "no probe changed it",
    }
  );
}

function ceiling(finding: Finding): Cause | undefined {
  if (finding.passable !== false || !isNeverRight(finding)) return undefined;
  const wanted = acceptedOf(finding.kase)[0] ?? JSON.stringify(finding.kase.expected);
  return { bucket: "no headroom", evidence: `the scorer does not pass the expected answer itself, ${quoted(wanted)}` };
}

function form({ reading }: Finding): Cause | undefined {
  if (reading === undefined) return undefined;
  const probe = { name: "lenient reading", answer: reading.text };
  return { bucket: "format", probe, evidence: `its answer passes when read ${reading.how}: ${quoted(reading.text)}` };
}

function mended(finding: Finding, { noisy, sure, trusted }: Climate): Cause | undefined {
  const probe = probes.find(({ name }) => {
    const tries = finding.tries.get(name) ?? [];
    const verified = tries.length >= VERIFIED && rightShare(tries) === 1;
    const share = rightShare(finding.repeats);
    return tries[0]?.right === true && (!noisy || (verified && (share === 0 || (share < 1 && sure.has(name)))));
  });
  if (probe === undefined) return undefined;
  const first = finding.tries.get(probe.name)?.[0];
  const bucket =
    probe === gold
      ? BY_CONTEXT[finding.context]
      : probe === found
        ? BY_SEARCH[finding.context]
        : probe === focus
          ? "ignored context"
          : "behaviour";
  const untrue = probe === gold && !trusted ? "the sources of most cases do not hold their answers, other documents do; " : "";
  const before = bucket === "behaviour" ? "" : `${BEFORE[bucket]}; ${untrue}`;
  const passes = first?.passed === true ? "it passes" : "but for its form it passes";
  return { bucket, probe: named(probe.name, first), evidence: `${before}${passes} with ${probe.about}` };
}

const BY_CONTEXT = {
  "nothing retrieved": "missing knowledge",
  "retrieved without it": "wrong retrieval",
  there: "ignored context",
} as const;
/** Where no passage is known to hold the answer, the documents that were shown need not be the right ones. */
const BY_SEARCH = { ...BY_CONTEXT, there: "wrong retrieval" } as const;
const BEFORE = {
  "missing knowledge": "nothing was retrieved",
  "wrong retrieval": "what was retrieved does not hold the answer",
  "ignored context": "the context held the answer",
};

function chancy(finding: Finding, { chance }: Climate): Cause | undefined {
  const { stored, repeats } = finding;
  const samples = samplesOf(finding);
  if (isNeverRight(finding)) {
    if (!chance || samples.length === 0) return undefined;
    return {
      bucket: "unstable",
      evidence: `none of its ${samples.length} new answers is right, but no more cases are so unlucky than chance leaves`,
    };
  }
  const all = [...stored, ...repeats];
  const right = all.filter((sample) => sample.right).length;
  const evidence =
    right > 0 ? `${right} of ${all.length} answers to the same question are right` : "it was right under a probe, but not each time";
  return {
    bucket: "unstable",
    probe: named(
      "repeat",
      repeats.find((sample) => sample.right),
    ),
    evidence,
  };
}

function ignored(finding: Finding, { closed }: Climate): Cause | undefined {
  const { kase, context, gold: passages, tries } = finding;
  const probed = tries.get(gold.name)?.[0] ?? tries.get(focus.name)?.[0];
  if (closed || samplesOf(finding).length === 0 || (context !== "there" && probed === undefined)) return undefined;
  const texts = [...passages.map(({ text }) => text), ...Object.values(textsOf(kase))];
  const held = acceptedOf(kase).find((answer) => isTelling(answer) && texts.some((text) => holds(text, answer)));
  if (held === undefined) return undefined;
  const where = context === "there" ? "the context that it was shown holds" : "the passages of the probe held";
  return { bucket: "ignored context", probe: named(gold.name, probed), evidence: `${where} ${quoted(held)}, and it answers otherwise` };
}

function restless({ row, repeats }: Finding): Cause | undefined {
  const answers = [row.answer, ...repeats.map(({ answer }) => answer)];
  const differ = answers.every((one, i) => !answers.slice(i + 1).some((other) => saysTheSame(one, other)));
  if (answers.length < 3 || !differ) return undefined;
  return {
    bucket: "unstable",
    probe: named("repeat", repeats[0]),
    evidence: `${answers.length} answers to the same question all say something else`,
  };
}

function named(name: string, sample: Sample | undefined): Cause["probe"] {
  return sample === undefined ? undefined : { name, answer: sample.answer };
}
