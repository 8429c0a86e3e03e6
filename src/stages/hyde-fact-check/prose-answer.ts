/** The sentences of an answer in prose or Markdown that state something: pure. */
import { sentencesIn } from "../../knowledge/chunkers/sentences.ts";
import { REFUSALS } from "../../scorers/refusals.ts";
import type { Statement } from "./answer.ts";

/** A run of lines that sentences are looked for in. */
interface Block {
  readonly start: number;
  readonly end: number;
  readonly kind: "text" | "item" | "row";
}

/**
 * Sentences that can be checked, in order. Questions, courtesies, words that announce a list, headings, code and what says that the
 * documents do not say are left alone, and so are hedged sentences, unless there are no others. The core is the sentence after "Answer:",
 * else the first one of the text; of an answer that is nothing but a list, all of it.
 */
export function proseStatements(answer: string): readonly Statement[] {
  const found = blocksOf(answer).flatMap(({ start, end, kind }) =>
    spansOf(answer, start, end, kind).flatMap((span) => {
      const raw = answer.slice(span.start, span.end);
      const label = LABEL.exec(raw)?.[0].length ?? 0;
      const text = cleaned(raw, kind);
      return /[\p{L}\p{N}]/u.test(text) && !isAside(text) && !isLead(raw)
        ? [{ start: span.start + label, end: span.end, kind, text, raw }]
        : [];
    }),
  );
  const plain = found.filter(({ text }) => !HEDGE.test(text));
  const kept = plain.length > 0 ? plain : found;
  const labelled = kept.find(({ raw }) => LABEL.test(raw));
  const core = labelled ?? kept.find(({ kind }) => kind === "text");
  return kept.map((one): Statement => {
    const { start, end, text, raw } = one;
    return { start, end, text, value: text, cites: citationsIn(raw), core: core === undefined || core === one };
  });
}

/** Whether a sentence states nothing that documents could bear out: a question, a courtesy, or that something is not known. */
export function isAside(text: string): boolean {
  const said = text
    .normalize("NFKC")
    .replace(/[‘’ʼ′]/gu, "'")
    .replace(/^[\s>*_#"“”«»„-]+/u, "")
    .replace(/\s+/gu, " ")
    .toLowerCase();
  if (/[?？][)"'”»*_\s]*$/u.test(said)) return true;
  return COURTESY.test(said) || UNKNOWN.test(said) || Object.values(REFUSALS).some((pattern) => pattern.test(said));
}

const COURTESY =
  /^(?:(?:i )?(?:really )?hope (?:this|that|it)\b|(?:please )?(?:let me|let us) know\b|feel free\b|if you (?:have|need) (?:any )?(?:more|further|other)\b|希望(?:这|對|对)|如有(?:更多|其他|疑问|需要)|(?:sure|certainly|of course|great question|thank you|thanks|hello|hi|hey|dear \S+|you're welcome|gern(?:e)?|bitte sehr|你好|谢谢)[^\p{L}]*$)/u;
/** That one does not know, or that the documents do not say. */
const UNKNOWN =
  /^(?:(?:i'm|i am) (?:not (?:\w+ )?(?:sure|certain)|unsure)|(?:i|we) (?:do not|don't|cannot|can't|could not|couldn't) (?:\w+ )?(?:know|tell|say|find|determine|answer)|(?:it is |it's )?(?:unknown|not known|unclear|not (?:stated|given|mentioned|specified|in the))\b|not found\b|no (?:answer|information)\b|(?:ich )?wei(?:ß|ss)(?: ich)? (?:es )?nicht|(?:我)?不(?:知道|清楚|确定)|无法(?:回答|确定)|(?:文中|文档|文章|资料|段落)?(?:中)?(?:未|没有|沒有)(?:提及|提到|说明|給出|给出))|\b(?:passages?|documents?|context|sources?|excerpts?|provided (?:text|information|material)s?)\b[^.]{0,40}\b(?:do(?:es)? not|don't|doesn't|did not|cannot|no|not|nor|lacks?)\b[^.]{0,40}\b(?:say|state|mention|contain|hold|include|answer|provide|specify|give|cover|information|details?|stated|mentioned|given|specified|found)\b|(?:文档|文件|文章|资料|段落|上下文)[^。]{0,12}(?:没有|未|无|沒有)/u;
const HEDGE =
  /^(?:i (?:think|believe|guess|suppose|assume|would say)|(?:it )?(?:seems|appears)\b|perhaps\b|maybe\b|possibly\b|probably\b|presumably\b|it is (?:possible|likely)|it's (?:possible|likely)|(?:ich )?(?:glaube|denke|vermute)\b|vielleicht\b|vermutlich\b|wahrscheinlich\b|我(?:认为|觉得|猜)|也许|可能|大概|或许)/iu;
/** The label before what is the answer. */
const LABEL = /^[\s*_>#-]*(?:(?:final |short )?answer|conclusion|antwort|réponse|respuesta|答案|结论|回答)[*_]*\s*[:：][*_]*\s*/iu;

function isLead(raw: string): boolean {
  return /[:：][*_]*\s*$/u.test(raw);
}

const CITATION = /(?<!\s)\s*(?:[[【]\^?\s*\d{1,3}(?:\s*[,;–-]\s*\^?\d{1,3})*\s*[\]】])/gu;

function citationsIn(raw: string): readonly number[] {
  return [...raw.matchAll(CITATION)].flatMap(([mark]) => (mark.match(/\d+/gu) ?? []).map(Number));
}

/** Without citations, marks of emphasis and code, a label before it, and line breaks; the cells of a row with commas between them. */
function cleaned(raw: string, kind: Block["kind"]): string {
  const bare = raw
    .replace(CITATION, "")
    .replace(LABEL, "")
    .replace(/(\*\*|__|`+|(?<![\p{L}\p{N}])[*_]|[*_](?![\p{L}\p{N}]))/gu, "");
  const text =
    kind === "row"
      ? bare
          .split("|")
          .flatMap((cell) => (cell.trim() === "" ? [] : [cell.trim()]))
          .join(", ")
      : bare;
  return text.replace(/\s+/gu, " ").trim();
}

/** A row is one statement; in anything else each sentence is one. Blanks around them belong to none. */
function spansOf(
  answer: string,
  start: number,
  end: number,
  kind: Block["kind"],
): readonly { readonly start: number; readonly end: number }[] {
  const ends = kind === "row" ? [] : sentencesIn(answer, start, end).map(({ at }) => at);
  return [...ends, end].flatMap((to, i) => {
    const from = i === 0 ? start : (ends[i - 1] ?? start);
    const piece = answer.slice(from, to);
    const text = piece.trim();
    const at = from + piece.indexOf(text);
    return text === "" ? [] : [{ start: at, end: at + text.length }];
  });
}

const ITEM = /^[\s>]*(?:[-*+•]|\(?\d{1,3}[.)]|\(?\p{L}[.)])\s+(?=\S)/u;
const FENCE = /^[\s>]*(?:```|~~~)/u;
const ROW = /^\s*\|.*\|\s*$/u;

/** Code, headings, rules and the first rows of tables are in none. A line that goes on in lower case belongs to the one before it. */
function blocksOf(answer: string): readonly Block[] {
  const blocks: { start: number; end: number; kind: Block["kind"] }[] = [];
  let code = false;
  let open = false;
  let row = 0;
  for (const { start, end, text } of linesOf(answer)) {
    if (FENCE.test(text)) code = !code;
    const last = blocks.at(-1);
    row = ROW.test(text) ? row + 1 : 0;
    if (code || FENCE.test(text) || /^\s*#{1,6}\s/u.test(text) || /^[\s\-=*_|:]*$/u.test(text)) {
      open = false;
      // The line below the head of a table is one of its rows.
      if (row === 0) continue;
    } else if (row > 0) {
      if (row > 1) blocks.push({ start, end, kind: "row" });
      open = false;
    } else if (open && last !== undefined && !ITEM.test(text) && /^\s*\p{Ll}/u.test(text)) {
      last.end = end;
    } else {
      const marker = ITEM.exec(text)?.[0].length ?? 0;
      blocks.push({ start: start + marker, end, kind: marker > 0 ? "item" : "text" });
      open = true;
    }
  }
  return blocks;
}

function linesOf(text: string): readonly { readonly start: number; readonly end: number; readonly text: string }[] {
  let at = 0;
  return text.split("\n").map((line) => {
    const start = at;
    at += line.length + 1;
    return { start, end: start + line.length, text: line };
  });
}
