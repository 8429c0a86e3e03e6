/** The rules that a prompt gives: that they say what to do, say it calmly and in terms that can be checked. */
import { shoutsIn } from "../faults.ts";
import { partOf } from "../parts.ts";
import { before } from "../spans.ts";
import { contradiction } from "./contradiction.ts";
import type { Fault, Rule, Span } from "../types.ts";

const NEGATIVE = /^(?:please |you (?:must|should|may) )?(?:do not|don['’]t|never|not|avoid|refrain from|no)\b/i;
const INSTEAD = /\b(?:but|instead|rather|only|unless|if|when)\b|[;:：]/i;

const negativeOnly: Rule = {
  id: "rules/negative-only",
  level: "warning",
  about: "mostly prohibitions, with nothing on what to do in their place",
  check({ sentences, english }) {
    if (!english) return [];
    const said = sentences.filter(({ text }) => !text.includes("{{"));
    const bare = said.filter(({ text }) => NEGATIVE.test(text) && !INSTEAD.test(text.replace(NEGATIVE, "")));
    const [first] = bare;
    if (first === undefined || bare.length < 3 || bare.length * 2 < said.length) return [];
    return [
      {
        ...spanOf(first),
        message: `${bare.length} of ${said.length} sentences forbid without saying what to do; say what is wanted instead`,
      },
    ];
  },
};

const WEIGHTY = /\b(?:must|never|always|important|critical|crucial|essential|under no circumstances)\b/i;
const REASONED =
  /\b(?:because|since|so that|so|as|otherwise|in order to|to (?:avoid|ensure|keep|prevent|help|make)|which (?:would|means)|why)\b|[:;–—(]/i;
const FEW = 3;

const noReason: Rule = {
  id: "rules/no-reason",
  level: "info",
  about: "weighty rules without a why",
  check({ sentences, english }) {
    const weighty = english ? sentences.filter(({ text }) => WEIGHTY.test(text)) : [];
    const [first] = weighty;
    if (first === undefined || weighty.length < FEW || weighty.some(({ text }) => REASONED.test(text))) return [];
    // A prompt that gives reasons elsewhere knows how.
    if (sentences.some(({ text }) => /\bbecause\b|\bso that\b/i.test(text))) return [];
    return [
      {
        ...spanOf(first),
        message: `${weighty.length} weighty rules and not one reason; models follow a rule better that says what it is for`,
      },
    ];
  },
};

const MOST_RULES = 15;

const tooMany: Rule = {
  id: "rules/too-many",
  level: "info",
  about: "more rules than are kept",
  check({ sections, lines }) {
    const items = lines.filter(({ kind }) => kind === "item");
    const itemsBefore = (offset: number): number => before(items.length, (at) => (items[at]?.start ?? 0) < offset);
    return sections.flatMap((section): readonly Fault[] => {
      if (partOf(section.name) !== "rules") return [];
      const count = itemsBefore(section.end) - itemsBefore(section.body.start);
      return count <= MOST_RULES
        ? []
        : [
            {
              start: section.heading.start,
              end: section.heading.end,
              message: `${count} rules; beyond about ${MOST_RULES} some are forgotten, so join or drop some`,
            },
          ];
    });
  },
};

/** So many shouts in so large a share of the words: a few where little else is said, more in a long prompt. */
const SHOUTS = [
  { least: 3, share: 0.1 },
  { least: 4, share: 0.02 },
] as const;

const shouting: Rule = {
  id: "rules/shouting",
  level: "warning",
  about: "many words in capitals, or !!",
  check(text) {
    const shouts = shoutsIn(text);
    const words = text.sentences.reduce((sum, one) => sum + one.text.split(" ").length, 0);
    const [first] = shouts;
    const marks = shouts.some(({ word }) => word.startsWith("!"));
    // "DO NOT" is one shout.
    const count = shouts.filter(({ start }, at) => start > (shouts[at - 1]?.end ?? -2) + 1).length;
    if (first === undefined || (!marks && !SHOUTS.some(({ least, share }) => count >= least && count >= words * share))) return [];
    const place = marks ? (shouts.find(({ word }) => word.startsWith("!")) ?? first) : first;
    const message = `${shouts.length === 1 ? "a word is" : `${shouts.length} words are`} shouted (${[...new Set(shouts.map(({ word }) => word))].slice(0, 5).join(", ")}); say it calmly, and why`;
    return [{ ...spanOf(place), message }];
  },
};

const LENGTH =
  /\b(?:be|keep (?:it|your (?:answers?|replies|responses?)|the (?:answers?|reply|response)|(?:answers?|replies|responses?))|stay|answer|reply|respond)(?: \w+)? (?:concise(?:ly)?|brief(?:ly)?|short|succinct(?:ly)?|terse(?:ly)?|detailed|in detail|thorough(?:ly)?|comprehensive(?:ly)?)\b|\b(?:give|provide|write|produce|return) (?:an? )?(?:\w+(?:,| and| but) )?(?:short|brief|concise|succinct|detailed|thorough|comprehensive)(?:(?:,| and| but| yet) \w+)* (?:answers?|repl(?:y|ies)|responses?|summar(?:y|ies)|overviews?)\b/i;
const MEASURE =
  /\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a few|single)(?:[- ]?(?:to|or|–|-)[- ]?\w+)?[- ](?:words?|sentences?|lines?|characters?|paragraphs?|bullets?|bullet points?|tokens?|steps?|items?)\b|\b(?:short phrase|a phrase|(?:a|full|complete|whole) sentences?|label|JSON|format|only the)\b/i;
const LOOSE =
  /\betc\b\.?|\band so on\b|\bas (?:needed|appropriate|necessary)\b|\b(?:if|when|where) appropriate\b|\b(?:appropriate|proper|suitable|adequate|good|nice|high[- ]quality|great|reasonable) (?:answers?|responses?|outputs?|results?|way|manner|format|length|style|tone|quality|job)\b|\b(?:appropriately|properly)(?=[.,;]|$)/gi;
const LEAST_LOOSE = 2;

const vague: Rule = {
  id: "rules/vague",
  level: "warning",
  about: "be concise, good, appropriate, etc. without a measure",
  check({ text, sentences, english }) {
    if (!english) return [];
    const measured = MEASURE.test(text);
    const length = measured ? [] : sentences.flatMap((one) => matchIn(text, one, LENGTH)).slice(0, 1);
    const loose = sentences.flatMap((one) =>
      [...text.slice(one.start, one.end).matchAll(LOOSE)].map((match) => ({
        start: one.start + match.index,
        end: one.start + match.index + match[0].length,
      })),
    );
    return [
      ...length.map((span) => ({
        ...span,
        message: `"${text.slice(span.start, span.end)}" has no measure; say how long: in one sentence, in at most 30 words`,
      })),
      ...(loose.length < LEAST_LOOSE
        ? []
        : loose.slice(0, 1).map((span) => ({
            ...span,
            message: `"${text.slice(span.start, span.end)}" and ${loose.length - 1} more leave open what is wanted; name it`,
          }))),
    ].toSorted((a, b) => a.start - b.start);
  },
};

function matchIn(text: string, { start, end }: Span, pattern: RegExp): readonly Span[] {
  const match = pattern.exec(text.slice(start, end));
  return match === null ? [] : [{ start: start + match.index, end: start + match.index + match[0].length }];
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

export const conduct: readonly Rule[] = [contradiction, negativeOnly, noReason, tooMany, shouting, vague];
