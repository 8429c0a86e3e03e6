/** Where a text denies: negation cues and how far each reaches. */
import { shape } from "../text/shapes.ts";
import type { Text } from "../text/text.ts";

const cues = new Set(
  (
    "not no never none without cannot neither nor nobody nothing nowhere isn aren wasn weren doesn don didn won wouldn couldn shouldn hasn haven " +
    "hadn ain mustn lack lacks lacked lacking fail fails failed failing unable absence absent hardly scarcely rarely seldom barely dont cant doesnt didnt isnt wont"
  ).split(" "),
);
const chineseCues = "不没沒无無未非勿莫";
/** Cues that say nothing of what stands before them. */
const onlyAhead = new Set(["without", "nothing", "none", "absence", "nor"]);
/** Characters of denial that deny nothing in these words. */
const chineseOther =
  /^(?:非常|非洲|未来|未來|未必不|不仅|不僅|不但|不只|不光|无论|無論|不论|不論|不管|不久|不断|不斷|不过|不過|无锡|無錫|不少|不得不|非典|不超|不到|不足|不少)/u;
/** A cue's reach ends where its clause does. */
const clauseEnd = /^[,;:.!?，；。！？]$/u;
const breaks = new Set(["but", "although", "though", "whereas", "while", "because", "however", "except", "unless", "但", "而", "却", "卻"]);

/** A cue and the tokens of its clause, from the first to the one after the last. */
export interface Denial {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** The denials among the tokens `from` to `to`, and for each of these tokens whether an odd number of cues before it in its clause denies it. */
export function negationOf(
  text: Text,
  from = 0,
  to = text.words.length,
): { readonly denied: readonly boolean[]; readonly denials: readonly Denial[] } {
  const denied = new Array<boolean>(to - from).fill(false);
  const denials: { at: number; from: number; to: number }[] = [];
  const ends = (i: number): boolean => {
    const word = text.words[i];
    return word === undefined || clauseEnd.test(word.text) || breaks.has(word.lower);
  };
  // Those of the clause that is being read, which end where it does.
  let open: { at: number; from: number; to: number }[] = [];
  let clause = from;
  let odd = false;
  for (let i = from; i <= to; i++) {
    if (i === to || ends(i)) {
      for (const denial of open) denial.to = i;
      [open, clause, odd] = [[], i + 1, false];
      continue;
    }
    denied[i - from] = odd;
    if (!isCue(text, i)) continue;
    const denial = { at: i, from: onlyAhead.has(text.words[i]?.lower ?? "") ? i : clause, to };
    denials.push(denial);
    open.push(denial);
    odd = !odd;
  }
  return { denied, denials };
}

/** Whether the token denies what follows: not in "not only", "no more than 5", "No. 5", "non-" names. */
export function isCue(text: Text, i: number): boolean {
  const word = text.words[i];
  if (word === undefined) return false;
  const next = text.words[i + 1]?.lower ?? "";
  if (word.shape === shape.cjk) {
    if (!chineseCues.includes(word.text)) return false;
    const end = text.begin[Math.min(i + 3, text.words.length - 1)] ?? 0;
    const begin = text.begin[i] ?? 0;
    return !chineseOther.test(text.text.slice(begin, Math.max(end, begin + 3)));
  }
  if (!cues.has(word.lower)) return false;
  if (word.lower === "not" && (next === "only" || next === "just" || next === "until")) return false;
  const bound = text.words[i + 2]?.lower === "than" && /^(?:more|less|fewer|later|earlier)$/.test(next);
  if (word.lower === "no" && (bound || next === "." || /^\d/.test(next))) return false;
  if (word.lower === "not" && bound) return false;
  // "don" and its like deny only with the t that follows the apostrophe.
  if (word.lower.endsWith("n") && word.lower.length >= 3 && word.lower !== "none") return /^['’]$/u.test(next);
  return true;
}
