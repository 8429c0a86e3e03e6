import { expect, test } from "vitest";
import { EndpointFault } from "../../errors.ts";
import { seeded } from "../../stats/random.ts";
import type { Answered, Program } from "../../types.ts";
import { createAlike } from "./alike.ts";
import { meanOf, parentOf, type Scored } from "./fronts.ts";
import { createKeeper } from "./keep.ts";
import { instructed, reflectionRequest, textIn } from "./writer.ts";

const program = (system: string, user = "{{question}}"): Program => ({ model: "a/b", params: {}, system, user, demos: [], steps: [] });

const SCHEMA = 'Reply with {"city": string, "year": number}.';
const RULES = "# Task\nAnswer briefly.\n\n## Rules\nNever guess.\nCite the page.\n\n## Style\nBe kind.";

test.each([
  ["keeps all", program("Answer.", "Q: {{question}}"), [], program("Answer well.", "Question: {{question}}"), undefined],
  ["loses a placeholder", program("Answer."), [], program("Answer.", "the question"), /lost \{\{question\}\}/],
  ["asks for another field", program("Answer."), [], program("{{name}}: answer."), /has \{\{name\}\}/],
  ["leaves a section open", program("Answer."), [], program("Answer.", "{{#question}}{{question}}"), /template is broken/],
  ["changes the form of the answer", program(`Go. ${SCHEMA}`), [], program('Go. Reply with {"town": string}.'), /must stay/],
  ["moves the form of the answer", program(`Go. ${SCHEMA}`), [], program(`${SCHEMA}\n\nGo slowly.`), undefined],
  ["changes a fenced block", program('Go.\n```json\n{ "a": 1 }\n```'), [], program('Go.\n```json\n{ "b": 1 }\n```'), /must stay/],
  ["changes a locked section", program(RULES), ["rules"], program(RULES.replace("Never", "Rarely")), /must stay: "## Rules/],
  ["changes another section", program(RULES), ["rules"], program(RULES.replace("kind", "stern")), undefined],
  ["drops a locked text", program("Be brief. Be kind."), ["Be kind."], program("Be brief."), /must stay/],
  ["grows without end", program("Answer."), [], program("Answer. ".repeat(1000)), /tokens, more than/],
])("a candidate that %s", (_, before, locked, candidate, why) => {
  const fault = createKeeper(before, { locked }).fault(candidate);
  if (why === undefined) expect(fault).toBeUndefined();
  else expect(fault).toMatch(why);
});

test.each([
  ["Be exact.", "Be exact."],
  ["Sure! Here it is:\n```\nBe exact.\n```\nGood luck.", "Be exact."],
  ["First:\n```\nA\n```\nbetter:\n````markdown\nB\n```json\n{}\n```\n````", "B\n```json\n{}\n```"],
  ["", ""],
])("the text of the reply %j", (reply, text) => {
  expect(textIn(reply)).toBe(text);
});

test("a new instruction takes the place of the template that instructs, and leaves the other alone", () => {
  expect(instructed(program("Old."), "New.")).toEqual(program("New."));
  expect(instructed(program(""), "New.")).toEqual(program("New."));
  const user = "Translate this text into French: {{question}}";
  expect(instructed(program("", user), "To French, please: {{question}}")).toEqual(program("", "To French, please: {{question}}"));
});

const scored = (candidate: string, ...values: readonly number[]): Scored<string> => ({
  candidate,
  values: new Map(values.map((value, i) => [`${i}`, value])),
});

test("a parent is best somewhere, the more often the likelier; one that is nowhere needed is never drawn", () => {
  const pool = [scored("weak", 0, 0, 0, 1), scored("strong", 1, 1, 0, 1), scored("odd", 0, 0, 1, 0)];
  const random = seeded("parents");
  const drawn = Array.from({ length: 300 }, () => parentOf(pool, random).candidate);
  const times = (name: string) => drawn.filter((one) => one === name).length;
  expect(times("weak")).toBe(0);
  expect(times("strong")).toBeGreaterThan(times("odd"));
  expect(times("odd")).toBeGreaterThan(0);
  expect(meanOf(pool[1] ?? scored(""))).toBe(0.75);
});

const LONG = "Read the ticket with care. Answer in English. Never guess a name. Keep to what the ticket says. Be polite, and be brief.";

/** Vectors of words, in which "concise" is "brief". */
const embedder = (texts: readonly string[]) => {
  const words = texts.map((text) => text.replaceAll("concise", "brief").split(" "));
  const all = [...new Set(words.flat())];
  return Promise.resolve(words.map((own) => all.map((word) => own.filter((one) => one === word).length)));
};

test.each([
  ["the same in other marks and letters", "Answer, briefly!", "answer briefly", false],
  ["the same sentences in another order", "Be brief. Be kind.", "Be kind. Be brief.", false],
  ["the same by the embedder", "Be brief in all answers.", "Be concise in all answers.", false],
  ["one rule more in a long prompt", LONG, `${LONG} Count the letters first.`, true],
  ["one rule less in a long prompt", LONG, LONG.replace("Never guess a name. ", ""), true],
  ["another rule in a long prompt", `${LONG} Count the letters first.`, `${LONG} Write the name last.`, true],
  ["headings about the same sentences", "Be brief. Be kind.", "# Style\nBe brief. Be kind.", true],
])("a candidate that says %s", async (_, before, after, isNew) => {
  const notes: string[] = [];
  const alike = createAlike({ embed: embedder, note: (text) => void notes.push(text) });
  alike.add([{ name: "before", program: program(before) }]);
  expect(await alike.isNew({ name: "after", program: program(after) })).toBe(isNew);
  expect(notes).toEqual(isNew ? [] : ["after is not tried: it says what before says"]);
});

test("an embedder that does not answer finds nothing alike, one that a budget stopped ends the search", async () => {
  const isNew = async (error: Error) => {
    const embed = async (): Promise<never> => {
      throw error;
    };
    const alike = createAlike({ embed, note: () => {} });
    alike.add([{ name: "before", program: program("Be brief in all answers.") }]);
    return await alike.isNew({ name: "after", program: program("Be concise in all answers.") });
  };
  expect(await isNew(new EndpointFault("transient", "busy"))).toBe(true);
  await expect(isNew(new Error("budget"))).rejects.toThrow("budget");
});

test("of a case whose repeats came out differently a reflection shows the best answer beside the worst", () => {
  const kase = { id: "c", fields: { question: "q?" }, expected: "right" };
  const row = (repeat: number, answer: string, value: number): Answered => ({
    case: "c",
    split: "train",
    repeat,
    program: "p",
    answer,
    passages: [],
    scores: { s: { value } },
    calls: 1,
    cached_calls: 0,
    usd: 0,
    list_usd: 0,
    ms: 1,
    cached: false,
    usage: { in: 1, out: 1 },
  });
  const said = (...rows: readonly Answered[]) => reflectionRequest(program("Go."), [{ kase, rows }], "s")[0]?.content ?? "";
  const both = said(row(0, "middling", 0.5), row(1, "poor", 0), row(2, "right", 1));
  expect(both).toMatch(/Answer given: right\ns: 1\.00\nAnswer given another time: poor\ns: 0\.00/);
  expect(both).not.toContain("middling");
  expect(said(row(0, "poor", 0), row(1, "bad", 0))).not.toContain("another time");
});
