/** Finds what is to be checked in a message, and the words that the prompt wants for the verdicts. */
import type { VerdictName } from "./model.ts";

export interface Claim {
  readonly number: number;
  readonly text: string;
  /** One of a numbered or bulleted list, which is answered by a JSON array. */
  readonly listed: boolean;
}

/** How the prompt calls each verdict; a prompt that knows two verdicts only has no word for "not found". */
export type VerdictNames = Readonly<Partial<Record<VerdictName, string>>>;

const heading =
  /^[ \t]*(?:#{1,4}[ \t]*)?\**(?:claims?(?: to (?:check|verify))?|statements?|hypothes[ie]s|assertions?|断言|斷言|陈述|陳述|声明|聲明|说法|說法|主张|主張)\**[ \t]*[:：]\**[ \t]*\n?/imu;
const item = /^[ \t]*(?:(\d{1,9})[.)、]|[-*•])[ \t]*(\S.*)$/gmu;
const names = ["claim", "statement", "hypothesis", "assertion"];
const quotedClaim = /\b(?:claim|statement|assertion|sentence|hypothesis)\b[^"“\n.?!]{0,30}["“]([^"”\n]{8,2000})["”]/iu;
/** The paragraph below "Is the following statement true?", unless it is a heading, a tag or a fence. */
const following =
  /(?:\b(?:following|this)[ \t]+(?:claim|statement|sentence|hypothesis|assertion)\b|(?:以下|下列|下面)(?:的)?(?:说法|說法|陈述|陳述|断言|斷言|声明|聲明))[^\n]{0,400}\n(?:[ \t]*\n)*((?![ \t]*(?:[<[#"`'*]|\p{L}[\p{L} ]{0,20}[:：]))[^\n]+(?:\n[^\n]+)*)/iu;
/** Headings of what a claim is held against, beside those that passages have anyway. */
const premise =
  /^([ \t]*(?:#{1,4}[ \t]*)?\**)(?:premise|evidence|abstract|(?:source )?text|证据|證據|前提|原文|文本|短文)(\**[ \t]*[:：])/gimu;
const composes =
  /\b(?:write|compose|generate|draft|imagine)\b[^.\n]{0,60}\b(?:passage|paragraph|document|excerpt|article|text|abstract)\b[^.\n]{0,80}\b(?:answer|support|refute|counter)/iu;
const order =
  /\b(?:supports?|supported|contradict\w*|entail\w*|refute\w*|verif(?:y|ied)|fact[- ]?check\w*|faithful\w*|consistent|follows? from|true|false|claims?)\b|支持|矛盾|核查|核对|正确|正確|属实|屬實|断言/iu;

/** The claims of a message, and the message without them; `system` may say what the message leaves out. */
export function findClaims(message: string, system = ""): { readonly text: string; readonly claims: readonly Claim[] } {
  // An order to write about a claim is none to judge it.
  if (composes.test(`${system}\n${message}`)) return { text: message, claims: [] };
  const list = findList(message);
  if (list !== undefined) return list;
  const single = findSingle(message);
  if (single === undefined) return { text: message, claims: [] };
  const rest = message.replace(single.match, "\n\n").replaceAll("\r\n", "\n");
  const isClaim = /claim|断言|斷言/iu.test(single.match) || order.test(`${system}\n${rest}`);
  if (!isClaim || single.text === "") return { text: message, claims: [] };
  return { text: ordersFirst(rest.replace(premise, "$1Passage$2")), claims: [{ number: 1, text: single.text, listed: false }] };
}

/** A statement that stands where the question does, under orders to say whether the text bears it out. */
export function impliedClaim(question: string, orders: string): readonly Claim[] {
  const isStatement = question !== "" && !/[?？]\s*$/u.test(question);
  const asks = /\b(?:claims?|statements?|hypothesis|entail\w*|fact[- ]?check\w*)\b|断言|斷言|陈述|陳述|说法|說法/iu.test(orders);
  return isStatement && asks && verdictNamesOf(orders) !== undefined ? [{ number: 1, text: question, listed: false }] : [];
}

function findList(message: string): { readonly text: string; readonly claims: readonly Claim[] } | undefined {
  const at = heading.exec(message);
  if (at === null) return undefined;
  const body = message.slice(at.index + at[0].length);
  const claims: Claim[] = [];
  let end = 0;
  for (const match of body.matchAll(item)) {
    const number = match[1] === undefined ? claims.length + 1 : Number(match[1]);
    // A year at the beginning of a line numbers nothing; the thousandth claim follows the one before it.
    const counts = (match[1]?.length ?? 0) <= 3 || number === (claims.at(-1)?.number ?? 0) + 1;
    if (!counts || body.slice(end, match.index).trim() !== "") break;
    claims.push({ number, text: (match[2] ?? "").trim(), listed: true });
    end = match.index + match[0].length;
  }
  if (claims.length === 0) return undefined;
  return { text: `${message.slice(0, at.index)}\n\n${body.slice(end)}`, claims };
}

/** One claim: in a tag, under a heading up to the end of its paragraph, or in quotes after the word. */
function findSingle(message: string): { readonly match: string; readonly text: string } | undefined {
  const tag = firstTag(message);
  if (tag !== undefined) return tag;
  const at = heading.exec(message);
  if (at !== null) {
    const body = message.slice(at.index + at[0].length);
    // It ends at an empty line or where another heading begins.
    const end = body.search(/\n[ \t]*\n|\n[ \t]*(?:#{1,4}[ \t]|\**[\p{L}][\p{L} ]{1,20}\**[ \t]*[:：])|\n[ \t]*(?:<|```|""")/u);
    const text = end < 0 ? body : body.slice(0, end);
    return { match: at[0] + text, text: text.trim() };
  }
  const quoted = quotedClaim.exec(message);
  if (quoted !== null) return { match: quoted[0], text: (quoted[1] ?? "").trim() };
  const announced = following.exec(message)?.[1];
  return announced === undefined ? undefined : { match: announced, text: announced.trim() };
}

/** The first of the tags that a closing answers. */
function firstTag(message: string): { readonly match: string; readonly text: string } | undefined {
  const unclosed = new Set<string>();
  for (const { 0: opening, 1: written = "", index } of message.matchAll(new RegExp(`<(${names.join("|")})>`, "giu"))) {
    const name = written.toLowerCase();
    const rest = unclosed.has(name) ? "" : message.slice(index + opening.length);
    const closing = new RegExp(`</${name}>`, "iu").exec(rest);
    if (closing !== null) return { match: opening + rest.slice(0, closing.index) + closing[0], text: rest.slice(0, closing.index).trim() };
    unclosed.add(name);
  }
  return undefined;
}

/** Paragraphs at the end that tell what to do with the claim stand before the passages, where orders are looked for. */
function ordersFirst(text: string): string {
  const paragraphs = text.split(/\n[ \t]*\n/).filter((p) => p.trim() !== "");
  let last = paragraphs.length;
  while (last > 1 && isOrder(paragraphs[last - 1] ?? "")) last--;
  return [...paragraphs.slice(last), ...paragraphs.slice(0, last)].join("\n\n");
}

function isOrder(paragraph: string): boolean {
  const begin = paragraph.trimStart();
  // A short paragraph that names the verdicts asks for one, with or without a verb.
  return (
    (begin.length < 100 && verdictNamesOf(begin) !== undefined) ||
    /^(?:\*{0,3}(?:verdict|label|answer|output|json|结论|答案|回答)\*{0,3}[ \t]{0,9}[:：]?\*{0,3}\s*$)/iu.test(begin) ||
    (/^(?:does|do|is|are|can|please|answer|reply|respond|return|say|decide|judge|choose|classify|label|output|give|use|respond|determine|verify|check|which|根据|根據|请|請|判断|判斷|回答|只|该|該|这|這|此|以上|上述)/iu.test(
      begin,
    ) &&
      (order.test(begin) || /\bjson\b|\byes\b|是|否/iu.test(begin)))
  );
}

const open =
  "not[ _]found|not[ _-]enough[ _](?:info(?:rmation)?|evidence)|nei|not[ _]given|not[ _]mentioned|not[ _]stated|not[ _]addressed|no[ _]mention|insufficient(?:[ _](?:info(?:rmation)?|evidence))?|neutral|unverifiable|unknown|unclear|undetermined|neither|cannot (?:say|tell|be determined)|can't (?:say|tell)|maybe|未提及|未提到|没有提到|沒有提到|无法判断|無法判斷|信息不足|資訊不足|证据不足|證據不足|中立|不确定|不確定|未知";
/** Families of names: supported, contradicted, and how many characters may stand between the two. */
const families: readonly (readonly [supported: string, contradicted: string, apart: number])[] = [
  [
    "supported|supports|support",
    "not[ _-]supported|unsupported|contradicted|contradicts|contradict|contradiction|refuted|refutes|refute",
    160,
  ],
  ["entailment|entailed|entails|entail", "not[ _-]entailed|not[ _-]entailment|contradiction|contradicted|contradicts|contradict", 160],
  ["true", "false", 60],
  ["yes", "no", 12],
  ["correct", "incorrect|wrong", 60],
  ["consistent", "inconsistent|not consistent", 60],
  ["faithful", "unfaithful|not faithful|hallucinated", 60],
  ["支持", "反驳|反駁|反对|反對|矛盾|不支持", 60],
  ["正确|正確", "错误|錯誤|不正确|不正確", 30],
  ["属实|屬實", "不属实|不屬實|不实|不實", 30],
  ["真", "假", 6],
  ["对|對", "错|錯", 6],
  ["是", "否|不是", 6],
];

/** The names of the verdicts in the instructions, as they are written there: the pair of opposites that stands closest together. */
export function verdictNamesOf(text: string): VerdictNames | undefined {
  let best: { readonly gap: number; readonly yes: Named; readonly no: Named } | undefined;
  for (const [supported, contradicted, apart] of families) {
    const others = occurrences(text, contradicted);
    for (const yes of occurrences(text, supported)) {
      for (const no of near(others, yes.at, apart)) {
        const gap = no.at > yes.at ? no.at - yes.at - yes.name.length : yes.at - no.at - no.name.length;
        if (gap > 0 && gap <= apart && gap < (best?.gap ?? Infinity)) best = { gap, yes, no };
      }
    }
  }
  if (best === undefined) return undefined;
  const { yes, no } = best;
  const first = Math.min(yes.at, no.at);
  const third = occurrences(text, open)
    .filter((o) => Math.abs(o.at - yes.at) < 240 && o.at !== first)
    .sort((a, b) => Math.abs(a.at - no.at) - Math.abs(b.at - no.at))[0];
  return { supported: yes.name, contradicted: no.name, ...(third === undefined ? {} : { not_found: third.name }) };
}

interface Named {
  readonly at: number;
  readonly name: string;
}

/** Longest name of a verdict in characters. */
const longestName = 40;

/** Those of a list in the order of the text that begin at most `apart` characters, and a name, from a place. */
function near(named: readonly Named[], at: number, apart: number): readonly Named[] {
  let low = 0;
  for (let high = named.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((named[middle]?.at ?? 0) < at - apart - longestName) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while ((named[end]?.at ?? Infinity) <= at + apart + longestName) end++;
  return named.slice(low, end);
}

function occurrences(text: string, names: string): Named[] {
  const word = new RegExp(`(?<![\\p{L}\\d_-])(?:${names})(?![\\p{L}\\d_-])|(?:${/\p{Script=Han}/u.test(names) ? names : "(?!)"})`, "giu");
  return [...text.matchAll(word)]
    .filter(
      (match) =>
        !/^\p{Script=Han}/u.test(match[0]) || !/[不无無未没沒]/u.test(text[match.index - 1] ?? "") || /^[不未没沒无無]/u.test(match[0]),
    )
    .map((match) => ({ at: match.index, name: match[0] }));
}
