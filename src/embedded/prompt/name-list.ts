/** A list of names in a sentence, `a, b or c`, quoted or not. */
import { quotesIn } from "./quotes.ts";

/** The names of a list; where two or more are quoted only these. */
export function splitList(list: string): string[] {
  const names = quotesIn(list);
  if (names.length >= 2) return names;
  const body = list.replace(/[.。]\s*$/u, "").replace(/[.。]\s.*$/su, "");
  const parts = body
    .split(/\s*(?:[,;|、，；\n]|\s\/\s|(?<=\w)\/(?=\w))\s*/u)
    .flatMap((part, i, all) =>
      i === all.length - 1 || all.length === 1 ? part.split(/\s+(?:or|and|oder|und|ou|et|o|y)\s+|\s*(?:或者?|和)\s*/u) : [part],
    );
  return parts.map((part) => bareName(part.replace(/^(?:or|and|oder|und)\s+/i, ""))).filter((part) => part !== "" && part.length <= 80);
}

/** Without quotes, brackets and emphasis around it. */
export function bareName(text: string): string {
  return text
    .trim()
    .replace(/^[`"“'„«「*[<]+|[`"”'“»」*\]>]+$/gu, "")
    .trim();
}
