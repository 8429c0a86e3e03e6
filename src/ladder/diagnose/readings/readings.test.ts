/** A lenient reading forgives form and nothing else: the scorer grades what it makes of the answer, and its verdict decides. */
import { expect, test } from "vitest";
import exact from "../../../scorers/exact.ts";
import { labFor, turnOf } from "../../../scorers/lab.fixture.ts";
import type { Case, Json, Score } from "../../../types.ts";
import { readingsOf } from "./index.ts";
import type { Known } from "./reading.ts";

const free: Known = { labels: undefined, accepted: new Set(["E-77", "E-12", "Lyon", "Paris", "45 days", "30 days"]) };
const closed: Known = { labels: ["refund_request", "complaint", "bug", "urgent", "not urgent", "no", "yes"], accepted: new Set() };

async function isForgiven(answer: string, expected: Json, known: Known, question: string): Promise<boolean> {
  const kase: Case = { id: "c", fields: { question }, expected };
  const options = exact.options.parse({ ignore_case: false });
  const scores: Score[] = [];
  for (const { text } of readingsOf(answer, kase, known)) scores.push(await exact.score(turnOf(kase, text), kase, options, labFor(exact)));
  return scores.some((score) => "value" in score && score.value === 1);
}

test.each<[string, Json]>([
  ["The code is E-77, as you can see in the attached document, dear customer.", "E-77"],
  ["e-77.", "E-77"],
  ["**Lyon**", "Lyon"],
  ["<answer>Lyon</answer>", "Lyon"],
  ["I think it over.\nFinal answer: Lyon", "Lyon"],
  ["Lyon\n\nThis follows from the second paragraph of the text above.", "Lyon"],
  ['{"answer": "Lyon", "confidence": 0.9}', "Lyon"],
  ['["Lyon"]', "Lyon"],
  ["So six times seven is \\boxed{42}", "42"],
  ["答案是北京。", "北京"],
  ["You have 45 days from delivery.", "45 days"],
  ["1,188.00 EUR", "1188"],
  ["€1.50", "EUR 1.50"],
  ["1188", "1.188,00 €"],
  ["90 minutes", "1.5 h"],
  ["4 weeks", "28 days"],
  ["thirty days", "30 days"],
  ["It costs € 5 [2].", "5 euros"],
  ["January 31st", "31 January"],
  ["Yes, a signature is needed.", ["a signature", "yes"]],
  ['Sure:\n```json\n{"People": 4, \'time\': "six",}\n```', { people: "4", time: "six" }],
  ["people: 4\ntime: six", { people: "4", time: "six" }],
  ["{'people': '4', 'time': 'six'}", { people: "4", time: "six" }],
  ['{"result": {"people": 4, "time": "six"}}', { people: "4", time: "six" }],
  ['[{"people": 4, "time": "six"}]', { people: "4", time: "six" }],
  ['{"status": "ok", "data": {"items": [{"people": 4, "time": "six"}]}}', { people: "4", time: "six" }],
  ["486 km", "486"],
  ["It has 486 workers.", "486"],
  ["21 °C", "21"],
  ["Oui", true],
])("%j is %j but for its form", async (answer, expected) => {
  expect(await isForgiven(answer, expected, free, "What is it?")).toBe(true);
});

test.each<[string, string]>([
  ["I would file this under Refund request, because they want money.", "refund_request"],
  ["REFUND_REQUEST", "refund_request"],
  ["complaint\nReason: nobody answered the bug report", "complaint"],
  ["Label: complaint.", "complaint"],
  ["This is not urgent at all", "not urgent"],
  ["No, because it is late", "no"],
  ["Ja.", "yes"],
  ["Non, pas du tout", "no"],
  ["False", "no"],
  ["是的", "yes"],
])("%j names the label %j", async (answer, label) => {
  expect(await isForgiven(answer, label, closed, "Please help me.")).toBe(true);
});

test.each<[string, Json]>([
  ["It is not E-77.", "E-77"],
  ["E-12, E-77", "E-77"],
  ["either Lyon or Paris", "Lyon"],
  ["Maybe Lyon", "Lyon"],
  ["I don't know whether it is Lyon", "Lyon"],
  ["Do you mean the Lyon of today?", "Lyon"],
  ["30 days for old orders, 45 days for new ones", "45 days"],
  ["30 months", "30 days"],
  ["$5", "€5"],
  ["about 5 or 6", "5"],
  ["-5", "5"],
  ["It is not 30 days", "30 days"],
  ["There is no answer", "no"],
  ["Lyon\nParis\nBordeaux", "Lyon"],
  ["12.3", "1.2.3"],
  ["", "Lyon"],
  [`${"A page of the handbook that says everything. ".repeat(12)}Lyon is in it. ${"And more of it. ".repeat(12)}`, "Lyon"],
  ['{"people": "5", "time": "six"}', { people: "4", time: "six" }],
  ['{"result": {"people": 5, "time": "six"}}', { people: "4", time: "six" }],
  ['[{"people": 4, "time": "six"}, {"people": 5, "time": "six"}]', { people: "4", time: "six" }],
  ["486 km or 487 km", "486"],
  ["Falsch", true],
])("%j is not %j, whatever its form", async (answer, expected) => {
  expect(
    await isForgiven(answer, expected, free, "What is it, Lyon of old times or of today?".slice(0, answer.includes("today") ? 99 : 11)),
  ).toBe(false);
});

test.each<[string, string]>([
  ["Either bug or complaint", "bug"],
  ["There is no evidence", "no"],
  ["Ja und nein", "yes"],
  ["Nein", "yes"],
  ["This is not urgent at all", "urgent"],
  ["refund_request\ncomplaint\nbug", "refund_request"],
  ["I cannot tell whether that is a complaint", "complaint"],
])("%j does not name the label %j alone", async (answer, label) => {
  expect(await isForgiven(answer, label, closed, "Please help me.")).toBe(false);
});
