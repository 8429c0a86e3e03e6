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
  const places = new Map<string, Places>();
  const opening = /<([\p{L}_][\p{L}\d_-]*)((?:\s[^<>]*)?)>/gu;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const name = (match[1] ?? "").toLowerCase();
    const kind = kinds.find(({ pattern }) => pattern.test(name))?.kind;
    if (kind === undefined) continue;
    const next = places.get(name) ?? placesOf(lower, name);
    places.set(name, next);
    const start = match.index + match[0].length;
    const first = next.closing(start);
    if (first === Infinity) continue;
    const last = next.ending(first);
    const end = last < Infinity && last <= next.line(first) ? last : first;
    const startsLine = /(?:^|[\n>:：])[ \t]*$/u.test(text.slice(Math.max(0, match.index - 40), match.index));
    if (isBlank(text, start, end) || (!startsLine && next.opening(start) < end)) continue;
    const to = end + name.length + 3;
    found.push({ kind, name, attributes: match[2] ?? "", content: text.slice(start, end), from: match.index, to });
    opening.lastIndex = to;
  }
  return found;
}

/** The next place from one on, Infinity where there is none; asked for places that only grow, it looks at each only once. */
type Ahead = (from: number) => number;

/** Places of a name's tags. */
interface Places {
  readonly closing: Ahead;
  /** Closings that end their line, or stand before another tag. */
  readonly ending: Ahead;
  readonly opening: Ahead;
  /** Openings that begin a line. */
  readonly line: Ahead;
}

function placesOf(lower: string, name: string): Places {
  const closing = ahead(lower, new RegExp(`</${name}>`, "gu"));
  const ending = ahead(lower, new RegExp(`</${name}>(?=[ \\t]{0,59}(?:[\\n<]|$))`, "gu"));
  return {
    closing,
    ending,
    opening: ahead(lower, new RegExp(`<${name}>`, "gu")),
    line: ahead(lower, new RegExp(`\\n[ \\t]*<${name}[\\s>]`, "gu")),
  };
}

function ahead(text: string, pattern: RegExp): Ahead {
  let at = -1;
  return (from) => {
    if (at >= from) return at;
    pattern.lastIndex = from;
    at = pattern.exec(text)?.index ?? Infinity;
    return at;
  };
}

function isBlank(text: string, from: number, to: number): boolean {
  const content = /\S/gu;
  content.lastIndex = from;
  return (content.exec(text)?.index ?? Infinity) >= to;
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
