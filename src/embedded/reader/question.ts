/** What a question asks for: its answer type and its content terms. */
import { isCjk, shape } from "../text/shapes.ts";
import { mix } from "../text/hash.ts";
import type { Text, Word } from "../text/text.ts";

/** Kinds of answer; the order is the order of the weights. */
export const answerTypes = [
  "other",
  "who",
  "what noun",
  "what is",
  "what does",
  "which",
  "when",
  "year",
  "date",
  "where",
  "place",
  "why",
  "how",
  "count",
  "money",
  "measure",
  "percent",
  "person",
  "name",
  "organisation",
  "kind",
  "yes or no",
] as const;
export type AnswerType = (typeof answerTypes)[number];

export interface Term {
  /** Place of the term among the question's tokens. */
  readonly at: number;
  readonly idf: number;
}

export interface Question {
  readonly text: Text;
  /** Index into `answerTypes`. */
  readonly type: number;
  /** Place of the question word, -1 where there is none. */
  readonly asks: number;
  readonly byHash: ReadonlyMap<number, Term>;
  readonly byStem: ReadonlyMap<number, Term>;
  readonly byPrefix: ReadonlyMap<number, Term>;
  /** Pairs of neighbouring CJK characters, by `mix` of their hashes, at the place of the first. */
  readonly pairs: ReadonlyMap<number, number>;
  /** Sum of the idf of all terms; never 0. */
  readonly total: number;
}

const nouns: readonly (readonly [AnswerType, RegExp])[] = [
  ["year", /^years?$/],
  ["date", /^(dates?|days?|months?|weekday|deadline|time|season)$/],
  [
    "place",
    /^(city|cities|countr(y|ies)|states?|towns?|places?|locations?|continents?|regions?|rivers?|street|island|county|province|area|village|address)$/,
  ],
  ["percent", /^(percent|percentage|proportion|share|fraction|rate)$/],
  ["count", /^(number|amount|population|quantity|size|count|limit|maximum|minimum|version)$/],
  ["money", /^(price|cost|fee|salary|budget|charge|value|revenue)$/],
  ["measure", /^(length|height|distance|duration|speed|temperature|age|weight|depth|width|period|frequency)$/],
  [
    "person",
    /^(person|people|man|woman|president|king|queen|author|writer|actor|actress|singer|artist|scientist|leader|emperor|pope|director|player|philosopher|architect|engineer|general|minister)$/,
  ],
  ["name", /^(names?|title|term|word|nickname|phrase)$/],
  [
    "organisation",
    /^(compan(y|ies)|organi[sz]ations?|teams?|universit(y|ies)|schools?|colleges?|group|agency|band|party|network|institution|department)$/,
  ],
  ["kind", /^(kinds?|types?|sorts?|languages?|nationalit(y|ies)|religions?|colou?rs?|style|genre|form)$/],
];

const chinese: readonly (readonly [AnswerType, RegExp])[] = [
  ["why", /为什么|為什麼|为何|為何|为啥|原因/u],
  ["year", /哪一?年|何年|几年|幾年/u],
  ["when", /什么时候|什麼時候|何时|何時|哪一?[天月日]|几[月日]|幾[月日]/u],
  ["place", /哪一?[个個座]?(?:国家|國家|城市|地区|地區|地方|省|州|县|縣|市|岛|島|国|國)|哪里|哪裡|哪裏|哪儿|何处|何處|何地|在哪/u],
  ["percent", /百分之/u],
  ["money", /多少[钱錢元]/u],
  ["count", /多少|几|幾/u],
  ["measure", /多[长長大高远遠久深快]/u],
  ["who", /谁|誰|何人|哪一?[位个個]?人|哪一?位/u],
  ["name", /叫什么|叫什麼|名称|名稱|名字|称为|稱為/u],
  ["organisation", /哪一?[个個家所]?(?:公司|组织|組織|机构|機構|大学|大學|球[队隊])/u],
  ["which", /哪/u],
  ["how", /怎么|怎麼|怎样|怎樣|如何/u],
  ["what noun", /什么|什麼|甚麼|何/u],
];

const questionWords = new Set(["who", "whom", "whose", "what", "which", "when", "where", "why", "how"]);
const auxiliary = /^(is|are|was|were|be|do|does|did|has|have|had|can|could|will|would|should|may|might|must)$/;

/** `answerTypes` index, place of the question word, and how many tokens it spans. */
function typeOf(text: Text): { readonly type: AnswerType; readonly asks: number; readonly width: number } {
  if (isCjk(text.text)) {
    for (const [type, pattern] of chinese) {
      const match = pattern.exec(text.text);
      if (match === null) continue;
      const asks = text.begin.findIndex((at) => at >= match.index);
      const after = text.begin.findIndex((at) => at >= match.index + match[0].length);
      return { type, asks, width: (after < 0 ? text.words.length : after) - asks };
    }
    if (/[吗嗎]|是否/u.test(text.text)) return { type: "yes or no", asks: -1, width: 0 };
  }
  const words = text.words;
  const asks = words.findIndex((w) => questionWords.has(w.lower));
  if (asks < 0) return { type: auxiliary.test(words[0]?.lower ?? "") ? "yes or no" : (nounType(words) ?? "other"), asks, width: 0 };
  return { type: englishType(words, asks), asks, width: 1 };
}

function englishType(words: readonly Word[], asks: number): AnswerType {
  const asked = words[asks]?.lower ?? "";
  const rest = words.slice(asks + 1);
  const next = rest[0]?.lower ?? "";
  if (asked === "who" || asked === "whom" || asked === "whose") return "who";
  if (asked === "when") return "when";
  if (asked === "where") return "where";
  if (asked === "why") return "why";
  if (asked === "how") {
    if (next === "many") return "count";
    if (next === "much") return /^(time|longer)$/.test(rest[1]?.lower ?? "") ? "measure" : "money";
    return /^(long|old|often|far|tall|large|big|high|fast|deep|wide|close|soon|late|early|quickly|frequently|heavy)$/.test(next)
      ? "measure"
      : "how";
  }
  const copula = /^(is|are|was|were|'s)$/.test(next);
  const noun = nounType(copula ? rest.slice(1, 4) : rest.slice(0, 4));
  if (noun !== undefined) return noun;
  if (asked === "which") return "which";
  if (copula) return "what is";
  return auxiliary.test(next) ? "what does" : "what noun";
}

/** The answer type that a noun among these words names, the first one wins. */
function nounType(words: readonly Word[]): AnswerType | undefined {
  for (const word of words) {
    if (auxiliary.test(word.lower) || /^(of|in|did)$/.test(word.lower)) return undefined;
    for (const [type, pattern] of nouns) if (pattern.test(word.lower)) return type;
  }
  return undefined;
}

/** Understands a question that was read by the lexicon. */
export function analyse(text: Text): Question {
  const { type, asks, width } = typeOf(text);
  const byHash = new Map<number, Term>();
  const byStem = new Map<number, Term>();
  const byPrefix = new Map<number, Term>();
  const pairs = new Map<number, number>();
  let total = 0;
  text.words.forEach((word, at) => {
    if (word.stop || (asks >= 0 && at >= asks && at < asks + width)) return;
    const term: Term = { at, idf: word.idf };
    total += word.idf;
    if (!byHash.has(word.hash)) byHash.set(word.hash, term);
    if (!byStem.has(word.stemHash)) byStem.set(word.stemHash, term);
    if (word.prefixHash !== 0 && !byPrefix.has(word.prefixHash)) byPrefix.set(word.prefixHash, term);
    const next = text.words[at + 1];
    if (word.shape === shape.cjk && next?.shape === shape.cjk && at + 1 !== asks) pairs.set(mix(word.hash, next.hash), at);
  });
  return { text, type: answerTypes.indexOf(type), asks, byHash, byStem, byPrefix, pairs, total: total || 1 };
}
