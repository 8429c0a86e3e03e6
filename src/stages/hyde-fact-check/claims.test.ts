import { expect, test } from "vitest";
import type { Passage } from "../../types.ts";
import { claimsOf, unsupported, verdictPrompt, verdictsOf, without } from "./claims.ts";

const question = { id: "q", fields: { question: "How long is the warranty?" } };
const evidence: readonly Passage[] = [
  { id: "w#1", source: "w", title: "Warranty", text: "The warranty runs for two years. Batteries are not covered.", score: 1 },
];

test("a short answer is checked together with its question, a sentence by itself", () => {
  expect(claimsOf("two years", question)[0]).toEqual({ sentence: "two years", text: "How long is the warranty? two years" });
  const [claim] = claimsOf("The warranty of all our things runs for two years.", question);
  expect(claim?.text).toBe(claim?.sentence);
  expect(claimsOf("", question)).toEqual([]);
});

test("a verdict counts only with a quote that stands in a passage", () => {
  const claims = claimsOf("two years", question);
  const reply = (quote: string, verdict = "supported") => JSON.stringify([{ claim: 1, verdict, quote }]);
  expect(verdictsOf(reply("the warranty runs for two years"), claims, evidence)[0]?.verdict).toBe("supported");
  expect(verdictsOf(reply("the warranty runs for ten years"), claims, evidence)[0]?.verdict).toBe("not_found");
  expect(verdictsOf(reply(""), claims, evidence)[0]?.verdict).toBe("not_found");
  expect(verdictsOf(reply("Batteries are not covered", "contradicted"), claims, evidence)[0]?.verdict).toBe("contradicted");
});

test("a reply that is no such JSON supports nothing, and prose around the JSON does not matter", () => {
  const claims = claimsOf("two years", question);
  for (const reply of ["", "yes", "[", '[{"claim": "one"}]', "supported"]) {
    expect(unsupported(verdictsOf(reply, claims, evidence))).toEqual([0]);
  }
  const fenced = '```json\n[{"claim": 1, "verdict": "supported", "quote": "runs for two years"}]\n```';
  expect(unsupported(verdictsOf(fenced, claims, evidence))).toEqual([]);
});

test("the judge sees evidence and claims, nothing else", () => {
  const [system, user] = verdictPrompt(claimsOf("two years", question), evidence);
  expect(system?.role).toBe("system");
  expect(user?.content).toContain("[1] Warranty");
  expect(user?.content).toContain("1. How long is the warranty? two years");
});

test("only the refuted sentences leave an answer; what was never a claim stays, line breaks too", () => {
  const answer = "First, the facts.\n- It runs for two years.\n- It costs nothing. Shall I go on?\nBye.";
  expect(without(answer, ["It costs nothing."])).toBe("First, the facts.\n- It runs for two years.\n- Shall I go on?\nBye.");
  expect(without(answer, [])).toBe(answer);
});
