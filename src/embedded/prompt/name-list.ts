/** A list of names in a sentence, `a, b or c`, quoted or not. */
import { quotesIn } from "./quotes.ts";

/** The names of a list; where two or more are quoted only these. */
export function splitList(list: string): string[] {
  const names = quotesIn(list);
  if (names.length >= 2) return names;
  const body = list.replace(/[.。]\s*$/u, "").replace(/[.。]\s.*$/su, "");
  const parts = body
    .split(/[,;|、，；\n]|\s\/\s|(?<=\w)\/(?=\w)/u)
    .map((part) => part.trim())
    .flatMap((part, i, all) => (i === all.length - 1 ? part.split(/(?<!\s)\s+(?:or|and|oder|und|ou|et|o|y)\s+|或者?|和/u) : [part]));
  return parts
    .map((part) => bareName(part.trim().replace(/^(?:or|and|oder|und)\s+/i, "")))
    .filter((part) => part !== "" && part.length <= 80);
}

/** Without quotes, brackets and emphasis around it. */
export function bareName(text: string): string {
  return text
    .trim()
    .replace(/^[`"“'„«「*[<]+/u, "")
    .replace(/(?<![`"”'“»」*\]>])[`"”'“»」*\]>]+$/u, "")
    .trim();
}
