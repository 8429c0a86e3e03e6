import { plain } from "../../../program/text.ts";
import { acceptedOf, isRefusal, wordsOf } from "../answers.ts";
import type { Reading } from "./reading.ts";

/**
 * Yes and no in other words: in another language, or as true and false. The answer must begin with one of them and hold none of the
 * opposite; which of the two the case expects plays no part where the labels are known.
 *
 *     "Ja" with labels yes, no -> "yes"    "False." for "no" -> "no"
 */
const polarity: Reading = {
  name: "as yes or no in other words",
  read(answer, kase, { labels }) {
    const words = wordsOf(answer);
    const said = polarityOf(words[0] ?? "");
    if (said === undefined || words.length > MOST_WORDS || isRefusal(answer)) return [];
    if (words.some((word) => polarityOf(word) === !said)) return [];
    const meant = (labels ?? acceptedOf(kase)).filter((text) => polarityOf(plain(text)) === said);
    return meant.length === 1 ? meant : [];
  },
};
export default polarity;

const MOST_WORDS = 8;
const YES = /^(?:yes|y|true|correct|ja|wahr|richtig|oui|vrai|sí|si|sim|verdadero|vero|tak|да|是|是的|对|はい|예|네)$/u;
const NO = /^(?:no|n|false|incorrect|not|nein|nicht|falsch|non|faux|não|falso|nie|нет|不是|否|不|いいえ|아니요)$/u;

function polarityOf(word: string): boolean | undefined {
  return YES.test(word) ? true : NO.test(word) ? false : undefined;
}
