/** Tags that mark parts of a prompt, `<context>…</context>`, told from tags that are only mentioned. */

/** `inside` tags stand within a passage and are no part of their own. */
type TagKind = "passages" | "question" | "instructions" | "examples" | "claims" | "labels";

export interface Tagged {
  readonly kind: TagKind;
  /** The tag's name in lower case. */
  readonly name: string;
  readonly attributes: string;
  readonly content: string;
  /** Places in the text: from the opening to after the closing. */
  readonly from: number;
  readonly to: number;
}

const names: Readonly<Record<TagKind, string>> = {
  passages:
    "contexts?|passages?|documents?|docs?|sources?|chunks?|excerpts?|snippets?|articles?|references?|search_results?|results?|retrieved_\\w+|knowledge|knowledge_base|background|段落|文章|上下文|资料",
  question: "question|query|user_question|user_query|input|text|message|utterance|sentence|review|email|ticket|问题|問題",
  instructions: "instructions?|rules?|task|guidelines?|format|output_format|response_format|requirements?|system",
  examples: "examples?|demonstrations?|shots?",
  claims: "claims?|statements?",
  labels: "labels?|categories|classes|intents|options",
};
const kinds = (Object.keys(names) as TagKind[]).map((kind) => ({ kind, pattern: new RegExp(`^(?:${names[kind]})$`, "iu") }));

/**
 * The outermost known tags of a text, in order; in linear time. An opening that no closing answers is a mention, and so is one in the
 * middle of a line before another opening. A closing in the middle of a line is no end where a later one is: passages may quote tags.
 */
export function tagsIn(text: string): readonly Tagged[] {
  const found: Tagged[] = [];
  const lower = text.toLowerCase();
  const unclosed = new Set<string>();
  const opening = /<([\p{L}_][\p{L}\d_-]*)((?:\s[^<>]*)?)>/gu;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const name = (match[1] ?? "").toLowerCase();
    const kind = kinds.find(({ pattern }) => pattern.test(name))?.kind;
    if (kind === undefined || unclosed.has(name)) continue;
    const start = match.index + match[0].length;
    const end = closingOf(lower, name, start);
    if (end === undefined) {
      unclosed.add(name);
      continue;
    }
    const content = text.slice(start, end);
    const startsLine = /(?:^|[\n>:：])[ \t]*$/u.test(text.slice(Math.max(0, match.index - 40), match.index));
    if (content.trim() === "" || (!startsLine && content.toLowerCase().includes(`<${name}>`))) continue;
    const to = end + name.length + 3;
    found.push({ kind, name, attributes: match[2] ?? "", content, from: match.index, to });
    opening.lastIndex = to;
  }
  return found;
}

function closingOf(lower: string, name: string, start: number): number | undefined {
  const closing = `</${name}>`;
  const first = lower.indexOf(closing, start);
  if (first < 0) return undefined;
  const other = new RegExp(`\\n[ \\t]*<${name}[\\s>]`, "u");
  for (let at = first; at >= 0; at = lower.indexOf(closing, at + 1)) {
    if (at > first && other.test(lower.slice(first, at))) break;
    const next = /^[ \t]*(.)?/su.exec(lower.slice(at + closing.length, at + closing.length + 60))?.[1];
    if (next === undefined || next === "\n" || next === "<") return at;
  }
  return first;
}

/** The value of the first of these attributes that the tag has. */
export function attribute(attributes: string, wanted: readonly string[]): string | undefined {
  for (const name of wanted) {
    const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^"'\\s>]+))`, "iu").exec(attributes);
    const value = match?.[1] ?? match?.[2] ?? match?.[3];
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}
