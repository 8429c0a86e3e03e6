/** Whether instructions ask for JSON, and with which fields. */
import { fieldLabelsIn } from "./field-labels.ts";
import { lastColon } from "./in-order.ts";
import { isNegated } from "./negation.ts";
import { quotesIn } from "./quotes.ts";

export interface JsonAsked {
  /** In the order of the prompt; empty when none is named. */
  readonly fields: readonly string[];
  /** What it was read from. */
  readonly text: string;
}

const output =
  /\b(?:answer|reply|respond|response|return|output|produce|give|format|provide|generate|emit|write|print|valid|only|object|as|in|antworte|gib|réponds|responde|fields?|keys?)\b|输出|返回|回答|格式/iu;
const input =
  /\bjson\b[^.]{0,20}\b(?:input|documents?|passages?|records?)\b|\b(?:documents?|passages?|context|input|data|message|they|it)\b[^.,]{0,30}\b(?:is|are|come|comes|given|provided|supplied)\b[^.,]{0,20}\bjson\b/iu;

/** The sentence that asks for JSON decides; an example object, a list of keys or names beside it give the fields. */
export function findJson(text: string, sentences: readonly string[], skip: string | undefined): JsonAsked | undefined {
  const asking = sentences.find((s) => {
    const at = s.search(/\bjson\b/i);
    return at >= 0 && s !== skip && output.test(s) && !input.test(s) && !isNegated(s, at) && !/^(?:if|when|for)\b/i.test(s);
  });
  const objects = objectsIn(text).filter(({ body }) => skip === undefined || !skip.includes(body));
  const example = objects.find(({ keys }) => keys.length > 0);
  if (asking === undefined) {
    const bare =
      example !== undefined &&
      sentences.find((s) => s !== skip && s.includes(example.body.slice(0, 20)) && output.test(s.slice(0, s.indexOf("{"))));
    return bare === undefined || bare === false || example === undefined ? undefined : { fields: example.keys, text: bare };
  }
  const fields = example?.keys ?? [];
  return { fields: fields.length > 0 ? fields : (keysBelow(text) ?? namedIn(sentences, asking)), text: asking };
}

/** Objects that are written out, with the keys of their outermost level; of a JSON Schema those of its properties. */
function objectsIn(text: string): { readonly body: string; readonly keys: string[] }[] {
  const found: { body: string; keys: string[] }[] = [];
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at + 1)) {
    const end = closing(text, at);
    if (end === undefined) return found;
    const body = text.slice(at, end);
    const keys = keysOf(body);
    const properties = keys.includes("properties") ? body.indexOf("{", body.search(/["']?properties["']?\s*:/)) : -1;
    const inner = properties < 0 ? undefined : closing(body, properties);
    found.push({ body, keys: inner === undefined ? keys : keysOf(body.slice(properties, inner)) });
    at = end - 1;
  }
  return found;
}

function closing(text: string, from: number): number | undefined {
  let depth = 0;
  for (let i = from; i < Math.min(text.length, from + 4_000); i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}" && --depth === 0) return i + 1;
  }
  return undefined;
}

function keysOf(body: string): string[] {
  let depth = 0;
  let shallow = "";
  for (const c of body) {
    if (c === "}" || c === "]") depth--;
    if (depth <= 1 && !(depth === 1 && (c === "{" || c === "["))) shallow += c;
    if (c === "{" || c === "[") depth++;
  }
  return [...shallow.matchAll(/(?=["'“\p{L}_])(?<=(?:^|[{,;\n])\s*)["'“]?([\p{L}_][\p{L}\d_-]*)["'”]?\??\s*:/gu)].map(
    (match) => match[1] ?? "",
  );
}

/** `- "answer": …` below a line that speaks of keys, fields or JSON. */
function keysBelow(text: string): string[] | undefined {
  const lines = text.split("\n");
  for (const [i, line] of lines.entries()) {
    const speaks = /\b(?:json|keys?|fields?|properties)\b/iu.exec(line);
    if (speaks === null || speaks.index + speaks[0].length > lastColon(line)) continue;
    const keys: string[] = [];
    for (let j = i + 1; j < lines.length; j++) {
      const item = lines[j] ?? "";
      if (item.trim() === "" && keys.length === 0) continue;
      const key = /^\s*(?:[-*•]|\d{1,2}[.)])\s*\**[`"“']?([\p{L}_][\p{L}\d_-]*)[`"”']?\**\s*(?:\(|:|：|–|—|-|=|$)/u.exec(item)?.[1];
      if (key === undefined) break;
      keys.push(key);
    }
    if (keys.length > 0) return keys;
  }
  return undefined;
}

/** Names after "fields" or before "field", quoted or not, in the sentence or the next that speaks of them. */
function namedIn(sentences: readonly string[], asking: string): string[] {
  for (const whole of [asking, ...sentences.filter((s) => s !== asking && /\b(?:fields?|keys?|propert(?:y|ies)|attributes)\b/i.test(s))]) {
    const sentence = withoutValues(whole).replace(/\s+/gu, " ");
    const after =
      /(?<![a-z])(?:fields?|keys?|propert(?:y|ies)|attributes|字段)(?![a-z])\s*(?:named|called|are|is|should be|为|是|[:：])?\s*:?\s*((?:[`"“'][\w-]+[`"”']|[\w-]+)(?:\s*\([^)]*\))?(?:\s*(?:,\s*(?:and\s+)?|\s+and\s+|\/|和|、|与|及)\s*(?:[`"“'][\w-]+[`"”']|[\w-]+)(?:\s*\([^)]*\))?)*)/iu.exec(
        sentence,
      )?.[1];
    const quotes = quotesIn(sentence).filter((name) => /^[\w-]+$/.test(name));
    if (quotes.length > 0) return quotes;
    if (after !== undefined)
      return after
        .replace(/\([^()]*\)/g, "")
        .split(/\s*,\s*(?:and\s+)?|\s+and\s+|\s*(?:\/|和|、|与|及)\s*/u)
        .map((name) => name.trim())
        .filter((name) => /^[\w-]+$/.test(name));
  }
  return [];
}

/** A sentence without the lists of values for its fields, and without what brackets explain. */
function withoutValues(sentence: string): string {
  const lists = fieldLabelsIn(sentence);
  const kept = [0, ...lists.map(({ to }) => to)].map((from, i) => sentence.slice(from, lists[i]?.from));
  return kept.join(" ").replace(/\([^()]{0,300}\)/g, "");
}
