/** The values of an answer in JSON that state something: pure. */
import type { Statement } from "./answer.ts";

/** Keys whose values say how the answer came about or where it is from, or sort it; documents do not bear them out. */
const ASIDE =
  /^(?:confidence|score|probability|certainty|(?:\w+_)?ids?|index|sources?|citations?|pages?|urls?|quotes?|evidence|reason(?:ing)?|explanation|rationale|thoughts?|label|labels|category|class|intent|language|lang|found|answerable|type|status)$/iu;
/** Keys that hold the answer itself, where there are others beside it. */
const CORE = /^(?:final_?)?(?:answer|result|value|response|text)$|^(?:答案|回答)$/iu;

/** One statement a value, `null` aside; undefined where the answer is no JSON object or list. It may stand in a fence. */
export function jsonStatements(answer: string): readonly Statement[] | undefined {
  const text = answer.trim();
  const fence = /^```\w*[^\S\n]*\n/u.exec(text)?.[0] ?? "";
  const body = text.slice(fence.length, text.length - (fence !== "" && text.endsWith("```") ? 3 : 0));
  if (!/^[[{]/u.test(body) || !isJson(body)) return undefined;
  const lead = answer.indexOf(text) + fence.length;
  const leaves = leavesOf(body).filter(({ key, raw }) => raw !== "null" && raw !== '""' && !ASIDE.test(key));
  const some = leaves.some(({ key }) => CORE.test(key));
  return leaves.map(({ key, raw, at }): Statement => {
    const value = raw.startsWith('"') ? String(JSON.parse(raw)) : raw;
    const start = lead + at;
    const said = key === "" || CORE.test(key) ? value : `${key.replaceAll(/[_-]+/gu, " ")}: ${value}`;
    return { start, end: start + raw.length, text: said.replace(/\s+/gu, " ").trim(), value, cites: [], core: !some || CORE.test(key) };
  });
}

interface Leaf {
  /** The nearest key above it; empty in a list that has none. */
  readonly key: string;
  /** As it is written, quotes included. */
  readonly raw: string;
  readonly at: number;
}

/** Of JSON that is whole: a string before a colon is a key, any other scalar a leaf. */
function leavesOf(json: string): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const keys: string[] = [];
  let key = "";
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\[^])*"(?:\s*:)?|[[\]{}]|[^\s[\]{},:"]+/gu)) {
    if (token === "{" || token === "[") keys.push(key);
    else if (token === "}" || token === "]") key = keys.pop() ?? "";
    else if (token.endsWith(":")) key = String(JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)));
    else leaves.push({ key, raw: token, at: index });
  }
  return leaves;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
