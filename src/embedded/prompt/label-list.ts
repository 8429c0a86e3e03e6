/** Labels that instructions allow: a list below or beside a word that announces it, quoted names, yes or no. */
import { isNegated } from "./negation.ts";
import { fieldLabelsIn } from "./field-labels.ts";
import { lastColon } from "./in-order.ts";
import { bareName, splitList } from "./name-list.ts";
import { pipedIn } from "./piped.ts";
import { quotesIn } from "./quotes.ts";
import { isConditional } from "./refusal-phrase.ts";
import { isOrder } from "./orders.ts";

export interface Label {
  /** As it must be answered. */
  readonly name: string;
  /** Words about it, where the list explains its labels; else empty. */
  readonly about: string;
}

export interface Labels {
  readonly labels: readonly Label[];
  /** The row of GRAMMAR.md. */
  readonly row: string;
  /** What they were read from. */
  readonly text: string;
  /** Only questions that can be answered by yes or no are meant. */
  readonly polar: boolean;
  /** The field of JSON that the prompt lists them for. */
  readonly field?: string | undefined;
}

export const labelRows = {
  inline: "`one of: a, b, c`, `Labels: a, b, c`",
  list: "a list with `- a` or `- a: what it means` under a line that announces it",
  quoted: '`"a", "b" or "c"` after answer, choose, classify',
  piped: '`{"label": "a\\|b\\|c"}`',
  field: '`"category" (a, b or c)`, `{"intent": "a" or "b"}`',
  polar: "`yes or no`, `yes, no or maybe`",
} as const;

const strong =
  "(?:labels?|categor(?:y|ies)|class(?:es)?|intents?|sentiments?|verdicts?|标签|標籤|类别|類別|分类|kategorien?|klassen?|étiquettes?|catégories?|etiquetas?|categorías?)";
const weak = "(?:options?|choices?|topics?|tags?|values?|types?|answers?|departments?|queues?|选项|選項)";
const choosing =
  "(?:one of|exactly one|choose (?:from|between|among)|pick (?:from|between|one)|select (?:from|one)|以下之一|之一|其中一个|eine[rsm]? der|l['’]une? des|uno de|una de)";
const allowed = "(?:allowed|possible|valid|available|permitted|following|these|supported|known|existing|mögliche|erlaubte)";
const announces = new RegExp(
  `(?:\\b|^|(?<=[\\u4e00-\\u9fff]))(?:${choosing}|${allowed}\\s+(?:\\w+\\s+)?${weak}|${strong}(?:\\s+(?:are|is|list))?|^\\W*${weak})`,
  "iu",
);

/** The labels that the instructions allow; `refusal` is none of them where it is only said of what fits none. */
export function findLabels(text: string, sentences: readonly string[], refusal: string | undefined): Labels | undefined {
  const polar = (found: readonly Label[], from: string, row: string): Labels => ({
    labels: found,
    row,
    text: from,
    polar: aboutPolarQuestions(from),
  });
  const list = listed(text);
  if (list !== undefined) return list;
  if (aboutFields.test(text) || text.includes("{"))
    for (const sentence of sentences) {
      const inField = isConditional(sentence) ? undefined : fieldLabelsIn(sentence)[0];
      if (inField !== undefined) {
        const row = sentence.includes("|") ? labelRows.piped : labelRows.field;
        return { ...polar(plainLabels(inField.names), sentence, row), field: inField.field };
      }
    }
  for (const sentence of sentences) {
    const inline = inlineLabels(sentence);
    if (inline.length >= 2) return polar(inline, sentence, sentence.includes("|") ? labelRows.piped : labelRows.inline);
  }
  for (const sentence of sentences) {
    if (isConditional(sentence) || aboutFields.test(sentence) || isNegated(sentence, sentence.search(/["“„«\x60]/u))) continue;
    const names = quotedLabels(sentence).filter((n) => n !== refusal);
    if (names.length >= 2) return polar(plainLabels(names), sentence, isYesNo(names) ? labelRows.polar : labelRows.quoted);
  }
  for (const sentence of sentences) {
    const names = yesNo(sentence);
    if (names.length >= 2) return polar(plainLabels(names), sentence, labelRows.polar);
    const plain = isNegated(sentence, sentence.search(/\b(?:with|as|either|into|by)\b/i)) ? [] : plainNames(sentence);
    if (plain.length >= 2) return polar(plainLabels(plain), sentence, labelRows.quoted);
  }
  return undefined;
}

const aboutFields = /\b(?:json|fields?|keys?|propert(?:y|ies)|tags|columns?)\b/i;

function plainLabels(names: readonly string[]): Label[] {
  return [...new Set(names)].map((name) => ({ name, about: "" }));
}

function isYesNo(names: readonly string[]): boolean {
  return names.some((n) => /^(?:yes|true|是|ja|oui|sí)$/iu.test(n));
}

/** "For yes/no questions answer yes or no" says nothing about other questions. */
function aboutPolarQuestions(sentence: string): boolean {
  return /\b(?:for|if|when)\b[^.]{0,40}\b(?:yes[/ -](?:or[ -])?no|polar|closed|boolean)\b[^.]{0,12}\bquestions?\b/i.test(sentence);
}

/** A list of lines, or lines of bare names, below a line that announces labels. */
function listed(text: string): Labels | undefined {
  const lines = text.split("\n");
  const belows = linesBelow(lines);
  // Lists that are none are not read again from each of their lines.
  let left = 8 * lines.length + 1_000;
  for (let i = 0; i < lines.length && left > 0; i++) {
    const line = (lines[i] ?? "").replace(/^\s*#{1,6}\s*/, "# ");
    if (line.length > 240 || line.trim() === "") continue;
    const below = belows[i] ?? "";
    const plain = /[\p{L}\d]\s*$/u.test(line) && line.length <= 120 && /^\s*(?:[-*•–]|\d{1,3}[.)])\s/u.test(below);
    const heading = plain || /^# |^\s*\*\*[^*]+\*\*\s*$/u.test(line) || lastColon(line) >= 0;
    if (!heading || !announces.test(line.replace(/^# /, "")) || line.length > 240 || aboutFields.test(line)) continue;
    const named = /^\W*(?:labels|categories|classes|intents|options)\W*$/i.test(line) && below.includes(",") ? splitList(below) : [];
    if (named.length >= 2 && named.every((name) => name.split(/\s+/).length <= 6))
      return { labels: plainLabels(named), row: labelRows.inline, text: below.trim(), polar: false };
    const items: string[] = [];
    let marked: boolean | undefined;
    for (let j = i + 1; j < lines.length; j++, left--) {
      const at = lines[j] ?? "";
      if (at.trim() === "" && items.length === 0) continue;
      const bullet = /^(?:[-*•–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+(.+)$/su.exec(at.trim())?.[1];
      const bare = /^\s*["“`]?[\p{L}\d][\p{L}\d _/&.-]{0,40}["”`]?(?:\s*[:：–=-]\s.*)?[,;]?\s*$/su.test(at)
        ? at.trim().replace(/[,;]$/u, "")
        : undefined;
      const item = marked === false ? bare : (bullet ?? (marked === undefined ? bare : undefined));
      if (item === undefined) break;
      marked = bullet !== undefined;
      items.push(item);
    }
    const found = items.map(labelOf);
    const fits =
      found.length >= 2 &&
      found.every(
        ({ name, about }) => name !== "" && name.length <= 80 && name.split(/\s+/).length <= 8 && !(about === "" && isSentence(name)),
      );
    // Lines without a list mark are labels only where their heading says nothing else.
    if (fits && (marked === true || /^\W*(?:\w+ ){0,2}\w+\W*$/u.test(line) || new RegExp(choosing, "iu").test(line)))
      return {
        labels: found,
        row: labelRows.list,
        text: [line.replace(/^# /, "").trim(), ...items.slice(0, 3)].join(" · ") + (items.length > 3 ? " · …" : ""),
        polar: false,
      };
  }
  return undefined;
}

/** For each line the next one that is not blank. */
function linesBelow(lines: readonly string[]): string[] {
  let next = "";
  const found = lines.toReversed().map((line) => {
    const below = next;
    if (line.trim() !== "") next = line;
    return below;
  });
  return found.reverse();
}

function isSentence(name: string): boolean {
  return isOrder(name) && name.split(/\s+/).length > 2;
}

/** Characters of an item that may still be a label and what it means. */
const longestItem = 600;

function labelOf(listed: string): Label {
  const item = listed.replace(/\s{2,}/gu, " ");
  // The patterns below take quadratic time, and no label is that long.
  if (item.length > longestItem) return { name: bareName(item), about: "" };
  const divided = /^[`"“*]{0,2}(.+?)[`"”*]{0,2}\s*(?::|：|\s[-–—]\s|\s*(?:->|=>|→)\s*|\s=\s)\s*(.+)$/su.exec(item);
  const about = /^[`"“*]{0,2}([^()]+?)[`"”*]{0,2}\s+\(([^()]{4,})\)$/u.exec(item);
  const found = divided ?? about;
  return found === null
    ? { name: bareName(item.replace(/[,;.]$/u, "")), about: "" }
    : { name: bareName(found[1] ?? ""), about: found[2] ?? "" };
}

/** After a colon or in brackets, where the words before announce labels. */
function inlineLabels(sentence: string): Label[] {
  const colon = /^([^:：]{0,160}?)[:：]\s*(.+)$/su.exec(sentence);
  const brackets = /^([^([{（]{0,160})[([{（]([^()[\]{}]+)[)\]}）]/su.exec(sentence);
  for (const match of [colon, brackets]) {
    const [, before = "", list = ""] = match ?? [];
    if (
      match === null ||
      !/[,|/、，\n;]/u.test(list) ||
      !announces.test(before) ||
      /[{"]/.test(before) ||
      aboutFields.test(before) ||
      /^\s*\{/.test(list)
    )
      continue;
    const names = splitList(list);
    if (names.length >= 2 && names.every((n) => n.split(/\s+/).length <= 6)) return plainLabels(names);
  }
  const piped = pipedIn(sentence);
  if (piped !== undefined) return plainLabels(splitList(piped.join(",")));
  const after = new RegExp(
    `\\b(?:one of|as|into|among|between|from)\\s+(?:the\\s+)?(?:(?:following|these)\\s+)?(?:\\w+\\s+)?(?:labels|categories|classes|intents|options)\\s*[:,]?\\s+((?:[\\w-]+,\\s*)+(?:(?:and|or)\\s+)?[\\w-]+)`,
    "iu",
  ).exec(sentence)?.[1];
  return after === undefined ? [] : plainLabels(splitList(after));
}

const verbs =
  "(?:answer|reply|respond|say|output|return|write|choose|classify|label|pick|select|use|give|antworte|réponds|responde|回答|输出)";

/** Two quoted names or more, joined by "or", commas or slashes right after a word for answering. */
function quotedLabels(sentence: string): string[] {
  const one = "[\"“„«「`'][^\"“”„«»「」`'\\n]{1,60}[\"”“»」`']";
  const join = "\\s*(?:,|;|/|、|，|\\||\\bor\\b|\\boder\\b|\\bou\\b|或者?|\\band\\b|,\\s*(?:or|and)\\b)\\s*";
  const pattern = new RegExp(
    `(?:${verbs}(?:\\s+\\p{L}+(?:['’]\\p{L}*)?){0,9}?[\\s:：]*|^|\\b(?:one of|either|as|into|are|is|is (?:it|this|that)|from|between)\\s*:?\\s*)(${one}(?:${join}${one})+)`,
    "iu",
  );
  const match = pattern.exec(sentence);
  if (
    match === null ||
    /\b(?:questions?|about|such as|like|called|named|between quotes|mention)\b[^"“„«「`']{0,20}$/i.test(
      sentence.slice(0, match.index + match[0].length - (match[1] ?? "").length),
    )
  )
    return [];
  return quotesIn(match[1] ?? "");
}

const notALabel =
  /^(?:an?|the|words?|phrases?|sentences?|numbers?|dates?|names?|digits?|json|text|quotes?|spans?|briefly|short|fully|less|fewer|more|bullets?|lists?|paragraphs?|explanations?|markdown|html|it|so|not|none)$/i;

/** `answer with a, b or c`, each a single word. */
function plainNames(sentence: string): string[] {
  if (isConditional(sentence)) return [];
  const list = new RegExp(
    `(?:\\b${verbs}\\b[^.\\n]{0,40}?(?:with|as|by|into|either|one of)\\s+(?:only\\s+|either\\s+|exactly\\s+)?|\\beither\\s+|\\bone of\\s+)((?:[\\w\\-]+,\\s+)*[\\w\\-]+,?\\s+or\\s+[\\w\\-]+)\\s*(?:[.,;(\\n]|only|$)`,
    "iu",
  ).exec(sentence)?.[1];
  const names = list === undefined ? [] : splitList(list);
  return names.some((n) => notALabel.test(n)) ? [] : names;
}

function yesNo(sentence: string): string[] {
  const match = /\b(yes|true)\s*(?:\/|or|,)\s*(no|false)(?:\s*(?:\/|or|,\s*or|,)\s*(maybe|unknown|unclear|unsure|cannot tell))?\b/i.exec(
    sentence,
  );
  const answering = new RegExp(`${verbs}|\\bonly\\b|\\beither\\b|:`, "iu");
  if (
    match !== null &&
    answering.test(sentence) &&
    !/\b(?:not|never|n['’]t|more than|other than)\b[^.,;]{0,30}$/i.test(sentence.slice(0, match.index))
  )
    return [match[1], match[2], match[3]].flatMap((name) => (name === undefined ? [] : [name]));
  const others =
    /(?:回答|输出|只能?答)[“「"]?(是)[”」"]?[或、/][“「"]?(否|不是|不)/u.exec(sentence) ??
    /\b(ja)\s+oder\s+(nein)\b/i.exec(sentence) ??
    /(?<!\p{L})(oui)\s+ou\s+(non)\b/iu.exec(sentence) ??
    /(?<!\p{L})(sí)\s+o\s+(no)\b/iu.exec(sentence);
  return others === null ? [] : [others[1] ?? "", others[2] ?? ""];
}
