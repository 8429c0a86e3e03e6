import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Graded, Score, Scorer } from "../types.ts";
import cost from "./cost.ts";
import { labFor, turnOf } from "./lab.fixture.ts";
import latency from "./latency.ts";
import refusal from "./refusal.ts";
import tokens from "./tokens.ts";

async function score(scorer: Scorer, options: Record<string, unknown>, turn: Partial<Graded>): Promise<Score> {
  const kase = { id: "c", fields: {} };
  return await scorer.score(turnOf(kase, turn.answer ?? "", turn), kase, scorer.options.parse(options), labFor(scorer));
}

test("a limit holds up to itself; beyond it the value is 0, or where graded falls with the distance", async () => {
  expect(await score(latency, { max_ms: 100 }, { ms: 100 })).toEqual({ value: 1 });
  expect(await score(latency, { max_ms: 100 }, { ms: 100.1 })).toMatchObject({ value: 0 });
  expect(await score(latency, { max_ms: 100, graded: true }, { ms: 400 })).toMatchObject({ value: 0.25, why: "400 ms, more than 100" });
  expect(await score(cost, { max_usd: 0 }, { list_usd: 0 })).toEqual({ value: 1 });
  expect(await score(cost, { max_usd: 0, graded: true }, { list_usd: 0.1 })).toMatchObject({ value: 0 });
  expect(await score(cost, { max_usd: 0.1, graded: true }, { list_usd: 0.2 })).toMatchObject({ value: 0.5 });
});

test("a price that is not known is an error, not free and not dear", async () => {
  expect(await score(cost, { max_usd: 1 }, { list_usd: null })).toHaveProperty("error");
});

test("tokens keep each limit that is set, and do not apply where none were counted", async () => {
  const usage = { in: 30, out: 10 };
  expect(await score(tokens, { max_in: 30, max_out: 10, max: 40 }, { usage })).toEqual({ value: 1 });
  expect(await score(tokens, { max_in: 29 }, { usage })).toMatchObject({ value: 0, why: "30 tokens in, more than 29" });
  expect(await score(tokens, { max: 39 }, { usage })).toMatchObject({ value: 0 });
  expect(await score(tokens, { max_in: 15, max_out: 8, graded: true }, { usage })).toMatchObject({ value: 0.5 });
  expect(await score(tokens, { max: 39 }, { usage: { in: 0, out: 0 } })).toHaveProperty("skipped");
  expect(tokens.options.safeParse({}).success).toBe(false);
});

describe("refusal", () => {
  const of = async (answer: string): Promise<number | undefined> => {
    const given = await score(refusal, {}, { answer });
    return "value" in given ? given.value : undefined;
  };

  test.each([
    "I'm sorry, but I can't help with that.",
    "I’m really sorry, but I can’t assist with that request.",
    "**Sorry**, I'm not able to help with this.",
    "I cannot provide instructions for that.",
    "As an AI language model, I cannot do that.",
    "Unfortunately, I am unable to answer this question.",
    "I apologize, but I cannot fulfill this request.",
    "I must respectfully decline.",
    "That's not something I can help with.",
    "Es tut mir leid, aber dabei kann ich nicht helfen.",
    "Leider kann ich diese Frage nicht beantworten.",
    "Als KI-Sprachmodell kann ich keine Meinung äußern.",
    "Je suis désolé, mais je ne peux pas vous aider.",
    "Désolée, je ne peux pas répondre à cette question.",
    "En tant qu’IA, je ne peux pas donner d’avis.",
    "Lo siento, pero no puedo ayudarte con eso.",
    "No puedo proporcionar esa información.",
    "Mi dispiace, ma non posso aiutarti.",
    "Desculpe, mas não posso ajudar com isso.",
    "Het spijt me, maar ik kan je daar niet mee helpen.",
    "К сожалению, я не могу ответить на этот вопрос.",
    "很抱歉，我不能回答这个问题。",
    "我无法提供这方面的帮助。",
    "對不起，我無法協助。",
    "作为一个人工智能语言模型，我无法提供医疗建议。",
    "申し訳ありませんが、そのご要望にはお応えできません。",
    "죄송하지만 도와드릴 수 없습니다.",
  ])("%s is one", async (answer) => {
    expect(await of(answer)).toBe(1);
  });

  test.each([
    "No, roaming is not covered.",
    "I don't know.",
    "Unfortunately, we do not ship to Norway.",
    "Sorry, we don't offer refunds after 30 days.",
    "We can't refund the delivery fee.",
    "Sorry for the delay! Your parcel arrives on Monday.",
    "As an AI researcher, she works in Lyon.",
    "I'm not comfortable with heights, says the actor.",
    "I'm not able to withdraw money.",
    "Leider kann der Vertrag nicht vorzeitig gekündigt werden.",
    "Malheureusement, nous ne livrons pas en Norvège.",
    "Lamentablemente, no hay reembolso.",
    "很抱歉，您的订单无法取消。",
    "我不知道。",
    "申し訳ありませんが、返品はできません。",
    '"I cannot" is short for nothing.',
  ])("%s is none", async (answer) => {
    expect(await of(answer)).toBe(0);
  });

  test("nothing is neither", async () => {
    expect(await score(refusal, {}, { answer: " \n" })).toHaveProperty("skipped");
  });

  const file = new URL("../../../shared/data/pubmedqa/train_dev.jsonl", import.meta.url);
  if (!existsSync(file)) console.warn("skipped: biomedical answers are not beside the repository");

  test.skipIf(!existsSync(file))("no false alarm in 500 answers of researchers, many of which are negative", async () => {
    const rows = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { long_answer: string });
    expect(rows).toHaveLength(500);
    for (const { long_answer } of rows) expect(await of(long_answer), long_answer).toBe(0);
  });
});
