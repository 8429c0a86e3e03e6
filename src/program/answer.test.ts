/** What a question is answered with. */
import { expect, test } from "vitest";
import type { Program, StepLab } from "../types.ts";
import { gather, ready } from "./answer.ts";

const lab: StepLab = {
  embed: () => Promise.reject(new Error("nothing is embedded")),
  ask: () => Promise.reject(new Error("nobody is asked")),
  rerank: async () => [],
  search: () => Promise.reject(new Error("nothing is searched")),
  widen: async (_, passages) => passages,
};
const demos = ["What is 3 - 4?", "What is 3 / 4?", "Who?"].map((text, i) => ({
  id: `d${i}`,
  fields: { text, hidden: `${i}` },
  answer: `${i}`,
}));
const program: Program = { model: "x/y", params: {}, system: "", user: "{{text}}", demos, steps: [] };

const shownTo = async (text: string) => {
  const { messages } = await gather(ready(program, new Map()), { id: "q", fields: { text, hidden: "else" } }, lab);
  return messages.filter(({ role }) => role === "assistant").map(({ content }) => content);
};

test("no demonstration asks the question itself, whatever it is called and however it is written", async () => {
  expect(await shownTo("who")).toEqual(["0", "1"]);
  expect(await shownTo("what is 3 / 4")).toEqual(["0", "2"]);
  expect(await shownTo("What is 3 + 4?")).toEqual(["0", "1", "2"]);
});
