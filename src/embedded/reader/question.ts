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
  /** Place of the question word, -1 where there is none, and how many tokens it spans. */
  readonly asks: number;
  readonly width: number;
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

/** What a question in a script without spaces asks for; the first pattern that it holds wins. */
const spaceless: readonly (readonly [AnswerType, RegExp])[] = [
  ["why", /为[什甚][么麼]|為[什甚][么麼]|为何|為何(?![種种人國国地時时])|为啥|原因|なぜ|どうして|理由|ทำไม|เพราะอะไร/u],
  ["year", /哪一?年|何年|几年|幾年|ปีใด|ปีไหน/u],
  [
    "when",
    /[什甚][么麼]时[候间]|[什甚][么麼]時[候間]|何时|何時|哪一?[個个]?(?:[天月日]|时[期间]|時[期間]|朝代|世[紀纪])|几[月日]|幾[月日]|いつ|เมื่อไร|เมื่อใด/u,
  ],
  [
    "place",
    /哪一?[个個座]?(?:国家|國家|城市|地区|地區|地方|省|州|县|縣|市|岛|島|国|國|洲)|[什甚][么麼]地[方区區]|哪里|哪裡|哪裏|哪儿|哪[邊边]|何处|何處|何地|在哪|どこ|ที่ไหน|ที่ใด/u,
  ],
  ["percent", /百分之/u],
  ["money", /多少[钱錢元]|いくら/u],
  ["count", /多少|几|幾|いくつ|何[人個本年]|กี่|เท่าไร|เท่าใด/u],
  ["measure", /多[長长大高远遠久深快重]|どのくらい|どれくらい/u],
  ["who", /谁|誰|何人|哪一?[位个個名]?(?:人|國人|国人)|哪一?[位名]|だれ|ใคร/u],
  ["name", /叫[什甚][么麼]|名称|名稱|名字|称为|稱為|稱之為|称之为|稱呼|名前/u],
  ["organisation", /哪一?[个個家所支]?(?:公司|组织|組織|机构|機構|大学|大學|球?[队隊])/u],
  ["which", /哪|どの|どれ|どちら|ไหน/u],
  ["how", /怎么|怎麼|怎样|怎樣|如何|どのように|อย่างไร/u],
  ["what noun", /[什甚][么麼]|何|なに|なん|อะไร|ใด/u],
];

/** The words that stand where the answer would stand. */
const spacelessAsk =
  /谁|誰|哪一?[个個位座家所名支條条種种項项類类些]?|何|[什甚][么麼]|多少|几|幾|多[長长大高远遠久深快重]|怎[么麼样樣]|だれ|なぜ|いつ|どこ|どれ|どの|なに|なん|いくつ|いくら|どちら|ใคร|อะไร|เมื่อไร|เมื่อใด|ที่ไหน|ที่ใด|ทำไม|กี่|เท่าไร|เท่าใด|ไหน|ใด|อย่างไร/u;

const questionWords = new Set(["who", "whom", "whose", "what", "which", "when", "where", "why", "how"]);
const auxiliary = /^(is|are|was|were|be|do|does|did|has|have|had|can|could|will|would|should|may|might|must)$/;

/** `answerTypes` index, place of the question word, and how many tokens it spans. */
function typeOf(text: Text): { readonly type: AnswerType; readonly asks: number; readonly width: number } {
  if (isCjk(text.text)) {
    const type = spaceless.find(([, pattern]) => pattern.test(text.text))?.[0];
    const ask = type === undefined ? null : spacelessAsk.exec(text.text);
    if (type !== undefined && ask !== null) {
      const asks = text.begin.findIndex((at) => at >= ask.index);
      const after = text.begin.findIndex((at) => at >= ask.index + ask[0].length);
      return { type, asks, width: (after < 0 ? text.words.length : after) - asks };
    }
    if (type !== undefined) return { type, asks: -1, width: 0 };
    if (/[吗嗎]|是否|ますか|ですか|หรือไม่/u.test(text.text)) return { type: "yes or no", asks: -1, width: 0 };
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
  return { text, type: answerTypes.indexOf(type), asks, width, byHash, byStem, byPrefix, pairs, total: total || 1 };
}
