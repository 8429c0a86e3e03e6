/** Instructions -> sentences: split at full stops and line breaks, never inside quotes; list marks and emphasis taken off. */
import { headingOf, isRule } from "./headings.ts";

const pairs: Readonly<Record<string, string>> = {
  '"': '"',
  "“": "”",
  "„": '“”"',
  "«": "»",
  "»": "«",
  "`": "`",
  "「": "」",
  "『": "』",
  "{": "}",
};

/** The sentences of a text; a line that ends with a colon goes on with what stands quoted on the next. */
export function sentencesOf(text: string): string[] {
  const joined = text.replace(/([:：])[ \t]*\n{1,2}[ \t]*(?=["“„«`「『{]|\*\*["“])/gu, "$1 ");
  const out: string[] = [];
  let from = 0;
  let inside = "";
  for (let i = 0; i < joined.length; i++) {
    const c = joined[i] ?? "";
    if (inside !== "") {
      if (inside.includes(c) || (c === "\n" && inside !== "}")) inside = "";
    } else if (pairs[c] !== undefined && !(c === '"' && !hasPartner(joined, i))) inside = pairs[c] ?? "";
    const next = joined[i + 1] ?? " ";
    const ends =
      inside === "" &&
      (c === "\n" ||
        "。；！？".includes(c) ||
        (".;!?".includes(c) && /\s/.test(next) && !isAbbreviation(joined, i)) ||
        (/["”“»`]/u.test(c) && /[.。!?]/u.test(joined[i - 1] ?? "") && /\s/.test(next)));
    if (!ends) continue;
    out.push(joined.slice(from, i + 1));
    from = i + 1;
  }
  out.push(joined.slice(from));
  return out.map(plain).filter((s) => s !== "");
}

/** Without list marks, rules, emphasis and a heading alone. */
function plain(sentence: string): string {
  const line = sentence.trim();
  if (isRule(line) || /^(?:```|"""|'''|~~~)\w*$/.test(line) || /^[{}[\]()"',;.]*$/.test(line)) return "";
  const heading = headingOf(line);
  if (heading !== undefined && heading.rest === "" && heading.kind !== "text") return "";
  return line
    .replace(/^(?:[-*•–]|\(?\d{1,2}[.)]|#{1,6})\s+/u, "")
    .replace(/(\*\*|__)(?=\S)([^*_\n]+?)\1/gu, "$2")
    .replace(/<\/?[a-z_]+>$/giu, "")
    .replace(/\s{20,}/gu, " ")
    .trim();
}

function hasPartner(text: string, at: number): boolean {
  const next = text.indexOf('"', at + 1);
  return next >= 0 && !text.slice(at, next).includes("\n");
}

function isAbbreviation(text: string, at: number): boolean {
  return /\b(?:e\.g|i\.e|etc|vs|Dr|Mr|Mrs|No|z\.B|d\.h|\d{1,2})$/u.test(text.slice(Math.max(0, at - 5), at)) && text[at] === ".";
}
