/** What the instructions ask for, as far as the engine honours it: see GRAMMAR.md. */
import { findJson } from "./json-fields.ts";
import { findLabels, type Label, labelRows } from "./label-list.ts";
import { isNegated } from "./negation.ts";
import { findRefusal, type Phrase } from "./refusal-phrase.ts";
import { findParts, type Part } from "./reply-parts.ts";
import { formIn } from "./rules.ts";
import { sentencesOf } from "./sentences.ts";

export type { Label } from "./label-list.ts";

export interface Form {
  readonly json?: readonly string[] | undefined;
  /** The field of the JSON that holds the answer, where the prompt says so. */
  readonly main?: string | undefined;
  readonly shape: "span" | "word" | "sentence" | "number";
  /** A short answer is asked for in words: what examples show does not lengthen it. */
  readonly brief?: boolean | undefined;
  /** Words of the answer at the most, 2 or more. */
  readonly words?: number | undefined;
  /** How dates are written: YYYY, MM and DD in some order. */
  readonly dates?: string | undefined;
  readonly letters?: "lower" | "upper" | undefined;
  readonly cite: boolean;
  /** Round brackets instead of square ones. */
  readonly citeAs?: "()" | undefined;
  /** The sentence that holds the answer stands before it. */
  readonly evidence?: boolean | undefined;
  /** The reply's parts, where the prompt lays them out. */
  readonly parts?: readonly Part[] | undefined;
  /** In JSON, what is not known is null. */
  readonly nullWhenUnknown?: boolean | undefined;
}

/** An instruction that is honoured. */
export interface Honoured {
  /** The row of GRAMMAR.md. */
  readonly row: string;
  /** What it was read from, as it stands. */
  readonly text: string;
}

export interface Instructions {
  readonly labels: readonly Label[];
  /** The labels are meant for questions of yes or no only. */
  readonly polar?: boolean | undefined;
  /** What to say when the answer is not there, verbatim. */
  readonly refusal?: string | undefined;
  /** Nothing but the passages may answer. */
  readonly only?: boolean | undefined;
  readonly form: Form;
  readonly hyde: boolean;
  readonly honoured: readonly Honoured[];
  /** Sentences that nothing was read from. */
  readonly ignored: readonly string[];
}

const onlyRow = "`answer only from the passages`";
const onlyPassages =
  /\b(?:only|solely|exclusively|strictly|nothing but|just)\b[^.\n]{0,60}\b(?:context|passages?|documents?|docs|sources?|text|information|excerpts?|articles?|above|below|provided)\b|\b(?:context|passages?|documents?|sources?|text)\b[^.\n]{0,12}\b(?:only|alone|exclusively)\b|\b(?:do not|don['’]t|never|without|not)\b[^.\n]{0,30}\b(?:prior|outside|own|external|general|background|other) (?:knowledge|information|sources?)\b|(?:只|仅)(?:能|可)?(?:根据|依据|使用|用|参考)|(?:nur|ausschließlich)\b[^.\n]{0,40}\b(?:kontext|text|dokument\w*|quellen|passagen)\b|\buniquement\b[^.\n]{0,40}\b(?:contexte|texte|documents?)\b|\bsolo\b[^.\n]{0,40}\b(?:contexto|texto|contesto)\b/iu;

/** Reads the system message and what of the user's message is neither passage nor question nor example. */
export function readInstructions(text: string): Instructions {
  const sentences = sentencesOf(text);
  const honoured: Honoured[] = [];
  const refusal = findRefusal(sentences);
  if (refusal !== undefined) honoured.push({ row: rowOf(refusal), text: refusal.text });
  const refusing = refusal !== undefined && refusal.given !== "guess" ? refusal.text : undefined;
  const json = findJson(text, sentences, refusing);
  if (json !== undefined) honoured.push({ row: jsonRow, text: json.text });
  const labels = findLabels(text, sentences, refusal?.phrase);
  if (labels !== undefined) honoured.push({ row: labels.row, text: labels.text });
  const parts = json === undefined ? findParts(text) : undefined;
  if (parts !== undefined) honoured.push({ row: partsRow, text: parts.text });
  const main = labels?.field !== undefined && json?.fields.includes(labels.field) === true ? { main: labels.field } : {};
  let form: Form = { json: json?.fields, ...main, shape: "span", cite: false };
  for (const sentence of sentences) {
    if (sentence === refusing) continue;
    for (const { row, effect } of formIn(sentence)) {
      form = { ...form, ...effect };
      honoured.push({ row, text: sentence });
    }
  }
  if (parts !== undefined) form = { ...form, parts: parts.parts };
  if (refusal?.given === "null") form = { ...form, nullWhenUnknown: true };
  const only = sentences.find((s) => onlyPassages.test(s) && !isNegated(s, s.search(/\bonly\b/i)));
  if (only !== undefined) honoured.push({ row: onlyRow, text: only });
  const hyde = sentences.find(isHyde);
  if (hyde !== undefined) honoured.push({ row: hydeRow, text: hyde });
  return {
    labels: labels?.labels ?? [],
    polar: labels?.polar,
    refusal: refusal?.phrase,
    only: only !== undefined,
    form,
    hyde: hyde !== undefined,
    honoured,
    ignored: unread(sentences, honoured, labels?.labels ?? [], json?.fields ?? []),
  };
}

const jsonRow = '`JSON` with `fields "a" and "b"`, or an example object';
const partsRow = "`Evidence: …` and `Answer: …` as lines, or `<quote>` and `<answer>` tags";
const hydeRow = "`write a passage that answers the question`";
const refusalRows = {
  first: '`If the answer is not in the passages, say "X"`',
  last: '`Answer exactly "X" if the passages do not …`',
  so: "`If you do not know, say so`",
  guess: "`do not make up an answer`",
  null: "`set it to null if it is not there`",
  chinese: "`如果文章中没有答案，请回答“X”`",
} as const;

function rowOf({ given, text }: Phrase): string {
  if (given !== "words") return refusalRows[given];
  if (/[\u4e00-\u9fff]/u.test(text)) return refusalRows.chinese;
  return /^\W*(?:please )?(?:if|when|whenever|where|unless|otherwise|in case)\b/i.test(text) ? refusalRows.first : refusalRows.last;
}

/** Different texts that every sentence is compared with; the others must be the same. */
const mostCompared = 100;

/** The sentences that nothing was read from, neither by themselves nor as a part of something. */
function unread(
  sentences: readonly string[],
  honoured: readonly Honoured[],
  labels: readonly Label[],
  fields: readonly string[],
): string[] {
  const read = new Set(honoured.map(({ text }) => text));
  const compared = [...read].slice(0, mostCompared);
  const isPart = partOf(labels, fields);
  return sentences.filter((s) => !read.has(s) && !compared.some((text) => text.includes(s) || s.includes(text)) && !isPart(s));
}

/** Tells a line of the list of labels or fields, which was read with its list. */
function partOf(labels: readonly Label[], fields: readonly string[]): (sentence: string) => boolean {
  const explained = new Map<string, string[]>();
  for (const { name, about } of labels) {
    const known = explained.get(name);
    if (known === undefined) explained.set(name, [about]);
    else if (known.length < mostCompared) known.push(about);
  }
  const names = new Set(fields);
  const lengths = [...new Set(labels.map(({ name }) => name.length))].filter((length) => length > 0);
  return (sentence) => {
    const start = sentence.replace(/^[^\p{L}\d]+/u, "");
    const isLabel = lengths.some((length) =>
      explained.get(start.slice(0, length))?.some((about) => (about !== "" ? sentence.includes(about) : start.length <= length + 2)),
    );
    return isLabel || startsWith(names, start) || /^[{}[\]]/.test(sentence);
  };
}

/** One of the names, and then what stands between a field and what it is for. */
function startsWith(names: ReadonlySet<string>, text: string): boolean {
  const run = /^[\p{L}\d_-]{1,80}/u.exec(text)?.[0] ?? "";
  const ends = [...run.matchAll(/-|$/g)].map(({ index }) => index);
  return ends.some((end) => names.has(run.slice(0, end)) && /^[`"”'*]*\s*(?:[:：(–—-]|$)/u.test(text.slice(end)));
}

/** Asked to write a passage that would answer the question (HyDE, arXiv 2212.10496). */
export function isHyde(text: string): boolean {
  return (
    /\b(?:write|compose|generate|draft|imagine)\b[^.\n]{0,60}\b(?:passage|paragraph|document|excerpt|article|text)\b[^.\n]{0,80}\b(?:answer|answers|answering|support|refute)\b/i.test(
      text,
    ) || /写一?[段篇].{0,20}(?:回答|解答)|寫一?[段篇].{0,20}(?:回答|解答)/u.test(text)
  );
}

/** The rows of GRAMMAR.md that `honoured` may name besides those of the rules. */
export const otherRows: readonly string[] = [
  onlyRow,
  jsonRow,
  partsRow,
  hydeRow,
  ...Object.values(labelRows),
  ...Object.values(refusalRows),
];
