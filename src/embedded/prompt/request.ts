/** Chat messages -> what is asked: instructions, demonstrations, passages, question, claims. */
import { type Claim, findClaims, impliedClaim, type VerdictNames, verdictNamesOf } from "../claims/asked.ts";
import { alternativesIn } from "./alternatives.ts";
import { divide, type Divided } from "./divide.ts";
import type { Demonstration } from "./examples.ts";
import { type Instructions, isHyde, readInstructions } from "./instructions.ts";
import { labelRows } from "./label-list.ts";
import { isQuestion } from "./orders.ts";
import type { Passage } from "./passages.ts";

export type { Demonstration } from "./examples.ts";

export interface Message {
  readonly role: string;
  readonly content: string;
}

export interface Understood {
  /** What the user said last, as it stands, and what the assistant asked just before it, if it did. */
  readonly message: string;
  readonly before: string;
  readonly instructions: Instructions;
  readonly demonstrations: readonly Demonstration[];
  readonly passages: readonly Passage[];
  readonly question: string;
  readonly claims: readonly Claim[];
  /** How the prompt calls the verdicts on claims, where it names them. */
  readonly verdictNames?: VerdictNames | undefined;
}

/**
 * Understands the messages; the last ones from the user ask, all of them together where several stand in a row. Earlier pairs of user and
 * assistant are demonstrations; an answer after the last question, messages of tools and blank messages are passed over. `read` divides a
 * message, or knows how one like it was divided.
 */
export function understand(messages: readonly Message[], read: typeof divide = divide): Understood {
  const spoken = messages.filter(({ content }) => content.trim() !== "");
  const system = spoken.filter((m) => m.role === "system" || m.role === "developer").map((m) => m.content);
  const turns = spoken.filter((m) => m.role === "user" || m.role === "assistant");
  const end = turns.findLastIndex((m) => m.role === "user") + 1;
  const start = turns.slice(0, end).findLastIndex((m) => m.role !== "user") + 1;
  const earlier = pairsOf(turns.slice(0, start));
  const message = turns
    .slice(start, end)
    .map((m) => m.content)
    .join("\n\n");
  const before = turns[start - 1]?.content ?? "";
  const { text, claims } = findClaims(message, system.join("\n\n"));
  const told = divideSystem(system.join("\n\n"), read);
  const labelled = readInstructions(told.instructions).labels.length >= 2;
  const loose = told.passages.length === 0;
  const asks = read(text === "" && claims.length === 0 ? told.whole : text, { asks: claims.length === 0, labelled, loose });
  const shown = earlier.map(({ user, assistant }) => demonstrationOf(user, assistant, read, loose));
  const passages = passagesFor(asks, told.passages, shown);
  // Where the passages are the user's, what the system message says of them is instructions.
  const own = passages === told.passages ? told.instructions : told.all;
  const instructions = readInstructions([own, asks.rest].join("\n\n"));
  const orders = [own, asks.rest, ...(claims.length > 0 ? [asks.question] : [])].join("\n\n");
  const hyde = instructions.hyde || (asks.rest === "" && isHyde(asks.question));
  const question = withoutTemplate(
    asks.question,
    earlier.map(({ user }) => user),
  );
  const alternatives = instructions.labels.length > 0 ? undefined : alternativesIn(question);
  const row = alternatives === undefined ? [] : [{ row: labelRows.quoted, text: alternatives.text }];
  const named = alternatives?.names.map((name) => ({ name, about: "" })) ?? instructions.labels;
  const polar = instructions.polar !== true || isPolar(question);
  return {
    message,
    before: /[?？]\s*$/.test(before) ? before : "",
    instructions: { ...instructions, hyde, labels: polar ? named : [], honoured: [...instructions.honoured, ...row] },
    demonstrations: [...told.demonstrations, ...asks.demonstrations, ...shown],
    passages,
    question: alternatives?.rest ?? question,
    claims: claims.length > 0 || passages.length === 0 ? claims : impliedClaim(question, orders),
    verdictNames: verdictNamesOf(orders),
  };
}

interface Told {
  readonly whole: string;
  /** The instructions where the passages stand in the system message, and where they do not. */
  readonly instructions: string;
  readonly all: string;
  readonly passages: readonly Passage[];
  readonly demonstrations: readonly Demonstration[];
}

/** A system message may hold the passages and examples; what it asks is never the question. */
function divideSystem(whole: string, read: typeof divide): Told {
  const { passages, demonstrations, rest } = read(whole, { asks: false });
  const tagged = read(whole, { asks: false, headed: false });
  const all = tagged.rest;
  // What the company's background is told as is no passage to answer from.
  const background = /^[ \t]*(?:#{1,6}[ \t]*)?\**background\b/imu.test(whole) && tagged.passages.length === 0;
  return { whole, instructions: background ? all : rest, all, passages: background ? [] : passages, demonstrations };
}

/** The user's own; else those of the system message; else those that the turn before was about. */
function passagesFor(asks: Divided, system: readonly Passage[], shown: readonly Demonstration[]): readonly Passage[] {
  if (asks.passages.length > 0) return asks.passages;
  return system.length > 0 ? system : (shown.findLast(({ passages }) => passages.length > 0)?.passages ?? []);
}

/** One example of a question and its answer, as fine-tuning rows hold it too. */
function demonstrationOf(user: string, assistant: string, read: typeof divide, loose: boolean): Demonstration {
  const { passages, question } = read(user, { loose });
  const asked = question === "" && passages.length === 0 ? user.trim() : question;
  return { message: user, passages, question: asked, answer: assistant.trim() };
}

function pairsOf(turns: readonly Message[]): { readonly user: string; readonly assistant: string }[] {
  const pairs: { user: string; assistant: string }[] = [];
  for (let i = 0; i + 1 < turns.length; i++) {
    const user = turns[i];
    const assistant = turns[i + 1];
    if (user?.role === "user" && assistant?.role === "assistant") pairs.push({ user: user.content, assistant: assistant.content });
  }
  return pairs;
}

/** A question that yes or no answers. */
function isPolar(question: string): boolean {
  return (
    (isQuestion(question) && /^\W*(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|must)\b/i.test(question)) ||
    /[吗嗎]|是否/u.test(question)
  );
}

const mostTemplateLines = 400;

/** Lines that every earlier question has too belong to the template, not to the question. */
function withoutTemplate(question: string, earlier: readonly string[]): string {
  const lines = question.split("\n");
  // A text of so many lines is no question between lines of a template, and to look for all of them takes time.
  if (earlier.length < 2 || lines.length > mostTemplateLines) return question;
  const own = lines.filter((line) => line.trim() === "" || !earlier.every((other) => other.includes(line)));
  return own.some((line) => line.trim() !== "") ? own.join("\n").trim() : question;
}
