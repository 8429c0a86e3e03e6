/** Every row of ../GRAMMAR.md has a test under its name, and every test a row. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmbedded } from "../engine.ts";

let folder = "";
let client: OpenAI;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "embedded-"));
  client = new OpenAI({ baseURL: "http://embedded.invalid/v1", apiKey: "none", maxRetries: 0, fetch: createEmbedded({ folder }) });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function complete(
  system: string,
  user: string,
  shown: readonly (readonly [string, string])[] = [],
  more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {},
) {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "system", content: system }];
  for (const [question, answer] of shown) messages.push({ role: "user", content: question }, { role: "assistant", content: answer });
  return client.chat.completions.create({ model: "reader", messages: [...messages, { role: "user", content: user }], ...more });
}

async function ask(...args: Parameters<typeof complete>): Promise<string> {
  return (await complete(...args)).choices[0]?.message.content ?? "";
}

const boat = "The Petrel\nThe Petrel was built in Bergen on 3 May 1921 by Olga Dahl. She carries forty passengers.";
const mill = "The mill\nThe old mill was sold to Anton Brandt for 900 crowns.";
const both = `[1] ${boat}\n\n[2] ${mill}`;
const buyer = "Who was the mill sold to?";
const stranger = "Which chemical element did the expedition discover?";
const moods = [
  ["a great and lovely day", "zug"],
  ["great weather, lovely sea", "zug"],
  ["an awful and nasty day", "zag"],
  ["awful weather, nasty sea", "zag"],
] as const;

const rows: Readonly<Record<string, () => Promise<void>>> = {
  "`[1] Title` and text, then `[2] …`": async () =>
    expect(await ask("Cite the passage.", `${both}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [2]"),
  "`Passage 1: …`, `Document 2: …`": async () =>
    expect(await ask("Cite the passage.", `Passage 1: ${boat}\n\nPassage 2: ${mill}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [2]"),
  '`<passage id="3">…</passage>`, `<document>`, `<source>`, `<context>`': async () => {
    expect(await ask("Cite.", `<passage id="x">${boat}</passage>\n<passage id="y">${mill}</passage>\n\n${buyer}`)).toBe("Anton Brandt [y]");
    expect(await ask("Cite.", `<documents><document><source>a.md</source>${mill}</document></documents>\n${buyer}`)).toContain(
      "Anton Brandt",
    );
  },
  "`Context:`, `Passages:`, `Documents:`, `## Context`": async () => {
    for (const heading of ["Context:", "Passages:", "Documents:\n", "## Context\n"])
      expect(await ask("", `${heading} ${mill}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt");
  },
  'text between ``` or """ fences': async () => {
    for (const fence of ["```", '"""']) expect(await ask("", `Read this.\n\n${fence}\n${mill}\n${fence}\n\n${buyer}`)).toBe("Anton Brandt");
  },
  "`文章：`, `段落：`, `上下文：`": async () => {
    for (const heading of ["文章：", "段落：", "上下文："])
      expect(await ask("", `${heading}\n工厂成立于1987年。\n\n问题：工厂成立于哪一年？`)).toContain("1987");
  },
  "`Question: …`, `Q: …`, `问题：…`, `<question>…</question>`": async () => {
    for (const asked of [`Question: ${buyer}`, `Q: ${buyer}`, `问题：${buyer}`, `<question>${buyer}</question>`]) {
      expect(await ask("", `Context:\n${mill}\n\n${asked}`)).toBe("Anton Brandt");
      expect(await ask("", `${asked}\n\nContext:\n${mill}`)).toBe("Anton Brandt");
    }
  },
  "no heading": async () => expect(await ask("", `Context:\n${mill}\n\n${buyer}`)).toBe("Anton Brandt"),
  "`Message:`, `Text:`, `Input:`": async () => {
    for (const heading of ["Message", "Text", "Input"])
      expect(await ask("Labels: lost_card, top_up", `${heading}: I lost my card`)).toBe("lost_card");
  },
  "lines that all earlier user messages have too": async () => {
    const framed = moods.map(([text, label]) => [`Say what you think of this.\n${text}`, label] as const);
    expect(await ask("Classify.", "Say what you think of this.\nan awful, nasty sea", framed)).toBe("zag");
  },
  "nothing in particular": async () => expect(await ask("", `${both}\n\nQuestion: When was the Petrel built?`)).toBe("3 May 1921"),
  "`in a full sentence`, `一句话`": async () => {
    const whole = "The old mill was sold to Anton Brandt for 900 crowns.";
    for (const order of ["Answer in a full sentence.", "用一句话回答。"])
      expect(await ask(order, `${both}\n\nQuestion: ${buyer}`)).toBe(whole);
    expect(await ask("Answer with a phrase, not in a full sentence.", `${both}\n\nQuestion: ${buyer}`)).not.toBe(whole);
  },
  "`one word`": async () => expect(await ask("Answer with one word.", `${both}\n\nQuestion: ${buyer}`)).toMatch(/^\p{L}+$/u),
  "`only the number`, `digits only`": async () =>
    expect(await ask("Give only the number.", `${both}\n\nQuestion: How many passengers does the Petrel carry?`)).toMatch(/^(forty|\d+)$/),
  "`YYYY-MM-DD`": async () =>
    expect(await ask("Write dates as YYYY-MM-DD.", `${both}\n\nQuestion: When was the Petrel built?`)).toBe("1921-05-03"),
  "`lower case`, `upper case`": async () => {
    expect(await ask("Answer in lower case.", `${both}\n\nQuestion: ${buyer}`)).toBe("anton brandt");
    expect(await ask("Answer in upper case.", `${both}\n\nQuestion: ${buyer}`)).toBe("ANTON BRANDT");
  },
  "`cite`, `[n]`": async () => expect(await ask("Add the passage as [n].", `${both}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [2]"),
  '`JSON` with `fields "a" and "b"`, or an example object': async () => {
    expect(JSON.parse(await ask('Answer as JSON with the fields "answer" and "source".', `${both}\n\nQuestion: ${buyer}`))).toEqual({
      answer: "Anton Brandt",
      source: "2",
    });
    expect(JSON.parse(await ask('Answer as JSON: {"answer": "…", "quote": "…", "mood": "…"}', `${both}\n\nQuestion: ${buyer}`))).toEqual({
      answer: "Anton Brandt",
      quote: "The old mill was sold to Anton Brandt for 900 crowns.",
      mood: null,
    });
  },
  "`response_format`": async () => {
    const schema = { name: "reply", schema: { type: "object", properties: { answer: {}, found: {} } } };
    const text = await ask("", `${both}\n\nQuestion: ${buyer}`, [], { response_format: { type: "json_schema", json_schema: schema } });
    expect(JSON.parse(text)).toEqual({ answer: "Anton Brandt", found: true });
  },
  "`max_tokens`, `stop`": async () => {
    const cut = await complete("", `${both}\n\nQuestion: ${buyer}`, [], { max_tokens: 1 });
    expect(cut.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "Anton" } });
    expect(await ask("", `${both}\n\nQuestion: ${buyer}`, [], { stop: [" Bra"] })).toBe("Anton");
  },
  '`If the answer is not in the passages, say "X"`': async () => {
    for (const order of [
      'If the answer is not in the passages, say "No entry".',
      "When the context does not contain the answer, reply with No entry.",
      'If you cannot tell, answer exactly "No entry".',
    ]) {
      expect(await ask(order, `${both}\n\nQuestion: ${stranger}`)).toBe("No entry");
      expect(await ask(order, `${both}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt");
    }
    expect(await ask('If the customer is angry, say "Sorry".', `${both}\n\nQuestion: ${stranger}`)).not.toBe("Sorry");
  },
  '`Answer exactly "X" if the passages do not …`': async () =>
    expect(await ask('Answer exactly "No entry" if the passages do not say.', `${both}\n\nQuestion: ${stranger}`)).toBe("No entry"),
  "`If you do not know, say so`": async () =>
    expect(await ask("If you do not know, say so.", `${both}\n\nQuestion: ${stranger}`)).toBe("I don't know"),
  "`如果文章中没有答案，请回答“X”`": async () =>
    expect(await ask("如果文章中没有答案，请回答“没有记录”。", "文章：\n工厂成立于1987年。\n\n问题：谁写了这首交响曲？")).toBe("没有记录"),
  "a demonstration that refuses": async () =>
    expect(await ask("", `${both}\n\nQuestion: ${stranger}`, [[`[1] ${mill}\n\nQuestion: How tall is the king?`, "I do not know."]])).toBe(
      "I do not know.",
    ),
  "nothing of the kind": async () => expect(both).toContain(await ask("", `${both}\n\nQuestion: ${stranger}`)),
  "`one of: a, b, c`, `Labels: a, b, c`": async () => {
    for (const order of ["Answer with one of: lost_card, top_up.", "Labels: lost_card, top_up"])
      expect(await ask(order, "My card is lost")).toBe("lost_card");
  },
  "a list with `- a` or `- a: what it means` under a line that announces it": async () =>
    expect(await ask("Choose one of these labels:\n- A1: cards that went missing\n- A2: adding money", "My card went missing")).toBe("A1"),
  '`"a", "b" or "c"` after answer, choose, classify': async () =>
    expect(await ask('Answer with "lost card", "top up" or "other".', "My card is lost")).toBe("lost card"),
  "`yes or no`, `yes, no or maybe`": async () => {
    expect(await ask("Answer yes or no.", `${both}\n\nQuestion: Was the old mill sold to Anton Brandt?`)).toBe("yes");
    expect(await ask("Answer yes, no or maybe.", `${both}\n\nQuestion: ${stranger}`)).toBe("maybe");
  },
  "demonstrations with labels": async () => expect(await ask("Labels: zug, zag", "nasty, awful", moods)).toBe("zag"),
  "demonstrations alone whose answers repeat": async () => expect(await ask("", "lovely, great", moods)).toBe("zug"),
  "earlier user/assistant pairs": async () => {
    const shown = [
      [`[1] ${boat}\n\nQuestion: Who built the Petrel?`, "The Petrel was built in Bergen on 3 May 1921 by Olga Dahl."],
    ] as const;
    expect(await ask("", `${both}\n\nQuestion: ${buyer}`, shown)).toBe("The old mill was sold to Anton Brandt for 900 crowns.");
  },
  "`Input: …` and `Output: …` (or `Q:` and `A:`) in the instructions": async () => {
    const written = moods.map(([text, label]) => `Input: ${text}\nOutput: ${label}`).join("\n\n");
    expect(await ask(`Classify.\n\n${written}`, "Input: nasty, awful")).toBe("zag");
  },
  "demonstrations without passages and labels": async () => {
    const shown = [["Who keeps the lighthouse at Skaw?", "Old Mads"]] as const;
    expect(await ask("", "Who keeps the lighthouse at Skaw today?", shown)).toBe("Old Mads");
    expect(await ask("", stranger, shown)).not.toBe("Old Mads");
  },
  "`write a passage that answers the question`": async () =>
    expect(await ask("Write a short passage that answers the question.", `Question: ${buyer}`)).toContain("mill"),
  "`Claims:` and numbered claims after passages": async () =>
    expect(
      JSON.parse(await ask("", `${both}\n\nClaims:\n1. The old mill was sold for 900 crowns.\n2. The old mill was sold for 300 crowns.`)),
    ).toEqual([
      { claim: 1, verdict: "supported", quote: "The old mill was sold to Anton Brandt for 900 crowns." },
      { claim: 2, verdict: "contradicted", quote: "The old mill was sold to Anton Brandt for 900 crowns." },
    ]),
};

test.each(Object.entries(rows))("%s", async (_, check) => {
  expect.hasAssertions();
  await check();
});

test("GRAMMAR.md has exactly these rows", () => {
  const text = readFileSync(new URL("../GRAMMAR.md", import.meta.url), "utf8");
  const documented = [...text.matchAll(/^\| (.+?) \| .+ \|$/gm)]
    .map((match) => match[1])
    .filter((cell) => !/^(written|asked for|given) as$/.test(cell ?? ""));
  expect(documented).toEqual(Object.keys(rows));
});
