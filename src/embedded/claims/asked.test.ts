/** The forms in which a verdict may be asked for, through the official client. */
import type OpenAI from "openai";
import { expect, test } from "vitest";
import { openEngine } from "../engine.fixture.ts";

const { client } = openEngine();

async function ask(user: string, system = ""): Promise<string> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: user }];
  if (system !== "") messages.unshift({ role: "system", content: system });
  return (await client.chat.completions.create({ model: "reader", messages })).choices[0]?.message.content ?? "";
}

const passage = "The ferry Alma was built in Turku in 1968. It carries 240 passengers and does not sail in January.";
/** Supported, contradicted, not found. */
const claims = ["The ferry was built in 1968.", "It sails in January.", "The captain collects old stamps."] as const;

const wordings: readonly (readonly [order: string, names: readonly [string, string, string]])[] = [
  ["Does the passage support the claim? Answer supported, contradicted or not found.", ["supported", "contradicted", "not found"]],
  ["Is the claim true, false or not given?", ["true", "false", "not given"]],
  ["Answer with exactly one of: ENTAILMENT, CONTRADICTION, NEUTRAL", ["ENTAILMENT", "CONTRADICTION", "NEUTRAL"]],
  ["Reply with one of: SUPPORTS, REFUTES, NOT ENOUGH INFO", ["SUPPORTS", "REFUTES", "NOT ENOUGH INFO"]],
  ["Choose one label:\n- supports\n- refutes\n- neutral", ["supports", "refutes", "neutral"]],
  ["Is the claim supported by the passage? Answer yes or no.", ["yes", "no", "no"]],
  ["Say whether the claim is correct or incorrect.", ["correct", "incorrect", "incorrect"]],
  ['Answer "faithful" or "unfaithful" to the passage.', ["faithful", "unfaithful", "unfaithful"]],
];

test.each(wordings)("%s", async (order, names) => {
  for (const [i, claim] of claims.entries()) {
    expect(await ask(`Passage: ${passage}\n\nClaim: ${claim}\n\n${order}`)).toBe(names[i]);
    expect(await ask(`${order}\n\nClaim: ${claim}\n\nPassage:\n${passage}`)).toBe(names[i]);
    expect(await ask(`<passage>${passage}</passage>\n\n<claim>${claim}</claim>`, order)).toBe(names[i]);
  }
});

test("without words for the verdicts it says supported, contradicted or not_found", async () => {
  expect(await ask(`Passage: ${passage}\n\nClaim: ${claims[0]}`)).toBe("supported");
  expect(await ask(`Passage: ${passage}\n\nClaim: ${claims[1]}`)).toBe("contradicted");
  expect(await ask(`Passage: ${passage}\n\nClaim: ${claims[2]}`)).toBe("not_found");
  expect(await ask(`Claim: ${claims[0]}\n\nIs the claim supported?`, "You verify claims against passages.")).toBe("not_found");
});

test("premise and hypothesis, statement and text, a statement in quotes or below the order", async () => {
  const system = "Answer with entailment, contradiction or neutral.";
  expect(await ask(`Premise: ${passage}\nHypothesis: ${claims[0]}`, system)).toBe("entailment");
  expect(await ask(`Hypothesis: ${claims[1]}\nPremise: ${passage}`, system)).toBe("contradiction");
  expect(await ask(`Text: ${passage}\n\nStatement: ${claims[2]}\n\nTrue, False or Not Given?`)).toBe("Not Given");
  expect(await ask(`Does the passage support the claim "${claims[0]}"? Answer yes or no.\n\nPassage: ${passage}`)).toBe("yes");
  const order = "Is the following statement true, false or not given according to the text?";
  expect(await ask(`Text:\n"""\n${passage}\n"""\n\n${order}\n\n${claims[1]}`)).toBe("false");
});

test("in Chinese", async () => {
  const text = "轮渡建于1968年，可载240人，一月不开航。";
  expect(await ask(`根据文章判断断言：支持、反驳或未提及。\n\n文章：${text}\n\n断言：轮渡建于1968年。`)).toBe("支持");
  expect(await ask(`文章：${text}\n\n说法：轮渡建于1986年。\n\n这个说法正确还是错误？请回答“正确”、“错误”或“未提及”。`)).toBe("错误");
  expect(await ask(`文章：${text}\n\n断言：船长喜欢集邮。\n\n请回答“支持”、“反驳”或“未提及”。`)).toBe("未提及");
});

test("as JSON: the fields that are asked for, the quote word for word, a confidence between 0 and 1", async () => {
  const order = 'Answer in JSON: {"verdict": "SUPPORTED|REFUTED|NEI", "quote": "…", "confidence": 0.9, "claim": "…", "source": "1"}';
  const given: unknown = JSON.parse(await ask(`Passages:\n[1] Sea\nIt is deep.\n\n[2] Ferry\n${passage}\n\nClaim: ${claims[1]}`, order));
  expect(given).toEqual({
    verdict: "REFUTED",
    quote: "It carries 240 passengers and does not sail in January.",
    confidence: expect.closeTo(0.75, 0),
    claim: claims[1],
    source: "2",
  });
});

test("a list gets an array with a verdict for each, numbered or bulleted, before or after the passages", async () => {
  const names = ["supported", "contradicted", "not_found"];
  const listed = claims.map((claim, i) => `${i + 1}. ${claim}`).join("\n");
  const bullets = claims.map((claim) => `- ${claim}`).join("\n");
  for (const message of [
    `Passages:\n[1] ${passage}\n\nClaims:\n${listed}`,
    `Claims:\n${listed}\n\nPassages:\n[1] ${passage}`,
    `Passages:\n[1] ${passage}\n\nStatements:\n${bullets}`,
  ])
    expect(JSON.parse(await ask(message))).toEqual(names.map((verdict, i) => ({ claim: i + 1, verdict, quote: expect.any(String) })));
});

test("a prompt's words are used in a list too", async () => {
  const system =
    'Answer with a JSON array: [{"id": 1, "label": "true", "evidence": "", "confidence": 0.5}]. The label is true, false or unknown.';
  const given: unknown = JSON.parse(await ask(`Passages:\n[1] ${passage}\n\nClaims:\n1. ${claims[1]}\n2. ${claims[2]}`, system));
  expect(given).toMatchObject([
    { id: 1, label: "false", evidence: expect.stringContaining("January") },
    { id: 2, label: "unknown", evidence: "" },
  ]);
});

test("a phrase for what is not there is used where the verdicts have no word for it", async () => {
  const order = 'Answer yes or no. If the passage does not say, answer "cannot be decided".';
  expect(await ask(`Passage: ${passage}\n\nClaim: ${claims[2]}\n\nIs the claim supported?`, order)).toBe("cannot be decided");
});

test("what is no claim is left alone: a text to label, a question about a passage", async () => {
  expect(await ask("Statement: I lost my card", "Labels: lost_card, top_up")).toBe("lost_card");
  expect(await ask(`Passage: ${passage}\n\nQuestion: Where was the ferry built?`)).toBe("Turku");
});

test("a list of claims is read to its end, however long; a year at the beginning of a line numbers no claim", async () => {
  const listed = Array.from({ length: 1_203 }, (_, i) => `${i + 1}. The hall holds ${i} people.`);
  const verdicts = JSON.parse(await ask(`Passage: The hall holds 240 people.\n\nClaims:\n${listed.join("\n")}`)) as {
    claim: number;
    verdict: string;
  }[];
  expect(verdicts.map(({ claim }) => claim)).toEqual(listed.map((_, i) => i + 1));
  expect(verdicts.filter(({ verdict }) => verdict === "supported").map(({ claim }) => claim)).toEqual([241]);
  const short = JSON.parse(await ask(`Passage: ${passage}\n\nClaims:\n1. It was built in 1968.\n1968. Turku.`)) as unknown[];
  expect(short).toHaveLength(1);
});

test("a tag, a quote or an announcement that does not end is passed over in time", async () => {
  for (const part of ["<claim>", "claim “", "the following claim ", "下面的说法"])
    expect(await ask(`${part.repeat(10_000)}\n\nPassage: ${passage}\n\nClaim: ${claims[0]}`)).not.toBe("");
});
