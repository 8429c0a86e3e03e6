/** What single sentences ask of the answer's form: a table of named patterns, each a row of GRAMMAR.md. */
import { inOrder, leftmost, type Pattern } from "./in-order.ts";
import { isNegated } from "./negation.ts";
import type { Form } from "./instructions.ts";

export interface Rule {
  /** The row of GRAMMAR.md. */
  readonly row: string;
  readonly says: Pattern;
  /** A sentence that it does not hold for. */
  readonly unless?: RegExp;
  /** Holds also where it is asked for under a condition, since it changes only what meets it. */
  readonly conditional?: boolean;
  /** The pattern holds its own negation, as in "no more than". */
  readonly negative?: boolean;
  effect(match: RegExpExecArray): Partial<Form> | undefined;
}

const numerals = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const count = `(\\d{1,3}|${numerals.slice(1).join("|")})`;
const words = "(?:words?|tokens?|wörtern?|mots|palabras|parole|woorden)";

export const rules: readonly Rule[] = [
  {
    row: "`YYYY-MM-DD`, `DD.MM.YYYY`, `MM/DD/YYYY`",
    says: /\b(?:YYYY|JJJJ|AAAA|DD|TT|JJ|GG|MM)([-./])(?:MM|DD|TT)\1(?:YYYY|JJJJ|AAAA|DD|TT|JJ|GG)\b|\bISO(?:[- ]?8601)?(?: date| format|\b)/i,
    conditional: true,
    effect: ([pattern]) => ({
      dates: /^iso/i.test(pattern)
        ? "YYYY-MM-DD"
        : pattern
            .toUpperCase()
            .replace(/JJJJ|AAAA/, "YYYY")
            .replace(/TT|JJ|GG/, "DD"),
    }),
  },
  {
    row: "`only the year`",
    says: /\b(?:only|just) (?:give |state |write |the )*year\b|\byear only\b|只(?:回答|给出|输出)年份|\bnur das jahr\b/iu,
    effect: () => ({ dates: "YYYY" }),
  },
  {
    row: "`only the number`, `digits only`",
    says: /\b(?:only|just) (?:the |a |give the |with (?:the|a) )?(?:single )?(?:number|digits|numeral|figure)|\bdigits only\b|\bas a (?:plain |single )?number\b|\bnumbers? only\b|\bnumeric (?:value|answer)|\b(?:answer|reply|respond) with (?:a|the) (?:single )?number\b|只(?:回答|给出|输出)数字|\bnur (?:die|mit der|mit einer) zahl\b/iu,
    unless: /\b(?:number|id) of the (?:passage|source|document|context)/i,
    effect: () => ({ shape: "number" }),
  },
  {
    row: "`in a full sentence`, `一句话`",
    says: /\b(?:full|complete|whole)(?:[ ,]+\w+)? sentences?\b|\b(?:in|with|as|write|using) (?:a|one|1|exactly one|a single)(?: \w+)? sentence\b|完整(?:的)?句子|一句话|一句話|\bganze[nm]? s(?:atz|ätzen)\b|\bphrase complète\b|\boración completa\b/iu,
    // A sentence that is quoted beside the answer, or that another field or line holds, is not the answer's form.
    unless:
      /\b(?:at most|no more than|max(?:imum)?|up to|or (?:fewer|less)|not more than)\b|\bsentences? of \S+ words\b|\b(?:quot|cop[yi]|extract|cit|repeat)\w*\b[^.]{0,80}\bsentences?\b[^.]{0,80}\b(?:then|before|and|after)\b|\b(?:first|before|then)\b[^.]{0,80}\b(?:quot|cop[yi]|extract|cit|repeat)\w*\b[^.]{0,80}\bsentences?\b|\b(?:quotes?|evidence|sources?|reason\w{0,3}|explanation|sentence|support\w{0,3})["”`]?\**\s?(?:\(|[:：=]|[-–—]\s)[^.]{0,60}\bsentences?\b/i,
    effect: () => ({ shape: "sentence" }),
  },
  {
    row: "`one word`",
    says: /\b(?:one|a single|exactly one|1)[- ]word\b|\bsingle[- ]word\b|一个词|一個詞|\bein(?:em)?(?: einzigen)? wort\b|\bun seul mot\b|\buna sola palabra\b/iu,
    unless: /\b(?:one|a single|1)[- ]word or\b|\bmore than\b|\bword for word\b|\bone word at a time\b/i,
    effect: () => ({ shape: "word" }),
  },
  {
    row: "`at most five words`",
    says: new RegExp(
      `\\b(?:at most|no more than|not more than|max(?:imum)?\\.?(?: of)?|up to|within|not exceed(?:ing)?|exceed|limit(?:ed)?(?: (?:it|yourself|your answer|the answer|answers|your reply))? to|in|höchstens|maximal|als|as few as)\\s+(?:\\d+\\s*(?:-|–|to)\\s*)?${count}\\s+${words}\\b|\\b(?:\\d+\\s*(?:-|–|to)\\s*)?${count}\\s+${words},? (?:or (?:fewer|less)|max(?:imum)?|at (?:the )?most)|≤\\s*${count}\\s+${words}|不超过\\s*${count}\\s*个?[字词]|${count}\\s*个?[字词]以内`,
      "iu",
    ),
    negative: true,
    unless: /\bsentences? of\b|\beach\b/i,
    effect: (match) =>
      wordsOf(
        match.slice(1).find((group) => group !== undefined),
        0,
      ),
  },
  {
    row: "`at most five words`",
    says: new RegExp(`\\b(?:under|fewer than|less than|below|weniger als)\\s+${count}\\s+${words}\\b`, "iu"),
    negative: true,
    effect: (match) => wordsOf(match[1], 1),
  },
  {
    row: "`a short phrase`, `only the answer`, `no explanation`",
    says: /\b(?:short|brief|concise|minimal|terse|succinct)\b|\bbriefly\b|\bconcisely\b|\bas few words as\b|\bexact (?:words?|span|phrase|text|wording)\b|\b(?:only|just|nothing but) (?:\w+ )?(?:the )?(?:answer|span|phrase|value|name|label|category)\b|\b(?:the )?answer only\b|\bverbatim\b|\bword for word\b|\b(?:no|without|omit|skip)\b[^.\n]{0,20}\b(?:explanations?|preamble|commentary|extra (?:text|words)|introduction)\b|\bdo(?: not|n['’]t) (?:explain|elaborate|add (?:anything|any))|\bnothing else\b|简短|简洁|只(?:回答|给出|输出)答案|不要解释|\b(?:kurz|knapp)\b|\bstichwort/iu,
    negative: true,
    effect: () => ({ brief: true }),
  },
  {
    row: "`lower case`, `upper case`",
    says: /\b(?:in )?(?:lower[- ]?case|small letters)\b|\bkleinbuchstaben\b|小写/iu,
    unless: /\b(?:keys?|field names?)\b/i,
    effect: () => ({ letters: "lower" }),
  },
  {
    row: "`lower case`, `upper case`",
    says: /\b(?:upper[- ]?case|all[- ]caps|capital letters|block capitals)\b|\bgroßbuchstaben\b|大写/iu,
    unless: /\b(?:keys?|field names?)\b|\bstart\b|\bbegin|\bfirst letter/i,
    effect: () => ({ letters: "upper" }),
  },
  {
    row: "`cite`, `[n]`",
    says: /\bcit(?:e|es|ed|ing|ations?)\b|\[(?:n|number|id|source|doc(?:ument)? id|passage)\]|\b(?:number|id|name|title) of the (?:passage|source|document|context)\b|\b(?:include|give|name|add|state|mention|provide|indicate|append)\b[^.]{0,20}\b(?:source|document|passage|reference)s?\b(?! (?:does|do|is|are|says))|\b(?:with|and) (?:a |its |the )?(?:source|citation|reference)s?\b(?: in|$|[.,])|引用(?:来源|來源|编号|出处)|注明(?:来源|出处|來源)|标注(?:来源|出处)|\bquelle\b/iu,
    unless:
      /\b(?:passages?|documents?|sources?) (?:are|is|comes?) (?:numbered|marked|labell?ed|given)\b|\b(?:only|exclusively)\b[^.]{0,24}\b(?:sources?|documents?|passages?)\b/i,
    effect: ({ input }) => ({
      cite: true,
      ...(/\((?:n|\d|number|id|source)\)|\b(?:parenthes[ei]s|round brackets)\b/i.test(input) ? { citeAs: "()" as const } : {}),
    }),
  },
  {
    row: "`first quote the sentence, then answer`",
    says: leftmost(
      inOrder(
        /[.\n]/,
        /\b(?:first|begin|start|before (?:you )?(?:answer\w*|giv\w*))\b/iu,
        /\b(?:quot|cop[yi]|extract|stat|giv|list|cit|repeat|write)\w*\b/iu,
        /\b(?:sentences?|passages?|evidence|text|lines?|parts?|quotes?|words)\b/iu,
      ),
      inOrder(/[.\n]/, /\bquot\w* (?:the |a )?[^.\n]{0,60}?\b(?:,? (?:and )?then|before)\b/iu, /\banswer/iu),
      /\bevidence first\b|先(?:引用|给出(?:原文|依据|证据)|摘录)|\bzitiere zuerst\b/iu,
      inOrder(/[.\n]/, /\bzuerst\b/iu, /\bzitier/iu),
    ),
    unless: /\bstep by step\b|\bfirst (?:sentence|passage|line|word)\b/i,
    effect: () => ({ evidence: true }),
  },
];

function wordsOf(text: string | undefined, less: number): Partial<Form> | undefined {
  const number = numerals.indexOf((text ?? "").toLowerCase());
  const most = (number >= 0 ? number : Number(text)) - less;
  // One word has a row of its own.
  return Number.isFinite(most) && most > 1 ? { words: most } : undefined;
}

/** What the rules find in one sentence. */
export function formIn(sentence: string): { readonly row: string; readonly effect: Partial<Form> }[] {
  const conditional = /^(?:if|when|whenever|in case|unless|where|for (?!dates|numbers|example)\w+)\b/i.test(sentence);
  return rules.flatMap(({ row, says, unless, conditional: holds, negative, effect }) => {
    const match = says.exec(sentence);
    if (match === null || (conditional && holds !== true) || unless?.test(sentence) === true) return [];
    if (negative !== true && isNegated(sentence, match.index)) return [];
    const found = effect(match);
    return found === undefined ? [] : [{ row, effect: found }];
  });
}
