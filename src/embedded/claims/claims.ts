/** Claim checking: numbered claims after `Claims:`, each judged against the passages by lexical entailment. */
import type { Word, Text } from "../text/text.ts";
import { shape } from "../text/shapes.ts";

export interface Claim {
  readonly number: number;
  readonly text: string;
}

export interface Verdict {
  readonly claim: number;
  readonly verdict: "supported" | "contradicted" | "not_found";
  /** Verbatim from a passage; empty where nothing was found. */
  readonly quote: string;
}

const heading = /^[ \t]*(?:#{1,4}[ \t]*)?\**(?:claims?|statements?|断言|陈述|陳述|声明)\**[ \t]*[:：]\**[ \t]*\n?/imu;

/** The numbered claims of a message, and the message without them. */
export function findClaims(message: string): { readonly text: string; readonly claims: readonly Claim[] } {
  const at = heading.exec(message);
  if (at === null) return { text: message, claims: [] };
  const body = message.slice(at.index + at[0].length);
  const claims: Claim[] = [];
  let end = 0;
  for (const match of body.matchAll(/^[ \t]*(\d{1,3})[.)、][ \t]*(\S.*)$/gmu)) {
    if (claims.length > 0 && body.slice(end, match.index).trim() !== "") break;
    claims.push({ number: Number(match[1]), text: (match[2] ?? "").trim() });
    end = match.index + match[0].length;
  }
  if (claims.length === 0) return { text: message, claims };
  return { text: `${message.slice(0, at.index)}\n\n${body.slice(end)}`, claims };
}

const needed = 0.7;
const negations = new Set([
  "not",
  "no",
  "never",
  "none",
  "without",
  "cannot",
  "neither",
  "nor",
  "isn",
  "aren",
  "wasn",
  "doesn",
  "don",
  "didn",
  "won",
  "can't",
  "不",
  "没",
  "沒",
  "无",
  "無",
  "未",
  "非",
]);

/**
 * Supported: one sentence, or it and the next, covers the claim's content and agrees in numbers, names and negation.
 * Contradicted: it covers the rest of the claim but a number or the negation differs. Otherwise not found.
 */
export function checkClaim(claim: Text, passages: readonly Text[]): Omit<Verdict, "claim"> {
  const mark = claim.words.findLastIndex((word) => word.text === "?" || word.text === "？");
  const answer = mark < 0 ? [] : claim.words.slice(mark + 1).filter((word) => !isMark(word));
  if (answer.length > 0) return checkAnswer(claim.words.slice(0, mark), answer, passages);
  const terms = contentOf(claim.words);
  const total = terms.reduce((sum, word) => sum + word.idf, 0);
  if (total === 0) return { verdict: "not_found", quote: "" };
  const numbers = terms.filter(isNumber);
  const words = terms.filter((word) => !isNumber(word));
  const wordTotal = words.reduce((sum, word) => sum + word.idf, 0);
  let best: { score: number; verdict: Verdict["verdict"]; quote: string } = { score: 0, verdict: "not_found", quote: "" };
  for (const text of passages) {
    for (const window of windowsOf(text)) {
      const stems = stemsOf(window.words);
      const covered = words.reduce((sum, w) => sum + (isIn(stems, w) ? w.idf : 0), 0);
      const coverage = wordTotal === 0 ? 1 : covered / wordTotal;
      const missing = numbers.filter((n) => !stems.has(n.stemHash));
      const score = coverage - window.penalty - 0.02 * missing.length;
      if (coverage < needed || score <= best.score) continue;
      const otherNumber = missing.length > 0 && window.words.some((w) => isNumber(w) && !numbers.some((n) => n.stemHash === w.stemHash));
      const namesAgree = words.filter(isName).every((n) => stems.has(n.stemHash));
      const flipped = isNegated(claim.words) !== isNegated(window.words);
      const verdict =
        otherNumber || (flipped && coverage >= 0.75)
          ? "contradicted"
          : missing.length === 0 && namesAgree && !flipped
            ? "supported"
            : "not_found";
      if (verdict !== "not_found") best = { score, verdict, quote: window.text };
    }
  }
  return { verdict: best.verdict, quote: best.quote };
}

/** Share of a question's content that must stand with its answer, the passage's first line included: less than of a plain claim, since questions reword. */
const neededOfQuestion = 0.45;

/** A window with the answer must come this near to the window that holds most of the question. */
const nearBest = 0.85;

/** A question with a short answer after it: supported by a window that holds the answer word for word and most of the question. */
function checkAnswer(question: readonly Word[], answer: readonly Word[], passages: readonly Text[]): Omit<Verdict, "claim"> {
  const terms = contentOf(question).filter((word) => !questionWords.has(word.lower));
  const total = terms.reduce((sum, word) => sum + word.idf, 0) || 1;
  const wanted = answer.map((word) => word.lower).join(" ");
  const number = answer.find(isNumber);
  const seen = passages.flatMap((text) => {
    const title = text.words.filter((_, i) => text.sentence[i] === 0);
    return windowsOf(text).map((window) => {
      const stems = stemsOf([...title, ...window.words]);
      const coverage = terms.reduce((sum, w) => sum + (isIn(stems, w) ? w.idf : 0), 0) / total - window.penalty;
      const words = window.words.filter((w) => !isMark(w)).map((w) => w.lower);
      return { window, coverage, holds: ` ${words.join(" ")} `.includes(` ${wanted} `) };
    });
  });
  const most = seen.reduce((top, { coverage }) => Math.max(top, coverage), 0);
  const best = seen
    .filter(({ holds, coverage }) => holds && coverage >= Math.max(neededOfQuestion, nearBest * most))
    .sort((a, b) => b.coverage - a.coverage)[0];
  if (best !== undefined) return { verdict: "supported", quote: best.window.text };
  const other = seen.find(
    ({ window, coverage }) => coverage === most && coverage >= nearBest && number !== undefined && window.words.some(isNumber),
  );
  return other === undefined ? { verdict: "not_found", quote: "" } : { verdict: "contradicted", quote: other.window.text };
}

const questionWords = new Set(["who", "whom", "whose", "what", "which", "when", "where", "why", "how"]);

function isMark(word: Word): boolean {
  const s = word.shape;
  return (
    s === shape.sentenceEnd || s === shape.comma || s === shape.quote || s === shape.bracket || s === shape.punctuation || s === shape.mark
  );
}

/** Stems and their first five letters. */
function stemsOf(words: readonly Word[]): ReadonlySet<number> {
  return new Set(words.flatMap((w) => (w.prefixHash === 0 ? [w.stemHash] : [w.stemHash, w.prefixHash])));
}

function isIn(stems: ReadonlySet<number>, word: Word): boolean {
  return stems.has(word.stemHash) || (word.prefixHash !== 0 && stems.has(word.prefixHash));
}

interface Window {
  readonly words: readonly Word[];
  readonly text: string;
  /** Two sentences must cover more than one to win. */
  readonly penalty: number;
}

function windowsOf(text: Text): Window[] {
  const from: number[] = [];
  text.sentence.forEach((s, i) => {
    if (from[s] === undefined) from[s] = i;
  });
  const out: Window[] = [];
  for (let s = 0; s < text.sentences; s++) {
    for (const [span, penalty] of [
      [1, 0],
      [2, 0.06],
    ] as const) {
      if (s + span > text.sentences) continue;
      const a = from[s] ?? 0;
      const b = from[s + span] ?? text.words.length;
      out.push({ words: text.words.slice(a, b), text: text.text.slice(text.begin[a] ?? 0, text.end[b - 1] ?? 0), penalty });
    }
  }
  return out;
}

function contentOf(words: readonly Word[]): Word[] {
  const seen = new Set<number>();
  return words.filter((word) => {
    if ((word.stop && !isNumber(word)) || negations.has(word.lower) || seen.has(word.stemHash)) return false;
    seen.add(word.stemHash);
    return true;
  });
}

function isNumber(word: Word): boolean {
  return word.shape === shape.number || word.shape === shape.year || word.shape === shape.bigNumber || word.shape === shape.numberWord;
}

function isName(word: Word): boolean {
  return word.shape === shape.mixedCase || word.shape === shape.allCapitals;
}

function isNegated(words: readonly Word[]): boolean {
  return words.filter((word) => negations.has(word.lower)).length % 2 === 1;
}
