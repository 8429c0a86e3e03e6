import { expect, test } from "vitest";
import { seeded } from "../../stats/random.ts";
import type { Program } from "../../types.ts";
import { meanOf, parentOf, type Scored } from "./fronts.ts";
import { createKeeper } from "./keep.ts";
import { instructed, textIn } from "./writer.ts";

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
