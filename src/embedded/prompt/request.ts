/** Chat messages -> what is asked: instructions, demonstrations, passages, question, claims. */
import { divide, type Passage } from "./passages.ts";
import { findClaims, type Claim } from "../claims/claims.ts";
import { type Instructions, readInstructions } from "./instructions.ts";

export interface Message {
  readonly role: string;
  readonly content: string;
}

export interface Demonstration {
  readonly question: string;
  readonly passages: readonly Passage[];
  readonly answer: string;
}

export interface Understood {
  readonly instructions: Instructions;
  readonly demonstrations: readonly Demonstration[];
  readonly passages: readonly Passage[];
  readonly question: string;
  readonly claims: readonly Claim[];
}

/** Understands the messages; the last one from the user asks. */
export function understand(messages: readonly Message[]): Understood {
  const system = messages.filter((m) => m.role === "system" || m.role === "developer").map((m) => m.content);
  const turns = messages.filter((m) => m.role === "user" || m.role === "assistant");
  const asked = turns.findLastIndex((m) => m.role === "user");
  const last = turns[asked]?.content ?? "";
  const earlier = pairsOf(turns.slice(0, asked));
  const { text, claims } = findClaims(last);
  const asks = divide(text, claims.length === 0);
  const inline = inlineDemonstrations([...system, asks.rest]);
  const demonstrations = [...inline.demonstrations, ...earlier.map(({ user, assistant }) => demonstrationOf(user, assistant))];
  const instructions = readInstructions(inline.rest.join("\n\n"));
  const hyde = instructions.hyde || (asks.rest === "" && readInstructions(asks.question).hyde);
  return {
    instructions: hyde === instructions.hyde ? instructions : { ...instructions, hyde },
    demonstrations,
    passages: asks.passages,
    question: withoutTemplate(
      asks.question,
      earlier.map((pair) => pair.user),
    ),
    claims,
  };
}

/** One example of a question and its answer, as fine-tuning rows hold it too. */
function demonstrationOf(user: string, assistant: string): Demonstration {
  const { passages, question } = divide(user);
  return { passages, question, answer: assistant.trim() };
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

const inlinePair =
  /^[ \t]*(?:[-*•]|\d+[.)])?[ \t]*\**(?:q|question|input|text|message|user|query|问题|问|输入)\**[ \t]*[:：][ \t]*(.+)\n+[ \t]*\**(?:a|answer|output|label|assistant|category|intent|答案|答|回答|输出|标签)\**[ \t]*[:：][ \t]*(\S.*)$/gimu;

/** Examples that are written out inside the instructions: `Input: …` and `Output: …` on lines of their own. */
function inlineDemonstrations(texts: readonly string[]): { readonly demonstrations: Demonstration[]; readonly rest: string[] } {
  const demonstrations: Demonstration[] = [];
  const rest = texts.map((text) =>
    text.replace(inlinePair, (_, question: string, answer: string) => {
      demonstrations.push({ question: question.trim(), passages: [], answer: answer.trim() });
      return "";
    }),
  );
  return { demonstrations, rest };
}

/** Lines that every earlier question has too belong to the template, not to the question. */
function withoutTemplate(question: string, earlier: readonly string[]): string {
  if (earlier.length < 2) return question;
  const lines = question.split("\n");
  const own = lines.filter((line) => line.trim() === "" || !earlier.every((other) => other.includes(line)));
  return own.some((line) => line.trim() !== "") ? own.join("\n").trim() : question;
}
