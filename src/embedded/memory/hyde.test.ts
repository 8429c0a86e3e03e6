/** Laws of composed passages, through the official client. */
import type OpenAI from "openai";
import { expect, test } from "vitest";
import { openEngine, train } from "../engine.fixture.ts";

const { client } = openEngine();

async function compose(user: string, system = "", model = "reader"): Promise<string> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: user }];
  if (system !== "") messages.unshift({ role: "system", content: system });
  return (await client.chat.completions.create({ model, messages })).choices[0]?.message.content ?? "";
}

const english = "How long is the warranty of the kettle?";
const chinese = "水壶的保修期有多长？";

test("without a memory it holds the question's content words and no word of the order", async () => {
  for (const text of [
    await compose(`Please write a passage to answer the question.\nQuestion: ${english}\nPassage:`),
    await compose(english, "Write a short paragraph that would answer the user's question."),
    await compose(`Given a question, generate a paragraph of text that answers the question.\n\nQuestion: ${english}\n\nParagraph:`),
    await compose(`Write a passage that answers this: ${english}`),
  ]) {
    expect(text).toBe("long warranty kettle.");
  }
});

test("Chinese keeps its words together, and loses only what makes it a question", async () => {
  for (const text of [
    await compose(`Please write a passage to answer the question.\nQuestion: ${chinese}\nPassage:`),
    await compose(`请写一段文字来回答这个问题。\n问题：${chinese}\n段落：`),
    await compose(`请写一段话回答问题：${chinese}`),
  ])
    expect(text).toBe("水壶的保修期有多长。");
});

test("a claim to write about is no claim to judge", async () => {
  const text = await compose(
    "Please write a scientific paper passage to support/refute the claim.\nClaim: Green tea lowers blood pressure.\nPassage:",
  );
  expect(text).toMatch(/Green tea lowers blood pressure/);
  expect(text).not.toMatch(/passage|claim|refute/i);
});

test("a tuned memory adds what it holds near the question, and nothing that it holds far from it", async () => {
  const rows = [
    ["How long is the warranty for a kettle?", "twenty months"],
    ["Who painted the ceiling of the chapel?", "Ines Valdivieso"],
    ["What is the capital of the island?", "Port Amber"],
    ["Which bird nests under the bridge?", "the dipper"],
    ["How many steps has the tower?", "311"],
    ["水壶的保修期是多久？", "二十个月"],
    ["When does the market close?", "at noon"],
    ["Who wrote the anthem?", "Piet Harlow"],
    ["Which metal is the bell made of?", "bronze"],
    ["Where is the observatory?", "on Mount Serra"],
  ].map(([user = "", assistant = ""]) =>
    JSON.stringify({
      messages: [
        { role: "user", content: user },
        { role: "assistant", content: assistant },
      ],
    }),
  );
  const job = await train(client, rows.join("\n"));
  const model = job.fine_tuned_model ?? "";
  const order = "Please write a passage to answer the question.\nQuestion: ";
  const text = await compose(`${order}${english}\nPassage:`, "", model);
  expect(text).toContain("twenty months");
  expect(text).not.toMatch(/Valdivieso|Amber|dipper|311/);
  expect(await compose(`${order}${chinese}\nPassage:`, "", model)).toContain("二十个月。");
});
