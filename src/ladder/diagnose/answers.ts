/** Answers as texts: what a case accepts, which labels there are, whether a text holds an answer. Pure. */
import { plain } from "../../program/text.ts";
import type { Case } from "../../types.ts";

/** The texts that a case accepts; none where a JSON object is expected, or nothing. */
export function acceptedOf({ expected }: Pick<Case, "expected">): readonly string[] {
  const list: readonly unknown[] = Array.isArray(expected) ? expected : [expected];
  const texts = list.flatMap((one) => (["string", "number", "boolean"].includes(typeof one) ? [String(one)] : []));
  return texts.length === list.length ? texts.filter((text) => text.trim() !== "") : [];
}

/** Labels have at most so many words, and this share of the cases has a label that another case has too. */
const LONGEST_LABEL = 6;
const SHARED = 0.8;

/** The labels of a closed set that the cases choose from; undefined where answers are free. */
export function labelsOf(cases: readonly Case[]): readonly string[] | undefined {
  const wanted = cases.map(acceptedOf);
  if (wanted.length === 0 || wanted.some((texts) => texts.length !== 1)) return undefined;
  const counts = Map.groupBy(wanted.flat(), (text) => text);
  if ([...counts.keys()].some((label) => plain(label).split(" ").length > LONGEST_LABEL)) return undefined;
  const shared = [...counts.values()].filter((those) => those.length > 1).flat().length;
  return counts.size > 1 && shared >= SHARED * wanted.length ? [...counts.keys()].sort() : undefined;
}

/** Whether the answer stands in the text once case, punctuation and spacing are set aside: as whole words, or anywhere in unspaced scripts. */
export function holds(text: string, answer: string): boolean {
  return holdsPlain(plain(text), answer);
}

/** The same for a text from which they are set aside already. */
export function holdsPlain(text: string, answer: string): boolean {
  const wanted = plain(answer);
  if (wanted === "") return false;
  return UNSPACED.test(wanted) ? text.includes(wanted) : ` ${text} `.includes(` ${wanted} `);
}

/** Whether finding the answer in a text means something: "yes" and "30" stand in many, and "I don't know" is about none. */
export function isTelling(answer: string): boolean {
  const text = plain(answer);
  if (isRefusal(answer) || COMMON.test(text) || /^\d{1,3}$/u.test(text)) return false;
  return text.length > (UNSPACED.test(text) ? 1 : 2);
}

/** Whether the answer is that there is none. */
export function isRefusal(answer: string): boolean {
  return plain(answer) === "" || REFUSAL.test(answer.normalize("NFKC").replaceAll("’", "'"));
}

/** Words of a text, without case and punctuation. */
export function wordsOf(text: string): readonly string[] {
  return plain(text)
    .split(" ")
    .filter((word) => word !== "");
}

/** A text as it stands in a piece of evidence. */
export function quoted(text: string, most = 80): string {
  const line = text.replace(/\s+/gu, " ").trim();
  return `“${line.length > most ? `${line.slice(0, most)}…` : line}”`;
}

/** Scripts that are written without spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const COMMON = /^(?:yes|no|true|false|none|not|and|the|all|any|other|both|neither|ja|nein|oui|non)$/u;
const REFUSAL =
  /\b(?:(?:do(?:es)? not|don't|cannot|can't|can not|could not|couldn't|unable to|not able to) (?:\w+ )?(?:know|answer|tell|say|find|help|determine|provide|assist|see|contain|mention|state|specify)|(?:no|not enough|insufficient) (?:answer|information|context|data|idea)|not (?:stated|mentioned|specified|available|found|given|provided|sure)|unknown|unanswerable|n\/a|weiß (?:es |ich )?nicht|keine (?:angabe|ahnung|antwort)|ne sais pas|no lo sé)\b|不知道|无法|不清楚|没有提到|わかりません|不明/iu;
