/** The rules that a prompt gives: that they agree, say what to do, say it calmly and in terms that can be checked. */
import { shoutsIn } from "../faults.ts";
import { partOf } from "../parts.ts";
import type { Sentence } from "../sentences.ts";
import type { Fault, Rule, Span } from "../types.ts";

const contradiction: Rule = {
  id: "rules/contradiction",
  level: "error",
  about: "always against never, two lengths, two languages, a phrase against a sentence",
  check(text) {
    if (!text.english) return [];
    const plain = text.sentences.filter((one) => !isConditional(one.text));
    return [...opposites(plain), ...lengths(plain), ...languages(plain), ...forms(plain)].toSorted((a, b) => a.start - b.start);
  },
};

/** What is said of some cases, or of one field among several, contradicts nothing. */
function isConditional(text: string): boolean {
  return /\b(?:if|when|whenever|unless|except|otherwise|for (?:each|every|the)|in case|where|while|until|depending|instead of|rather than)\b/i.test(
    text,
  );
}

function opposites(sentences: readonly Sentence[]): readonly Fault[] {
  const claims = sentences.flatMap((sentence) => {
    const text = sentence.text.toLowerCase().replaceAll("’", "'");
    const match =
      /^(?:you (?:must|should|shall) |please )?(always|never|do not|don't|must not|mustn't|you must not|avoid) (?:ever )?(.+?)[.!]*$/.exec(
        text,
      );
    const bare = /^(?:you (?:must|should) (?!not\b)|please )?([a-z]+ .+?)[.!]*$/.exec(text);
    if (match !== null) return [{ sentence, yes: match[1] === "always", what: stemmed(match[2] ?? "") }];
    return bare === null ? [] : [{ sentence, yes: true, what: stemmed(bare[1] ?? "") }];
  });
  const said = new Map<string, Sentence>();
  return claims.flatMap(({ sentence, yes, what }): readonly Fault[] => {
    const other = what.includes(" ") ? said.get(`${!yes} ${what}`) : undefined;
    said.set(`${yes} ${what}`, said.get(`${yes} ${what}`) ?? sentence);
    return other === undefined
      ? []
      : [{ ...spanOf(sentence), message: `contradicts "${other.text}"; keep one of them, or say when each holds` }];
  });
}

function stemmed(text: string): string {
  return text
    .replace(/\b(\w{3,}?)(?:ing|es|s|e)\b/g, "$1")
    .replace(/\b(?:the|a|an|any|your|in)\b ?/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

const LIMIT =
  /\b(?:(at most|no more than|not more than|up to|within|under|fewer than|less than|max(?:imum)?(?: of)?|maximum|limit(?:ed)? to|in|exactly|only) )(\d+|one|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|a hundred) (words?|sentences?|characters?|paragraphs?|tokens?|bullet points?)\b/i;
const OF_ANSWER =
  /^(?:please |always |you must |then |finally,? )?(?:answer|reply|respond|keep (?:it|your|the|all)|your (?:answer|reply|response|output)|the (?:answer|reply|response|output)|use|write|limit|responses?|answers?|replies)\b/i;

function lengths(sentences: readonly Sentence[]): readonly Fault[] {
  const limits = sentences.flatMap((sentence) => {
    const match = OF_ANSWER.test(sentence.text) ? LIMIT.exec(sentence.text) : null;
    const at = match === null ? undefined : LIMIT.exec(sentence.text.slice(match.index + match[0].length));
    // "at least … at most …" in one sentence is a range.
    if (match === null || (at !== null && at !== undefined) || /\bat least\b|\bbetween\b/i.test(sentence.text)) return [];
    return [{ sentence, number: (match[2] ?? "").toLowerCase(), unit: (match[3] ?? "").toLowerCase().replace(/s$/, "") }];
  });
  return limits.flatMap(({ sentence, number, unit }, index): readonly Fault[] => {
    const other = limits.slice(0, index).find((one) => one.unit === unit && one.number !== number);
    return other === undefined ? [] : [{ ...spanOf(sentence), message: `another length than "${other.sentence.text}"; keep one of them` }];
  });
}

const LANGUAGE =
  /^(?:please |always |only |you must |make sure to )*(?:answer|reply|respond|write)(?: only| always| everything| your answers?)? in (english|german|french|spanish|italian|portuguese|dutch|chinese|japanese|korean|russian|polish|arabic|turkish|the (?:user's|same|question's) language|the language of the (?:question|user|message))\b(?! (?:and|or)\b)/i;

function languages(sentences: readonly Sentence[]): readonly Fault[] {
  const wanted = sentences.flatMap((sentence) => {
    const match = LANGUAGE.exec(sentence.text.replaceAll("’", "'"));
    return match === null ? [] : [{ sentence, language: (match[1] ?? "").toLowerCase().replace(/^the .*$/, "the user's") }];
  });
  return wanted.flatMap(({ sentence, language }, at): readonly Fault[] => {
    const other = wanted.slice(0, at).find((one) => one.language !== language);
    return other === undefined
      ? []
      : [{ ...spanOf(sentence), message: `another language than "${other.sentence.text}"; keep one of them` }];
  });
}

const PHRASE = /^(?:always )?(?:answer|reply|respond)\b[^.;]*\b(?:with|in) (?:only )?(?:a (?:short )?phrase|one word|a single word)\b/i;
const SENTENCE = /^(?:always )?(?:answer|reply|respond)\b[^.;]*\b(?:with|in) (?:a )?(?:full|complete|whole)(?:,? \w+)? sentences?\b/i;

function forms(sentences: readonly Sentence[]): readonly Fault[] {
  const positive = sentences.filter(({ text }) => !/\bnot\b/i.test(text));
  const phrase = positive.find(({ text }) => PHRASE.test(text));
  const sentence = positive.find(({ text }) => SENTENCE.test(text));
  if (phrase === undefined || sentence === undefined || phrase === sentence) return [];
  const [first, second] = phrase.start < sentence.start ? [phrase, sentence] : [sentence, phrase];
  return [{ ...spanOf(second), message: `contradicts "${first.text}"; keep one of them` }];
}

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
    return sections.flatMap((section): readonly Fault[] => {
      if (partOf(section.name) !== "rules") return [];
      const items = lines.filter(({ kind, start }) => kind === "item" && section.body.start <= start && start < section.end);
      return items.length <= MOST_RULES
        ? []
        : [
            {
              start: section.heading.start,
              end: section.heading.end,
              message: `${items.length} rules; beyond about ${MOST_RULES} some are forgotten, so join or drop some`,
            },
          ];
    });
  },
};

const LEAST_SHOUTS = 4;
const SHOUT_SHARE = 0.02;

const shouting: Rule = {
  id: "rules/shouting",
  level: "warning",
  about: "many words in capitals, or !!",
  check(text) {
    const shouts = shoutsIn(text);
    const words = text.sentences.reduce((sum, one) => sum + one.text.split(" ").length, 0);
    const [first] = shouts;
    const marks = shouts.some(({ word }) => word.startsWith("!"));
    if (first === undefined || (!marks && (shouts.length < LEAST_SHOUTS || shouts.length < words * SHOUT_SHARE))) return [];
    const place = marks ? (shouts.find(({ word }) => word.startsWith("!")) ?? first) : first;
    const message = `${shouts.length === 1 ? "a word is" : `${shouts.length} words are`} shouted (${[...new Set(shouts.map(({ word }) => word))].slice(0, 5).join(", ")}); say it calmly, and why`;
    return [{ ...spanOf(place), message }];
  },
};

const LENGTH =
  /\b(?:be|keep (?:it|your (?:answers?|replies|responses?)|the (?:answers?|reply|response)|(?:answers?|replies|responses?))|stay|answer|reply|respond)(?: \w+)? (?:concise(?:ly)?|brief(?:ly)?|short|succinct(?:ly)?|terse(?:ly)?|detailed|in detail|thorough(?:ly)?|comprehensive(?:ly)?)\b/i;
const MEASURE =
  /\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a few|single)(?:[- ]?(?:to|or|–|-)[- ]?\w+)?[- ](?:words?|sentences?|lines?|characters?|paragraphs?|bullets?|bullet points?|tokens?|steps?|items?)\b|\b(?:short phrase|a phrase|a sentence|label|JSON|format|only the)\b/i;
const LOOSE =
  /\betc\b\.?|\band so on\b|\bas (?:needed|appropriate|necessary)\b|\b(?:if|when|where) (?:appropriate|necessary)\b|\b(?:appropriate|proper|suitable|adequate|good|nice|high[- ]quality|great|reasonable) (?:answers?|responses?|outputs?|results?|way|manner|format|length|style|tone|quality|job)\b|\bappropriately\b|\bproperly\b/gi;
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
