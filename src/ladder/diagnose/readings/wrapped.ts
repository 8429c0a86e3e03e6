import { wordsOf } from "../answers.ts";
import type { Reading } from "./reading.ts";

/**
 * The answer inside what it was wrapped in: a Markdown fence, a tag, a box, quotes, bold; after "Answer:"; or the one short line
 * among longer ones.
 *
 *     "Sure! ```\nrefund\n```" -> "refund"    "The final answer is **42**." -> "42"
 */
const wrapped: Reading = {
  name: "without what it is wrapped in",
  read(answer) {
    const short = answer.split("\n").filter((line) => line.trim() !== "" && wordsOf(line).length <= SHORT);
    const found = [...WRAPPERS.flatMap((wrapper) => answer.match(wrapper)?.[1] ?? []), ...(short.length === 1 ? short : [])];
    return found.flatMap((text) => [bare(text), text.trim()]).filter((text) => text !== "" && text !== answer);
  },
};
export default wrapped;

/** Words of a short line. */
const SHORT = 6;

/** Each finds the last of its kind, since a worked answer ends with its result. */
const WRAPPERS: readonly RegExp[] = [
  /[^]*```[\w-]*\s*\n([^]*?)\n?\s*```/u,
  /[^]*<(?:final_?answer|answer|label|result|output)>([^]*?)<\//iu,
  /[^]*\\boxed\{([^{}]*)\}/u,
  /[^]*(?:^|[\s*#"{'])(?:final answer|answer|label|category|class|intent|result|output|antwort|réponse|respuesta|答案|答)\W{0,3}(?:\s+(?:is|ist|est|es)\b|[:：=]|是|为)[\s:"'*]*(\S[^\n]*)/iu,
  /[^]*\*\*([^*\n]+)\*\*/u,
  /^\s*["“'«`]+([^]*?)["”'»`]+[\s.]*$/u,
  /^\s*(?:[-*•>#]+|\(?[a-z0-9]\))\s+(\S[^\n]*)\s*$/iu,
];

/** Without the marks and the full stop around it. */
function bare(text: string): string {
  return text.replace(/^[\s"“'«`*_]+|[\s"”'»`*_.,;!。]+$/gu, "");
}
