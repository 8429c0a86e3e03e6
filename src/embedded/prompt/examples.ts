/** Worked examples that are written out inside a message: `Input: …` and `Output: …`, `Q:`/`A:`, <example> tags, `text -> label`. */
import { type Heading, headingOf, isRule } from "./headings.ts";
import { lastColon } from "./in-order.ts";
import { passagesIn, type Passage } from "./passages.ts";
import { tagsIn } from "./tags.ts";

/** One example of a question and its answer. */
export interface Demonstration {
  /** The user's whole message; undefined for an example that is written out inside another message. */
  readonly message?: string | undefined;
  readonly question: string;
  readonly passages: readonly Passage[];
  readonly answer: string;
}

export interface Shown {
  readonly demonstrations: readonly Demonstration[];
  /** What is left without them. */
  readonly rest: string;
}

/**
 * The examples of a text that holds no passages of the question itself. A question without an answer stays in the rest. Where the text
 * ends with an empty `Sentiment:`, earlier lines of that name are answers, whatever the name, and the name before them asks.
 */
export function examplesIn(text: string): Shown {
  const tagged = examplesInTags(text);
  const paired = pairsIn(tagged.rest);
  const arrows = arrowsIn(paired.rest);
  return { demonstrations: [...tagged.demonstrations, ...paired.demonstrations, ...arrows.demonstrations], rest: arrows.rest };
}

/**
 * Examples with passages of their own inside one message: `Context: … Question: … Answer: …`, again and again under the same headings, the
 * last time without an answer. What is left is the last one and what stood before the first.
 */
export function blocksIn(text: string): Shown {
  const lines = text.split("\n");
  const heads = lines.map(headingOf);
  const opens = heads.flatMap((head, i) => (head?.kind === "passages" ? [i] : []));
  const first = heads[opens[0] ?? -1];
  const starts = opens.filter((i) => heads[i]?.name === first?.name && heads[i]?.style === first?.style);
  const last = starts.at(-1);
  if (starts.length < 2 || last === undefined) return { demonstrations: [], rest: text };
  const demonstrations: Demonstration[] = [];
  for (const [i, start] of starts.slice(0, -1).entries()) {
    const shown = blockOf(lines, heads, start, starts[i + 1] ?? last);
    // One that is no whole example makes them all parts of the passages.
    if (shown === undefined) return { demonstrations: [], rest: text };
    demonstrations.push(shown);
  }
  return { demonstrations, rest: [...lines.slice(0, starts[0]), ...lines.slice(last)].join("\n") };
}

function blockOf(lines: readonly string[], heads: readonly (Heading | undefined)[], from: number, to: number): Demonstration | undefined {
  let asks = -1;
  let answers = -1;
  for (let i = from + 1; i < to; i++) {
    const kind = heads[i]?.kind;
    if (kind === "question") [asks, answers] = [i, -1];
    else if (kind === "answer" && answers < 0) answers = i;
  }
  if (asks < 0 || answers < 0) return undefined;
  const passages = passagesIn(textOf(lines, heads, from, asks));
  const question = textOf(lines, heads, asks, answers);
  const answer = answerAt(lines, heads, answers, to).text;
  return answer === "" || question === "" ? undefined : { passages, question, answer };
}

function textOf(lines: readonly string[], heads: readonly (Heading | undefined)[], from: number, to: number): string {
  return [heads[from]?.rest ?? "", ...lines.slice(from + 1, to)].join("\n").trim();
}

/** An answer ends at a blank line, a rule or the next heading; JSON ends where its braces close. */
function answerAt(
  lines: readonly string[],
  heads: readonly (Heading | undefined)[],
  at: number,
  to: number,
): { text: string; end: number } {
  const out: string[] = [];
  let i = at;
  let open = 0;
  let said = false;
  for (; i < to; i++) {
    const line = i === at ? (heads[at]?.rest ?? "") : (lines[i] ?? "");
    const blank = line.trim() === "";
    if (i > at && open <= 0 && ((said && (blank || isRule(line))) || startsNext(heads[i]))) break;
    if (/^\s*```/.test(line)) continue;
    open += (line.match(/[{[]/g)?.length ?? 0) - (line.match(/[}\]]/g)?.length ?? 0);
    said ||= !blank;
    out.push(line);
  }
  return { text: out.join("\n").trim(), end: i };
}

function startsNext(head: Heading | undefined): boolean {
  return head !== undefined && ["question", "text", "passages", "examples", "instructions"].includes(head.kind);
}

function pairsIn(text: string): Shown {
  const lines = text.split("\n");
  const heads = withOwnNames(lines);
  const demonstrations: Demonstration[] = [];
  const gone = new Set<number>();
  for (let i = 0; i < lines.length; i++) {
    const kind = heads[i]?.kind;
    if (kind !== "question" && kind !== "text") continue;
    let j = i + 1;
    while (j < lines.length && heads[j]?.kind !== "answer" && !startsNext(heads[j]) && !isRule(lines[j] ?? "")) j++;
    if (heads[j]?.kind !== "answer") continue;
    const question = textOf(lines, heads, i, j);
    if (question === "" || isPlaceholder(question)) continue;
    const { text: answer, end } = answerAt(lines, heads, j, lines.length);
    if (answer === "" || isPlaceholder(answer)) continue;
    demonstrations.push({ question, passages: [], answer });
    for (let k = i; k < end; k++) gone.add(k);
    i = end - 1;
  }
  return { demonstrations, rest: lines.filter((_, i) => !gone.has(i)).join("\n") };
}

/** `<your answer>`, `...` and the like stand for an answer and are none. */
export function isPlaceholder(text: string): boolean {
  return /^["“]?(?:<[^<>]{1,80}>|\{[^{}":]*\}|\[[^[\]"]{0,60}\]|\.{2,}|…|_+)["”]?$/u.test(text.trim());
}

const ownKey = /^\s*\**([\p{Lu}][\p{L}]*(?: [\p{L}]+){0,2})\**\s*[:：]\**\s*(.*)$/su;

function withOwnNames(lines: readonly string[]): (Heading | undefined)[] {
  const heads = lines.map(headingOf);
  const last = lines.findLastIndex((line) => line.trim() !== "");
  const repeated = repeatedNames(lines, heads);
  if (repeated !== undefined) return repeated;
  const [, answer, empty] = ownKey.exec(lines[last] ?? "") ?? [];
  if (answer === undefined || empty !== "" || heads[last]?.kind === "question") return heads;
  const keys = lines.map((line) => ownKey.exec(line)?.[1]);
  const asks = keys.slice(0, last).findLast((key) => key !== undefined && key !== answer);
  if (asks === undefined || !lines.slice(0, last).some((line, i) => keys[i] === answer && (ownKey.exec(line)?.[2] ?? "") !== ""))
    return heads;
  return lines.map((line, i) => {
    const rest = ownKey.exec(line)?.[2] ?? "";
    if (keys[i] === answer) return { kind: "answer", name: answer.toLowerCase(), style: ":", rest };
    return keys[i] === asks ? { kind: "text", name: asks.toLowerCase(), style: ":", rest } : heads[i];
  });
}

const showsExamples =
  /\b(?:examples?|classif\w*|label\w*|decide|determine|judge|categori\w*|sentiment|mood|like this|as follows|shown)\b/iu;

/** Two lines or more of one name, each right above one of another, below words that speak of examples; anything else between is none. */
function repeatedNames(lines: readonly string[], heads: readonly (Heading | undefined)[]): (Heading | undefined)[] | undefined {
  const own = lines.map((line) => ownKey.exec(line));
  const first = own.findIndex((match, i) => match !== null && own[i + 1] !== null && own[i + 1] !== undefined && match[2] !== "");
  const [asks, answer] = [own[first]?.[1], own[first + 1]?.[1]];
  if (asks === undefined || answer === undefined || asks === answer) return undefined;
  if (heads[first]?.kind === "passages" || !showsExamples.test(lines.slice(0, first).join("\n"))) return undefined;
  const pairs = own.flatMap((match, i) => (match?.[1] === asks && own[i + 1]?.[1] === answer && own[i + 1]?.[2] !== "" ? [i] : []));
  const last = pairs.at(-1) ?? 0;
  const between = lines
    .slice(first, last)
    .every((line, i) => line.trim() === "" || isRule(line) || [asks, answer].includes(own[first + i]?.[1] ?? ""));
  if (pairs.length < 2 || !between) return undefined;
  return heads.map((head, i) => {
    const rest = own[i]?.[2] ?? "";
    if (own[i]?.[1] === answer) return { kind: "answer", name: answer.toLowerCase(), style: ":", rest };
    return own[i]?.[1] === asks ? { kind: "text", name: asks.toLowerCase(), style: ":", rest } : head;
  });
}

function examplesInTags(text: string): Shown {
  const tags = tagsIn(text).filter(({ kind }) => kind === "examples");
  if (tags.length === 0) return { demonstrations: [], rest: text };
  const demonstrations: Demonstration[] = [];
  const kept: string[] = [];
  let from = 0;
  for (const tag of tags) {
    const shown = exampleOf(tag.content);
    kept.push(text.slice(from, tag.from));
    if (shown.length === 0) kept.push(tag.content);
    demonstrations.push(...shown);
    from = tag.to;
  }
  return { demonstrations, rest: [...kept, text.slice(from)].join("\n\n") };
}

function exampleOf(content: string): Demonstration[] {
  const inner = tagsIn(content).filter(({ kind }) => kind === "examples");
  if (inner.length > 0) return inner.flatMap((tag) => exampleOf(tag.content));
  const parts = partsOf(content);
  const part = (names: RegExp): string | undefined => parts.find(({ name }) => names.test(name))?.text;
  const answers = parts.filter(({ name }) =>
    /^(?:output|answer|label|response|category|intent|result|assistant|ideal_output)$/iu.test(name),
  );
  const asks = parts.filter(({ name }) => /^(?:input|question|query|text|message|user|utterance|review|email|ticket)$/iu.test(name));
  const passages = part(/^(?:contexts?|documents?|passages?)$/iu);
  if (asks.length > 0 && asks.length === answers.length) {
    const shown = passages === undefined || asks.length > 1 ? [] : passagesIn(passages);
    return asks.map(({ text }, i) => ({ question: text, passages: shown, answer: answers[i]?.text ?? "" }));
  }
  const block = blocksIn(`${content.trim()}\n\nContext: end`);
  if (block.demonstrations.length > 0) return [...block.demonstrations];
  return [...pairsIn(content).demonstrations, ...arrowsIn(content).demonstrations];
}

/** `<name>…</name>` one after the other, in linear time. */
function partsOf(content: string): { readonly name: string; readonly text: string }[] {
  const closings = new Map<string, number[]>();
  for (const { 1: name = "", index } of content.matchAll(/<\/(\w+)>/gu)) {
    const places = closings.get(name);
    if (places === undefined) closings.set(name, [index]);
    else places.push(index);
  }
  for (const places of closings.values()) places.reverse();
  const parts: { name: string; text: string }[] = [];
  let to = 0;
  for (const { 0: opening, 1: name = "", index } of content.matchAll(/<(\w+)>/gu)) {
    const places = closings.get(name);
    if (index < to || places === undefined) continue;
    const from = index + opening.length;
    while ((places.at(-1) ?? Infinity) < from) places.pop();
    const end = places.at(-1);
    if (end === undefined) continue;
    parts.push({ name, text: content.slice(from, end).trim() });
    to = end + name.length + 3;
  }
  return parts;
}

const arrow = /->|=>|→|⇒/gu;

/** The two sides of a line's last arrow, without bullet and quotes; undefined where one of them is empty or the right one is too long for a label. */
function sidesOf(line: string): { readonly question: string; readonly answer: string } | undefined {
  const last = [...line.matchAll(arrow)].at(-1);
  if (last === undefined) return undefined;
  const unquoted = (text: string): string =>
    text
      .trim()
      .replace(/^["“'`]/u, "")
      .replace(/["”'`]$/u, "");
  const question = unquoted(
    line
      .slice(0, last.index)
      .trim()
      .replace(/^(?:[-*•]|\d+[.)])/u, ""),
  );
  const answer = unquoted(line.slice(last.index + last[0].length));
  return question === "" || answer === "" || answer.length > 120 || /["”]/u.test(answer) ? undefined : { question, answer };
}

/** Two lines or more of `text -> answer`. */
function arrowsIn(text: string): Shown {
  const lines = text.split("\n");
  const found = lines.map(sidesOf);
  const first = found.findIndex((match) => match !== undefined);
  const above = lines.slice(0, Math.max(0, first)).findLast((line) => line.trim() !== "") ?? "";
  // Under a list of labels an arrow explains a label.
  const speaks = /\b(?:labels?|categories|classes|intents|options|meaning|means)\b/iu.exec(above);
  const explains = speaks !== null && speaks.index + speaks[0].length <= lastColon(above);
  if (explains || found.filter((match) => match !== undefined).length < 2) return { demonstrations: [], rest: text };
  return {
    demonstrations: found.flatMap((match) => (match === undefined ? [] : [{ ...match, passages: [] }])),
    rest: lines.filter((_, i) => found[i] === undefined).join("\n"),
  };
}
