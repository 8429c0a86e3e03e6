/** What the instructions ask for, as far as the engine honours it: see GRAMMAR.md. */
import { isCjk } from "../text/shapes.ts";

export interface Label {
  /** As it must be answered. */
  readonly name: string;
  /** Words about it, where the list explains its labels; else empty. */
  readonly about: string;
}

export interface Form {
  readonly json?: readonly string[] | undefined;
  readonly shape: "span" | "word" | "sentence" | "number" | "date";
  readonly letters?: "lower" | "upper" | undefined;
  readonly cite: boolean;
}

export interface Instructions {
  readonly labels: readonly Label[];
  /** What to say when the answer is not there, verbatim. */
  readonly refusal?: string | undefined;
  readonly form: Form;
  readonly hyde: boolean;
}

const open = "[\"“'‘`「『]";
const close = "[\"”'’`」』]";
const verb = "(?:say|answer|reply|respond|write|output|return|state|print|use|give|choose)";
const filler = "(?:\\s+(?:exactly|only|with|just|simply|back|the (?:words?|phrase|text|label|string)|that|this))*";
const quoted = `${open}([^"“”\`「」『』\\n]{1,160}?)${close}(?![\\p{L}\\d])`;
const absence =
  /\b(?:not|n't|no|none|nothing|cannot|unless|otherwise|missing|unknown|unsure|uncertain|absent|without|lacks?|fails? to|unanswerable|isn't|doesn't|don't|can't|insufficient)\b|n't\b/i;
const chineseAbsence = /没有|沒有|不在|无法|無法|找不到|不知道|否则|否則|未提|不能/u;

/** Reads the system message and what of the user's message is neither passage nor question. */
export function readInstructions(text: string): Instructions {
  const refusal = findRefusal(text);
  return { labels: findLabels(text, refusal), refusal, form: findForm(text), hyde: isHyde(text) };
}

/** "If the answer is not in the passages, say X", in either order, quoted or not, and in Chinese. */
function findRefusal(text: string): string | undefined {
  const say = new RegExp(`\\b${verb}${filler}\\s*[:,]?\\s*${quoted}`, "giu");
  const bare = new RegExp(`\\b${verb}${filler}\\s*:?\\s+([^\\n.;"“\`]{2,80}?)\\s*(?:[.;\\n]|$)`, "iu");
  for (const sentence of sentencesOf(text)) {
    const asks = conditions(sentence);
    if (!asks) continue;
    const match = [...sentence.matchAll(say)].at(-1);
    if (match?.[1] !== undefined) return match[1].trim();
    const chinese =
      /(?:回答|答|说|說|回复|回覆|输出|輸出|写|寫)(?:道|出)?\s*[:：]?\s*(?:["“「『'`]([^"”」』'`\n]+)["”」』'`]|([^，。；\s"“「]{2,20}))/u.exec(
        sentence,
      );
    if (isCjk(sentence) && chinese !== null) return (chinese[1] ?? chinese[2] ?? "").trim();
    if (/\bsay so\b/i.test(sentence)) return "I don't know";
    const clause = /^(?:if|when|where|unless|otherwise)\b[^,:]*[,:]?\s*(?:then\s+|please\s+|you (?:must|should)\s+)?(.*)$/i.exec(
      sentence.trim(),
    )?.[1];
    const plain = clause === undefined ? null : bare.exec(clause);
    if (plain?.[1] !== undefined && !/^(?:the|a|an|from|in|using|as|with|one)\b/i.test(plain[1])) return plain[1].trim();
  }
  return undefined;
}

/** The sentence makes its order depend on something not being there. */
function conditions(sentence: string): boolean {
  const outside = sentence.replace(new RegExp(quoted, "gu"), " ");
  if (/(?:如果|若|假如|当|當|否则|否則|文中)/u.test(outside) && chineseAbsence.test(outside)) return true;
  return /\b(?:if|when|where|unless|otherwise|in case|whenever|for questions)\b/i.test(outside) && absence.test(outside);
}

/** Splits at ends of sentences and at line breaks, but not inside quotes. */
function sentencesOf(text: string): string[] {
  const out: string[] = [];
  let from = 0;
  let inside = "";
  const pairs: Readonly<Record<string, string>> = { '"': '"', "“": "”", "`": "`", "「": "」", "『": "』" };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (inside !== "") {
      if (c === inside || c === "\n") inside = "";
    } else if (pairs[c] !== undefined) inside = pairs[c] ?? "";
    const ends =
      inside === "" &&
      (c === "\n" ||
        "。；".includes(c) ||
        (".;".includes(c) && /\s|$/.test(text[i + 1] ?? "")) ||
        (/["”`]/.test(c) && /[.。]/.test(text[i - 1] ?? "") && /\s/.test(text[i + 1] ?? " ")));
    if (!ends) continue;
    out.push(text.slice(from, i + 1));
    from = i + 1;
  }
  out.push(text.slice(from));
  return out.map((s) => s.trim()).filter((s) => s !== "");
}

const labelNoun =
  "(?:labels?|categor(?:y|ies)|class(?:es)?|intents?|options?|choices?|topics?|tags?|verdicts?|values?|标签|標籤|类别|類別|选项|選項)";

/** Labels from a bulleted or inline list after a word that announces it, from quotes, or from "yes or no". */
function findLabels(text: string, refusal?: string): Label[] {
  const bulleted = bulletedLabels(text);
  if (bulleted.length >= 2) return bulleted;
  const inline = new RegExp(
    `(?:one of|exactly one|${labelNoun}(?: are| is)?|choose (?:from|between)|pick (?:from|between)|以下之一|之一)[^:：\\n.]{0,60}[:：][ \\t]*([^\\n]+(?:\\n(?!\\s*\\n)[^\\n:]+,[^\\n]*)*)`,
    "iu",
  ).exec(text)?.[1];
  if (inline !== undefined) {
    const labels = splitList(inline);
    if (labels.length >= 2) return labels.map((name) => ({ name, about: "" }));
  }
  for (const sentence of sentencesOf(text)) {
    const names = [...sentence.matchAll(new RegExp(quoted, "gu"))].map((m) => (m[1] ?? "").trim());
    if (
      names.length >= 2 &&
      !conditions(sentence) &&
      !/\b(?:json|fields?|keys?|propert(?:y|ies))\b/i.test(sentence) &&
      new RegExp(`\\b(?:one of|either|or|${verb}|classify|label)\\b|、|或`, "iu").test(sentence)
    ) {
      return names.filter((n) => n !== refusal).map((name) => ({ name, about: "" }));
    }
  }
  const plain = new RegExp(
    `(?:\\b(?:${verb}|classify|label)\\b[^.\\n]{0,40}?(?:with|as|by|either|one of)\\s+|\\beither\\s+|\\bone of\\s+)((?:[\\w\\-]+,\\s+)*[\\w\\-]+,?\\s+or\\s+[\\w\\-]+)\\s*(?:[.,;(\\n]|only|$)`,
    "iu",
  ).exec(text)?.[1];
  if (plain !== undefined) return splitList(plain).map((name) => ({ name, about: "" }));
  const yesNo = /\b(yes)\s*(?:\/|or|,)\s*(no)(?:\s*(?:\/|or|,\s*or|,)\s*(maybe|unknown|unclear))?\b/i.exec(text);
  if (yesNo !== null) return [yesNo[1], yesNo[2], yesNo[3]].flatMap((name) => (name === undefined ? [] : [{ name, about: "" }]));
  if (/回答[“「"]?是[”」"]?或[“「"]?[否不]/u.test(text)) return ["是", "否"].map((name) => ({ name, about: "" }));
  return [];
}

function bulletedLabels(text: string): Label[] {
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (!new RegExp(`(?:${labelNoun}|one of|exactly one|classify)[^\\n]*[:：]?\\**\\s*$`, "iu").test(lines[i] ?? "")) continue;
    const found: Label[] = [];
    for (let j = i + 1; j < lines.length; j++) {
      const line = lines[j] ?? "";
      if (line.trim() === "" && found.length === 0) continue;
      const item = /^\s*(?:[-*•]|\d{1,3}[.)])\s+(.+?)\s*$/.exec(line)?.[1];
      if (item === undefined) break;
      found.push(labelOf(item));
    }
    if (found.length >= 2) return found;
  }
  return [];
}

function labelOf(item: string): Label {
  const divided = /^[`"“*]{0,2}(.+?)[`"”*]{0,2}\s*(?::|：|\s[-–—]\s)\s*(.+)$/u.exec(item);
  return divided === null ? { name: strip(item), about: "" } : { name: strip(divided[1] ?? ""), about: divided[2] ?? "" };
}

function splitList(list: string): string[] {
  const body = list.replace(/[.。]\s*$/u, "").replace(/[.。]\s.*$/u, "");
  const parts = body
    .split(/\s*(?:[,;|、，；]|\s\/\s|(?<=\w)\/(?=\w))\s*/u)
    .flatMap((part, i, all) => (i === all.length - 1 || all.length === 1 ? part.split(/\s+or\s+|\s*或者?\s*/u) : [part]));
  return parts.map((part) => strip(part.replace(/^(?:or|and)\s+/i, ""))).filter((part) => part !== "" && part.length <= 80);
}

function strip(text: string): string {
  return text
    .trim()
    .replace(/^[`"“'「*[]+|[`"”'」*\]]+$/gu, "")
    .trim();
}

function findForm(text: string): Form {
  const json = /\bjson\b/i.test(text) ? jsonFields(text) : undefined;
  const letters = /\b(?:in )?(?:lower[- ]?case|small letters)\b/i.test(text)
    ? "lower"
    : /\b(?:upper[- ]?case|all caps|capital letters)\b/i.test(text)
      ? "upper"
      : undefined;
  const cite =
    /\bcite\b|\bcitations?\b|\[n\]|(?:number|id) of the (?:passage|source|document)|引用(?:来源|來源)|注明(?:来源|出处)/iu.test(text) &&
    !/\b(?:do not|don't|never|without) (?:cite|citations?)/i.test(text);
  return { json, shape: findShape(text), letters, cite };
}

function findShape(text: string): Form["shape"] {
  if (/\bYYYY-MM-DD\b|\bISO(?:[- ]8601)? (?:date|format)/i.test(text)) return "date";
  if (
    /\b(?:only|just) (?:the |a )?(?:number|digits|numeral)|\bdigits only\b|\bas a (?:plain )?number\b|\bnumber only\b|只(?:回答|给出|输出)数字/iu.test(
      text,
    )
  )
    return "number";
  if (
    /\b(?:full|complete|whole) sentences?\b|\bin (?:a|one|1) sentence\b|完整(?:的)?句子|一句话|一句話/iu.test(text) &&
    !/\b(?:not|no|without|never) (?:in )?(?:a |any )?(?:full|complete|whole) sentences?/i.test(text)
  )
    return "sentence";
  if (/\b(?:one|a single|exactly one) word\b|\bsingle[- ]word\b|一个词|一個詞/iu.test(text)) return "word";
  return "span";
}

/** Names of the fields that a JSON answer is to have; empty when JSON is asked for without naming any. */
function jsonFields(text: string): string[] {
  const example = /\{[^{}]*?"[\w-]+"\s*:[^{}]*\}/.exec(text)?.[0];
  if (example !== undefined) return [...example.matchAll(/"([\w-]+)"\s*:/g)].map((m) => m[1] ?? "");
  const named =
    /\b(?:fields?|keys?|properties|attributes)\b\s*(?:named|called|are|:)?\s*:?\s*((?:[`"“']?[\w-]+[`"”']?(?:\s*\([^)]*\))?(?:\s*,\s*(?:and\s+)?|\s+and\s+)?)+)/i.exec(
      text,
    )?.[1];
  if (named !== undefined) {
    const quotedNames = [...named.matchAll(/[`"“']([\w-]+)[`"”']/g)].map((m) => m[1] ?? "");
    if (quotedNames.length > 0) return quotedNames;
    return named
      .replace(/\([^)]*\)/g, "")
      .split(/\s*,\s*(?:and\s+)?|\s+and\s+/)
      .map(strip)
      .filter((n) => /^[\w-]+$/.test(n));
  }
  const single = /[`"“']([\w-]+)[`"”']\s+(?:field|key|property)/i.exec(text)?.[1];
  return single === undefined ? [] : [single];
}

/** Asked to write a passage that would answer the question (HyDE, arXiv 2212.10496). */
function isHyde(text: string): boolean {
  return (
    /\b(?:write|compose|generate|draft|imagine)\b[^.\n]{0,60}\b(?:passage|paragraph|document|excerpt|article|text)\b[^.\n]{0,80}\b(?:answer|answers|answering)\b/i.test(
      text,
    ) || /写一?[段篇].{0,20}(?:回答|解答)|寫一?[段篇].{0,20}(?:回答|解答)/u.test(text)
  );
}
