/** Whether the sentences of a prompt agree with each other. */
import type { Sentence } from "../sentences.ts";
import type { Fault, Rule, Span } from "../types.ts";

export const contradiction: Rule = {
  id: "rules/contradiction",
  level: "error",
  about: "always against never, two lengths, languages or forms, the answer alone against its explanation",
  check(text) {
    if (!text.english) return [];
    const plain = text.sentences.filter((one) => !isConditional(one.text));
    const whole = plain.filter((one) => !/\bfor (?:each|every|the)\b/i.test(one.text));
    const found = [...opposites(plain), ...lengths(whole), ...languages(whole), ...forms(whole), ...marks(whole), ...alone(whole)];
    return found.toSorted((a, b) => a.start - b.start);
  },
};

/** What is said of some cases contradicts nothing; nor, of lengths and forms, what is said of one part among several. */
function isConditional(text: string): boolean {
  return /\b(?:if|when|whenever|unless|except|otherwise|in case|where|while|until|depending|instead of|rather than)\b/i.test(text);
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
      : [{ ...spanOf(sentence), message: `contradicts "${shown(other)}"; keep one of them, or say when each holds` }];
  });
}

function stemmed(text: string): string {
  return text
    .replace(/\b(\w{3,}?)(?:ing|es|s|e)\b/g, "$1")
    .replace(/\b(?:the|a|an|any|your|in)\b ?/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

const NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const COUNT = String.raw`(\d+|${NUMBERS.join("|")}) (words?|sentences?|characters?|paragraphs?|tokens?|bullet points?|bullets?)\b`;
const LIMIT = new RegExp(
  String.raw`\b(?:at most|no more than|not more than|up to|within|under|below|fewer than|less than|max(?:imum)?(?: of)?|limit(?:ed)? to|in|exactly|only) ${COUNT}|^(?:limit\b.{0,30} to|(?:write|use|give)) ${COUNT}(?=[.!]?$)`,
  "i",
);
const OF_ANSWER =
  /^(?:please |always |you must |then |finally,? )?(?:answer|reply|respond|keep (?:it|your|the|all|answers?|replies|responses?)|(?:your|the|all) (?:answers?|repl(?:y|ies)|responses?|outputs?)|(?:use|write|give)(?= (?:only |at most |exactly |no more |up to |fewer |less |under )*(?:\d|(?:one|two|three|four|five|six|seven|eight|nine|ten)\b))|limit|responses?|answers?|replies)\b(?!.*\b(?:each|per|every)\b)/i;

function lengths(sentences: readonly Sentence[]): readonly Fault[] {
  const limits = sentences.flatMap((sentence) => {
    const match = OF_ANSWER.test(sentence.text) ? LIMIT.exec(sentence.text) : null;
    // Two limits in one sentence are of two things.
    if (match === null || LIMIT.test(sentence.text.slice(match.index + match[0].length))) return [];
    const number = (match[1] ?? match[3] ?? "").toLowerCase();
    const unit = (match[2] ?? match[4] ?? "")
      .toLowerCase()
      .replace(/s$/, "")
      .replace(/^bullet point$/, "bullet");
    return [{ sentence, number: NUMBERS.includes(number) ? String(NUMBERS.indexOf(number) + 1) : number, unit }];
  });
  const said = new Map<string, Map<string, Sentence>>();
  return limits.flatMap(({ sentence, number, unit }): readonly Fault[] => {
    const numbers = said.get(unit) ?? new Map<string, Sentence>();
    said.set(unit, numbers.has(number) ? numbers : numbers.set(number, sentence));
    const other = otherThan(numbers, number);
    return other === undefined ? [] : [{ ...spanOf(sentence), message: `another length than "${shown(other)}"; keep one of them` }];
  });
}

/** The first sentence that was said under another key. */
function otherThan(said: ReadonlyMap<string, Sentence>, key: string): Sentence | undefined {
  return said.entries().find(([own]) => own !== key)?.[1];
}

function shown({ text }: Sentence): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Characters of a sentence that is quoted in a message. */
const LONGEST = 100;

const LANGUAGE =
  /^(?:please |always |only |you must |make sure to )*(?:(?:answer|reply|respond|write)(?: only| always| everything| your answers?)?|(?:your |all |the )?(?:answers?|repl(?:y|ies)|responses?|outputs?) (?:must|should|has to|have to)(?: always| only)? be(?: written)?) in (english|german|french|spanish|italian|portuguese|dutch|chinese|japanese|korean|russian|polish|arabic|turkish|the (?:user's|same|question's) language|the language of the (?:question|user|message))\b(?! (?:and|or)\b)/i;

function languages(sentences: readonly Sentence[]): readonly Fault[] {
  const wanted = sentences.flatMap((sentence) => {
    const match = LANGUAGE.exec(sentence.text.replaceAll("’", "'"));
    return match === null ? [] : [{ sentence, language: (match[1] ?? "").toLowerCase().replace(/^the .*$/, "the user's") }];
  });
  const said = new Map<string, Sentence>();
  return wanted.flatMap(({ sentence, language }): readonly Fault[] => {
    if (!said.has(language)) said.set(language, sentence);
    const other = otherThan(said, language);
    return other === undefined ? [] : [{ ...spanOf(sentence), message: `another language than "${shown(other)}"; keep one of them` }];
  });
}

const PHRASE = /^(?:always )?(?:answer|reply|respond)\b[^.;]*\b(?:with|in) (?:only )?(?:a (?:short )?phrase|one word|a single word)\b/i;
const SENTENCE = /^(?:always )?(?:answer|reply|respond)\b[^.;]*\b(?:with|in) (?:a )?(?:full|complete|whole)(?:,? \w+)? sentences?\b/i;

function forms(sentences: readonly Sentence[]): readonly Fault[] {
  const positive = sentences.filter(({ text }) => !/\bnot\b/i.test(text));
  const phrase = positive.find(({ text }) => PHRASE.test(text));
  const sentence = positive.find(({ text }) => SENTENCE.test(text));
  if (phrase === undefined || sentence === undefined || phrase === sentence) return [];
  return against(phrase, sentence);
}

/** The later of two sentences contradicts the earlier one. */
function against(one: Sentence, other: Sentence): readonly Fault[] {
  const [first, second] = one.start < other.start ? [one, other] : [other, one];
  return [{ ...spanOf(second), message: `contradicts "${shown(first)}"; keep one of them` }];
}

const MARK =
  "markdown|json|xml|yaml|bullet points?|bullets|(?:numbered |bulleted )?lists?|tables?|emojis?|code (?:blocks?|fences?)|headings?";
const FORBIDDEN = new RegExp(
  `^(?:please )?(?:do not|don['’]t|never|avoid) (?:(?:use|using|add|adding|include|including|write|writing|output|return|(?:answer|reply|respond)(?:ing)? (?:in|with))) (?:any )?(${MARK})(?: formatting| syntax)?[.!]?$`,
  "i",
);
const WANTED =
  /^(?:please |always |then |finally,? )?(?:answer|reply|respond|return|write|use|output|format|give|present)\b(?!.*\b(?:not|no|without|never|from|below|above|following|given)\b)/i;
const MARKS = new RegExp(`\\b(?:${MARK})\\b`, "gi");

/** A mark-up that is forbidden, and asked for. */
function marks(sentences: readonly Sentence[]): readonly Fault[] {
  const kindOf = (mark = ""): string => (/list|bullet/i.test(mark) ? "list" : mark.toLowerCase().replace(/s$/, ""));
  const wanted = new Map(
    sentences
      .filter(({ text }) => WANTED.test(text))
      .flatMap((one) => [...one.text.matchAll(MARKS)].map(([mark]) => [kindOf(mark), one] as const)),
  );
  return sentences.flatMap((one) => {
    const mark = FORBIDDEN.exec(one.text)?.[1];
    const asking = mark === undefined ? undefined : wanted.get(kindOf(mark));
    return asking === undefined ? [] : against(one, asking);
  });
}

const ALONE =
  /^(?:please |always |you must )?(?:answer|reply|respond|return|output|write|give)\b[^.;]*\b(?:only (?:with |in )?(?:the |a |an |one )?(?:valid )?(?:answer|label|number|name|value|code|category|JSON|word)|with only|nothing else|no explanations?|(?:label|answer|number) alone)\b|^(?:do not|don['’]t|never) (?:explain|justify)(?: your \w+)?[.!]?$/i;
const EXPLAINED =
  /^(?:also |and |always |please |briefly )*(?:(?:explain|justify) (?:why|your (?:answer|choice|decision|reasoning|verdict))|give (?:a |your )?(?:short |brief )?(?:reason|explanation|justification)s?|(?:before|after) the (?:JSON|label|answer)[^,]*, (?:write|add|give|include)|(?:write|add|include) (?:a |an )?(?:short |brief )?(?:explanation|justification)\b)/i;

/** The answer alone is wanted, and a word on why; one after the other, as "first … then", is no contradiction. */
function alone(sentences: readonly Sentence[]): readonly Fault[] {
  const inField = /\b(?:fields?|keys?)\b|"(?:reason|reasoning|explanation|why)"|\b(?:first|then|finally|last line|tags?)\b|[<`]/i;
  const only = sentences.find(({ text }) => ALONE.test(text) && !/\b(?:first|then|finally|last line|tags?)\b|[<`]/i.test(text));
  const explained = sentences.find(({ text }) => EXPLAINED.test(text) && !inField.test(text));
  if (only === undefined || explained === undefined || only === explained) return [];
  // Fields for the reason may be among those of the object that alone is wanted.
  return sentences.some(({ text }) => /"(?:reason|reasoning|explanation|why|rationale)"/i.test(text)) ? [] : against(only, explained);
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
