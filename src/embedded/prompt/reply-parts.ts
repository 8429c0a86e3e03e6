/** A reply of named parts that the instructions lay out: `Evidence: <sentence>` and `Answer: <answer>`, or <quote> and <answer> tags. */

/** Names of `fieldOf`, or "answer". */
type PartName = "answer" | "quote" | "source" | "confidence";

export interface Part {
  /** Put before the value, and after it. */
  readonly before: string;
  readonly name: PartName;
  readonly after: string;
}

export interface Parts {
  readonly parts: readonly Part[];
  readonly text: string;
}

const names: readonly (readonly [PartName, string])[] = [
  ["answer", "(?:final |short |your )?answer|label|category|antwort|réponse|respuesta|答案|回答"],
  [
    "quote",
    "evidence|quotes?|supporting (?:quote|sentence|evidence|text)|excerpt|relevant (?:quote|sentence|text|passage)|justification|beleg|zitat|证据|依据|原文|引用",
  ],
  ["source", "sources?|citation|passage|document|reference|quelle|来源|出处"],
  ["confidence", "confidence|certainty|置信度"],
];
const all = names.map(([, pattern]) => pattern).join("|");
const placeholder = '(?:<[^<>\\n]+>|\\[[^\\[\\]\\n]+\\]|\\{[^{}\\n":]*\\}|\\.{3}|…|_{2,})';

/** The parts in the order of the prompt; one of them must be the answer. */
export function findParts(text: string): Parts | undefined {
  return tagged(text) ?? lined(text);
}

/** Lines, or parts of one line, with a placeholder each; without placeholders at least two lines below one that speaks of the form. */
function lined(text: string): Parts | undefined {
  const one = new RegExp(`(?<![\\p{L}\\d])(\\*{0,3}(${all})\\*{0,3}[ \\t]{0,9}[:：]\\*{0,3}[ \\t]{0,9})["“]?${placeholder}["”]?`, "giu");
  const found = [...text.matchAll(one)];
  const next = run(found, text);
  if (next !== undefined) return next;
  const line = new RegExp(
    `^[ \\t]*(?:(?:[-*•]|\\d[.)])[ \\t]*)?(\\*{0,3}(${all})\\*{0,3}[ \\t]{0,9}[:：]\\*{0,3}[ \\t]{0,9})([^\\n]*)$`,
    "giu",
  );
  const lines = [...text.matchAll(line)];
  const before =
    text
      .slice(0, lines[0]?.index ?? 0)
      .trimEnd()
      .split("\n")
      .at(-1) ?? "";
  const speaks =
    /\b(?:format|form|like this|as follows|structure|template|lines|layout|following|reply with|respond with|answer with)\b|格式/iu.test(
      before,
    );
  return lines.length >= 2 && speaks ? run(lines, text) : undefined;
}

/** Matches that follow each other with nothing but space and joints between. */
function run(matches: readonly RegExpExecArray[], text: string): Parts | undefined {
  const parts: Part[] = [];
  let to = 0;
  for (const match of matches) {
    const between = text.slice(to, match.index);
    if (parts.length > 0 && !/^[\s,;|`.]*(?:[-*•]|\d[.)])?$/u.test(between.trimEnd())) break;
    const last = parts.at(-1);
    if (last !== undefined) parts[parts.length - 1] = { ...last, after: between.includes("\n") ? "\n" : " " };
    parts.push({ before: (match[1] ?? "").trimEnd() + " ", name: nameOf(match[2] ?? ""), after: "" });
    to = match.index + match[0].length;
  }
  if (!parts.some(({ name }) => name === "answer")) return undefined;
  return { parts, text: text.slice(matches[0]?.index ?? 0, to).trim() };
}

/** `<quote></quote>`, "in <answer> tags"; tags of JSON placeholders such as <your answer> hold a space and are none. */
function tagged(text: string): Parts | undefined {
  const found = [...text.matchAll(/<(\w+)>(?:\s{0,9}(?:…|\.{3}|[^<>\n]{0,80})\s{0,9}<\/\1>)?/gu)].filter(
    ({ 1: name = "", 0: whole, index }) =>
      new RegExp(`^(?:${all})$`, "iu").test(name.replaceAll("_", " ")) &&
      (whole.includes("</") ||
        /^\W{0,3}(?:xml )?tags?\b/i.test(text.slice(index + whole.length)) ||
        /\b(?:in|inside|within|between|using)\W{0,3}$/i.test(text.slice(Math.max(0, index - 20), index))),
  );
  const once = found.filter(({ 1: name }, i) => found.findIndex((other) => other[1] === name) === i);
  if (!once.some(({ 1: name }) => nameOf(name ?? "") === "answer")) return undefined;
  return {
    parts: once.map(({ 1: name = "" }, i) => ({
      before: `<${name}>`,
      name: nameOf(name),
      after: `</${name}>${i < once.length - 1 ? "\n" : ""}`,
    })),
    text: once.map(([whole]) => whole).join(" "),
  };
}

function nameOf(words: string): PartName {
  const plain = words.replaceAll("_", " ").replaceAll("*", "");
  return names.find(([, pattern]) => new RegExp(`^(?:${pattern})$`, "iu").test(plain))?.[0] ?? "answer";
}
