/** The tokenisers of sacreBLEU (Post 2018, "A Call for Clarity in Reporting BLEU Scores"), as its version 2.x has them. */
import { words } from "./ngrams.ts";

export const tokenizers = {
  /** mteval-v13a, of the WMT campaigns: for languages that write spaces. */
  "13a": (text: string) => western(` ${unescaped(text.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " "))} `),
  /** Each Chinese character alone, the rest as in 13a. */
  zh: (text: string) => western(text.replace(CHINESE, " $& ")),
  /** mteval-v14 international: punctuation that does not stand between digits, and symbols, of any script. */
  intl: (text: string) =>
    words(
      text
        .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
        .replace(/(\p{P})(\P{N})/gu, " $1 $2")
        .replace(/\p{S}/gu, " $& "),
    ),
  /** Each character but whitespace. */
  char: (text: string) => [...words(text).join("")],
  /** What stands between whitespace: for text that is tokenised already. */
  none: words,
} as const satisfies Readonly<Record<string, (text: string) => readonly string[]>>;

/** What sacreBLEU takes for Chinese; U+2001 to U+2A6D, mostly punctuation and symbols, stand where extension B of the ideographs was meant. */
const CHINESE =
  /[\u2001-\u2a6d\u2e80-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/gu;

/** Punctuation apart, but full stop and comma only where no digit is before or after, and a dash only after a digit. */
function western(text: string): readonly string[] {
  return words(
    text
      .replace(/[{-~[-` -&(-+:-@/]/gu, " $& ")
      .replace(/([^0-9])([.,])/gu, "$1 $2 ")
      .replace(/([.,])([^0-9])/gu, " $1 $2")
      .replace(/([0-9])(-)/gu, "$1 $2 "),
  );
}

function unescaped(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
}
