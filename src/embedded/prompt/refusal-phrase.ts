/** "If the answer is not there, say X": the phrase, in whatever language the prompt or the phrase is. */
import { innerOf, quoted, withoutQuotes } from "./quotes.ts";

interface Language {
  /** Names that a prompt calls it by. */
  readonly named: RegExp;
  readonly condition: RegExp;
  readonly absence: RegExp;
  readonly say: RegExp;
  /** What is said where the prompt gives no words for it. */
  readonly unknown: string;
}

const languages: readonly Language[] = [
  {
    named: /\benglish\b/i,
    condition:
      /\b(?:if|when|where|unless|otherwise|in case|whenever|for (?:(?:any|all|other|such|unanswerable|unanswered|irrelevant|unrelated|unsupported|off-topic|out-of-scope) ){0,2}questions?|should|or else)\b|^\W*(?:all |any )?(?:other )?questions? (?:that|which|whose|not|outside|without)\b/i,
    absence:
      /\b(?:not|no|none|nothing|cannot|unless|otherwise|missing|unknown|unsure|uncertain|unclear|absent|without|lacks?|fails? to|unanswerable|insufficient|unavailable|or else|outside|impossible|neither|irrelevant|unrelated|off-topic|out-of-scope|unsupported|unanswered)\b|n['’]t\b/i,
    say: /\b(?:say|answer|reply|respond|write|output|return|state|print|use|give|choose|put|label it|classify it as|admit|tell)\b/i,
    unknown: "I don't know",
  },
  {
    named: /\bgerman\b|\bauf deutsch\b/i,
    condition: /\b(?:wenn|falls|sofern|sollte|ansonsten|andernfalls|sonst)\b/i,
    absence: /\b(?:nicht|kein\w*|fehlt|unbekannt|sonst|ansonsten|andernfalls|nichts)\b/i,
    say: /\b(?:antworte\w*|sage?n?|schreibe?n?|gib|erwidere|nenne)\b/i,
    unknown: "Ich weiß es nicht",
  },
  {
    named: /\bfrench\b|\ben français\b/i,
    condition: /\b(?:si|sinon|lorsque|quand)\b/i,
    absence: /\b(?:pas|aucune?|absente?|sinon|introuvable|rien)\b/i,
    say: /(?<!\p{L})(?:réponds|répondez|répondre|dis|dites|écris|écrivez|indique[rz]?)(?!\p{L})/iu,
    unknown: "Je ne sais pas",
  },
  {
    named: /\bspanish\b|\ben español\b/i,
    condition: /\b(?:si|cuando|de lo contrario)\b/i,
    absence: /\b(?:no|ning[uú]n\w*|falta|de lo contrario|nada)\b/i,
    say: /\b(?:responde|responda|di|diga|contesta|escribe|indica)\b/i,
    unknown: "No lo sé",
  },
  {
    named: /\bitalian\b|\bin italiano\b/i,
    condition: /\b(?:se|altrimenti|quando)\b/i,
    absence: /\b(?:non|nessun\w*|manca|altrimenti)\b/i,
    say: /(?<!\p{L})(?:rispondi|dì|scrivi|indica)(?!\p{L})/iu,
    unknown: "Non lo so",
  },
  {
    named: /\bportuguese\b|\bem português\b/i,
    condition: /\b(?:se|caso|quando|senão)\b/i,
    absence: /(?<!\p{L})(?:não|nenhum\w*|falta|senão)(?!\p{L})/iu,
    say: /\b(?:responda|diga|escreva|indique)\b/i,
    unknown: "Não sei",
  },
  {
    named: /\bdutch\b|\bin het nederlands\b/i,
    condition: /\b(?:als|indien|wanneer|anders)\b/i,
    absence: /\b(?:niet|geen|ontbreekt|anders)\b/i,
    say: /\b(?:antwoord|zeg|schrijf)\b/i,
    unknown: "Ik weet het niet",
  },
  {
    named: /\brussian\b/i,
    condition: /если|иначе/iu,
    absence: /(?<!\p{L})(?:не|нет|иначе)(?!\p{L})/iu,
    say: /ответь|скажи|напиши|отвечай/iu,
    unknown: "Не знаю",
  },
  {
    named: /\bjapanese\b/i,
    condition: /場合|ければ|時は|ときは/u,
    absence: /ない|なければ|不明/u,
    say: /答え|回答|出力|言っ|返/u,
    unknown: "わかりません",
  },
  { named: /\bkorean\b/i, condition: /경우|으면|면/u, absence: /없|않|모르/u, say: /답|말|출력/u, unknown: "모르겠습니다" },
  {
    named: /\bchinese\b|中文/iu,
    condition: /如果|若|假如|倘若|当|當|否则|否則|文中|的话|時/u,
    absence:
      /没有|沒有|不在|无法|無法|找不到|不知道|否则|否則|未提|不能|未出现|不足|不包含|不符合|不属于|不屬於|不匹配|不适用|不適用|不相关|不相關|无关|無關|不确定|不確定|不清楚/u,
    say: /回答|答|说|說|回复|回覆|输出|輸出|写|寫|返回/u,
    unknown: "不知道",
  },
];

const marks = "(?:\\s*[:,：，]?\\s*)";
const filler =
  "(?:\\s+(?:exactly|only|with|just|simply|back|the (?:exact |following )?(?:words?|phrase|text|label|string|sentence|message|reply|answer)|the following|that|this|as|to|mit|nur|genau|exakt|avec|uniquement|con|solo|com|met|alleen))*";
const say =
  "(?:say|answer|reply|respond|write|output|return|state|print|use|give|choose|put|label it|classify it as|antworte|antworten sie|sage?|schreibe?|gib|réponds|répondez|dis|dites|écris|responde|responda|di|diga|contesta|escribe|rispondi|scrivi|escreva|antwoord|zeg|schrijf|ответь|скажи|напиши)";
/** Longer ways to say so, before quotes or a colon only. */
const told =
  "(?:tell (?:the |your |a )?(?:user|customer|reader|caller|person|client|them|him|her)|(?:get|gets|receives?|deserves?) (?:the |a )?(?:reply|answer|response)|(?:is|are) (?:to be )?answered|(?<!\\b(?:if|when|that|whether|and|or) )the (?:answer|reply|response|label|output) (?:is|should be|must be|shall be))";

const languageOf = (sentence: string): Language | undefined => {
  const outside = withoutQuotes(sentence);
  if (aboutLanguage.test(outside)) return undefined;
  if (aboutPeople.test(outside) && !aboutAnswers.test(outside)) return undefined;
  return languages.find(({ condition, absence }) => condition.test(outside) && absence.test(outside));
};

/** What is said to a customer who is not happy is no word of not knowing. */
const aboutPeople = /\b(?:if|when(?:ever)?)\s+(?:the |a |your )?(?:customer|user|caller|client|visitor|person|reader|they|he|she)s?\b/i;
/** A question in another language is no question without an answer. */
const aboutLanguage =
  /\b(?:not|n['’]t|other than)\b(?: (?:written|asked|posed|phrased|speak|spoken|be))? ?(?:in )?(?:english|german|french|spanish|italian|portuguese|dutch|russian|chinese|japanese|korean|(?:the|a) (?:same|supported) language)\b(?! (?:text|passage|document|version|edition))/i;
const aboutAnswers =
  /\b(?:context|passages?|documents?|text|answers?|information|sources?|manual|knowledge|articles?|excerpts?|provided|above|below|labels?|categor\w+)\b/i;

/** The sentence makes its order depend on something not being there. */
export function isConditional(sentence: string): boolean {
  return languageOf(sentence) !== undefined;
}

export interface Phrase {
  readonly phrase: string;
  /** The sentence, or two, that it came from. */
  readonly text: string;
  /** How it is given: in words, or as "say so". */
  readonly given: "words" | "so" | "null" | "guess";
}

/** The phrase for what is not there; the first that a sentence gives. */
export function findRefusal(sentences: readonly string[]): Phrase | undefined {
  for (const [i, sentence] of sentences.entries()) {
    const language = languageOf(sentence);
    if (language === undefined) continue;
    const own = phraseIn(sentence, language);
    if (own !== undefined) return { ...own, text: sentence };
    const next = sentences[i + 1] ?? "";
    // "If it is not there, do not guess. Say X instead."
    if (
      new RegExp(`^(?:just |simply |instead,? |then,? |please |only )*${say}\\b`, "iu").test(next) &&
      new RegExp(quoted, "u").test(next) &&
      languageOf(next) === undefined
    ) {
      const phrase = spoken(next);
      if (phrase !== undefined) return { phrase, given: "words", text: `${sentence} ${next}` };
    }
  }
  // "Sometimes the documents do not hold it; in that case reply X."
  const found = sentences.findIndex(
    (s, i) => i > 0 && /^(?:and )?(?:in (?:that|this|such|those) cases?|then|if so|if not)\b/i.test(s) && spoken(s) !== undefined,
  );
  const before = sentences[found - 1] ?? "";
  if (found > 0 && languages.some(({ absence }) => absence.test(before)) && aboutAnswers.test(before))
    return { phrase: spoken(sentences[found] ?? "") ?? "", given: "words", text: `${before} ${sentences[found]}` };
  const guess = sentences.find((s) => noGuess.test(s));
  return guess === undefined ? undefined : { phrase: unknownIn(guess), given: "guess", text: guess };
}

const noGuess =
  /\b(?:do not|don['’]t|never|avoid|without)\b[^.\n]{0,30}\b(?:guess\w*|make (?:up|things up|anything up|an answer up)|making (?:up|things up)|invent\w*|hallucinat\w*|fabricat\w*|speculat\w*)\b|不要(?:编造|编|猜|臆测|捏造)|(?:rate|erfinde)\b[^.]{0,20}\b(?:nicht|nichts)\b/iu;

function phraseIn(sentence: string, language: Language): Omit<Phrase, "text"> | undefined {
  const object = /\{[^{}]*\}/.exec(sentence)?.[0];
  if (object !== undefined) {
    const value = /:\s*(?:"([^"]*)"|(null))/.exec(object);
    if (value !== null) return value[2] === undefined ? { phrase: value[1] ?? "", given: "words" } : { phrase: "", given: "null" };
  }
  const set = assigned(sentence);
  if (set !== undefined) return set;
  const field =
    /\b(?:set|use|return|output|give|put|answer|write|leave|be|as|is)\b[^.]{0,60}?(?:\b(null|none)\b(?! of)|\b(?:an )?(empty string)\b|\b(empty|blank)\b)/i.exec(
      sentence,
    );
  if (field !== null && !/[`"“']none['"”`]/i.test(sentence)) {
    if (field[1]?.toLowerCase() === "none") return { phrase: field[1], given: "words" };
    return { phrase: "", given: field[1] === undefined ? "words" : "null" };
  }
  const phrase = spoken(sentence) ?? (language.say.test(sentence) || /[,:→>]|\bor\b/.test(sentence) ? beside(sentence) : undefined);
  if (phrase !== undefined) return { phrase, given: "words" };
  if (
    /\b(?:say|state|admit|reply|answer|tell|respond)\b[^.]{0,30}\bthat you (?:do not|don['’]t|cannot|can['’]t) (?:know|find|tell|answer)|\b(?:say|state|admit) (?:so|that)\b(?! (?:it|the))|\b(?:sag|schreib)e? (?:das|es)\b|如实(?:说|回答|告知)|dis-?le|dilo/iu.test(
      sentence,
    )
  )
    return { phrase: unknownIn(sentence, language), given: "so" };
  const bare = bareIn(sentence, language);
  return bare === undefined ? undefined : { phrase: bare, given: "words" };
}

const assignment = new RegExp(
  `(?:["“„\`'][\\p{L}\\d_-]{1,40}["”“\`']|\\b(?:set|setze|put|mets|mettez|pon|imposta|defina|zet) (?:[\\p{L}\\d_-]{1,40} ){0,3}[\\p{L}\\d_-]{1,40}) ?(?:field |key |value )?(?:to|should be|must be|shall be|should say|must say|is|=|auf|à|en|a|su|op) (?:exactly |only |the (?:string|word|value|text|phrase) |be )?(?:(null|none)(?![\\p{L}\\d])|(""|'')|${quoted})`,
  "giu",
);

/** `set "answer" to "X"`: the value, never the field's name. A null beside words is that of another field. */
function assigned(sentence: string): Omit<Phrase, "text"> | undefined {
  const values = [...sentence.matchAll(assignment)].map((match): Omit<Phrase, "text"> => {
    if (match[2] !== undefined) return { phrase: "", given: "words" };
    if (match[1]?.toLowerCase() === "null") return { phrase: "", given: "null" };
    return { phrase: match[1] ?? innerOf(["", ...match.slice(3)]), given: "words" };
  });
  return values.find(({ phrase }) => phrase !== "") ?? values[0];
}

/** Quoted after a word for saying, the last one; a phrase that must not be said is none. */
function spoken(sentence: string): string | undefined {
  const pattern = new RegExp(
    `(\\b(?:not|never|n['’]t|avoid|without)\\s+)?(?<![\\p{L}"“„\`'])(?:${say}|${told})(?!\\p{L})${filler}${marks}${quoted}`,
    "giu",
  );
  const found = [...sentence.matchAll(pattern)].findLast((match) => match[1] === undefined);
  if (found !== undefined) return innerOf(["", ...found.slice(2)]);
  const chinese =
    /(?:回答|答|说|說|回复|回覆|输出|輸出|写|寫|返回)(?:道|出|为|為|是)?\s*[:：]?\s*["“「『'`]([^"”」』'`\n]{1,240})["”」』'`]/u.exec(
      sentence,
    )?.[1];
  const after = /["“「『]([^"”」』\n]{1,240})["”」』]\s*(?:と(?:だけ)?(?:答|回答|出力|言|返)|(?:이?라고)\s*(?:답|말|출력))/u.exec(
    sentence,
  )?.[1];
  return (chinese ?? after)?.trim();
}

/** Quoted after "or", "then", a comma or an arrow, in a sentence that quotes one thing. */
function beside(sentence: string): string | undefined {
  const all = [...sentence.matchAll(new RegExp(quoted, "gu"))];
  const only = all.length === 1 ? all[0] : undefined;
  if (only === undefined || /\b(?:not|never|avoid)\s+(?:\w+\s+){0,2}$/i.test(sentence.slice(0, only.index))) return undefined;
  return /(?:\bor|\bthen|\bas|\bwith|\bto|[,:：，→>=]|\bit['’]?s?)\s*$/iu.test(sentence.slice(0, only.index)) ? innerOf(only) : undefined;
}

/** A phrase without quotes: after the verb at the end of the sentence, or between the verb and "if". */
function bareIn(sentence: string, language: Language): string | undefined {
  const chinese = /(?:请|請|就|则|則)?(?:回答|回复|回覆|输出|輸出|说|說|写|寫)\s*[:：]?\s*([^，。；：:\s"“「]{1,20})[。.]?$/u.exec(
    sentence,
  )?.[1];
  if (/[\u4e00-\u9fff]/u.test(sentence)) return chinese;
  const first = language.condition.test(sentence.slice(0, 24));
  const clause = first ? afterComma(sentence) : sentence;
  const whole = afterColon(clause, first);
  if (whole !== undefined) return whole;
  const pattern = new RegExp(
    `(?<!\\p{L})(?<!(?:not|never|n['’]t|the|an|any|your|no|correct|right) )${say}(?!\\p{L})${filler}${marks}([^\\n.;,"“\`]{1,80}?)\\s*(?:[.;!,]|$|\\b(?:if|when|whenever|unless|in case|wenn|falls)\\b)`,
    "iu",
  );
  const phrase = pattern.exec(clause)?.[1]?.trim() ?? "";
  if (
    phrase === "" ||
    /^(?:the|an?|from|in|using|as|with|one|only|so|that|it|this|your|any|questions?|based|to|for|do|don['’]t|never|please|then|what|whatever|yourself|users?|them|how|why|der|die|das|eine?[nrms]?|le|la|el|il|un|une|una|o)\b/i.test(
      phrase,
    )
  )
    return undefined;
  return phrase.split(/\s+/).length <= 8 ? phrase : undefined;
}

const colon = new RegExp(`(?<![\\p{L}"“„\`'])(?:${say}|${told})(?!\\p{L})${filler} ?[:：]`, "iu");
/** What goes on about how to say it, after a phrase that a colon announces. */
const more = /,? (?:and|but) (?:nothing|stop|do|never|no|then)\b|, (?:without|nothing|with no|word for word|verbatim|exactly)\b/iu;

/** What a colon announces goes to the end of its sentence; a condition behind it is no part of it where none stands before. */
function afterColon(clause: string, conditionFirst: boolean): string | undefined {
  const at = colon.exec(clause);
  const rest = at === null ? "" : clause.slice(at.index + at[0].length).trim();
  if (rest === "" || rest.length > 240 || /^["“„«`「『{<[]/u.test(rest)) return undefined;
  const end = conditionFirst ? more : new RegExp(`${more.source}|,? (?:if|when|whenever|unless|in case|wenn|falls)\\b`, "iu");
  const phrase = rest
    .slice(0, end.exec(rest)?.index)
    .replace(/[.!。]$/u, "")
    .trim();
  return phrase === "" ? undefined : phrase;
}

/** The part of a sentence that says what to do; all of it where no comma divides it. */
function afterComma(sentence: string): string {
  const rest = /^[^,:]*,\s*(.*)$/su.exec(sentence)?.[1];
  return rest !== undefined && new RegExp(`(?<!\\p{L})(?:${say}|${told})(?!\\p{L})`, "iu").test(rest) ? rest : sentence;
}

function unknownIn(sentence: string, language?: Language): string {
  const named =
    languages.find((one) => one.named.test(sentence)) ?? language ?? (/[\u4e00-\u9fff]/u.test(sentence) ? languages.at(-1) : undefined);
  return (named ?? languages[0])?.unknown ?? "";
}
