/** Every row of ../GRAMMAR.md has a test under its name, and every test a row. */
import { readFileSync } from "node:fs";
import type OpenAI from "openai";
import { expect, test } from "vitest";
import { openEngine } from "../engine.fixture.ts";
import { claimRows } from "./explain.ts";
import { otherRows } from "./instructions.ts";
import { rules } from "./rules.ts";

const { client } = openEngine();

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

const quote = "The old mill was sold to Anton Brandt for 900 crowns.";
const chat = async (...messages: readonly OpenAI.ChatCompletionMessageParam[]): Promise<string> =>
  (await client.chat.completions.create({ model: "reader", messages: [...messages] })).choices[0]?.message.content ?? "";
const asked = (text: string): OpenAI.ChatCompletionMessageParam => ({ role: "user", content: text });

const rows: Readonly<Record<string, () => Promise<void>>> = {
  "`system` and `developer` messages": async () =>
    expect(
      await chat({ role: "developer", content: "Answer in upper case." }, asked(`${both}\n\nQuestion: ${buyer}`), {
        role: "system",
        content: "Cite the passage.",
      }),
    ).toBe("ANTON BRANDT [2]"),
  "several user messages in a row": async () =>
    expect(await chat(asked(`Here is the document:\n\n${both}`), asked(buyer))).toBe("Anton Brandt"),
  "a message of text parts": async () => {
    const parts = [both, `Question: ${buyer}`].map((text) => ({ type: "text" as const, text }));
    expect(await chat({ role: "user", content: parts })).toBe("Anton Brandt");
  },
  "an empty message": async () => {
    expect(await chat(asked(`${both}\n\nQuestion: ${buyer}`), asked(" \n"))).toBe("Anton Brandt");
    expect(await chat({ role: "system", content: `${both}\n\nQuestion: ${buyer}` }, asked(""))).toBe("Anton Brandt");
  },
  "a last message from the assistant": async () =>
    expect(await chat(asked(`${both}\n\nQuestion: ${buyer}`), { role: "assistant", content: "It was sold to" })).toBe("Anton Brandt"),
  "passages in the system message": async () => {
    for (const told of [
      `Use the following context to answer. Cite.\n\n${mill}`,
      `Cite.\n<context>\n${mill}\n</context>`,
      `Cite.\n\n[1] ${mill}`,
    ])
      expect(await chat({ role: "system", content: told }, asked(buyer))).toBe("Anton Brandt [1]");
  },
  "a question below an earlier turn's passages": async () =>
    expect(
      await chat(
        asked(`Context:\n${mill}\n\nQuestion: How much was the mill sold for?`),
        { role: "assistant", content: "900 crowns" },
        asked(buyer),
      ),
    ).toBe("Anton Brandt"),
  "`[1] Title` and text, then `[2] …`": async () =>
    expect(await ask("Cite the passage.", `${both}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [2]"),
  "`Passage 1: …`, `Document 2: …`": async () =>
    expect(await ask("Cite the passage.", `Passage 1: ${boat}\n\nPassage 2: ${mill}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [2]"),
  "`(1) …` or `1. …` below a heading of passages": async () => {
    for (const [a, b] of [
      ["(1)", "(2)"],
      ["1.", "2."],
    ])
      expect(await ask("Cite.", `Passages:\n${a} ${boat}\n${b} ${mill}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [2]");
  },
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
  "`Use the following pieces of context …`": async () => {
    const order = "Use the following pieces of context to answer the question at the end. Answer in upper case.";
    expect(await ask("", `${order}\n\n${boat}\n\n${mill}\n\nQuestion: ${buyer}\nHelpful Answer:`)).toBe("ANTON BRANDT");
    const enclosed = `Context information is below.\n-----\n${boat}\n\n${mill}\n-----\nGiven the context information, answer the query.`;
    expect(await ask("", `${enclosed}\nQuery: ${buyer}\nAnswer:`)).toBe("Anton Brandt");
  },
  'text between ``` or """ fences': async () => {
    for (const fence of ["```", '"""']) expect(await ask("", `Read this.\n\n${fence}\n${mill}\n${fence}\n\n${buyer}`)).toBe("Anton Brandt");
  },
  "`Source: a.md` above or below each text": async () => {
    const texts = [
      `Source: boat.md\n${boat}\n\nSource: mill.md\n${mill}`,
      `${boat}\n(Source: boat.md)\n\n${mill}\n(Source: mill.md)`,
      `- id: boat.md\n  score: 0.2\n  text: ${boat.replace("\n", " ")}\n- id: mill.md\n  text: ${mill.replace("\n", " ")}`,
    ];
    for (const text of texts) expect(await ask("Cite.", `Context:\n${text}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [mill.md]");
  },
  "`### Title` and text below `## Context`": async () =>
    expect(await ask("Cite.", `## Context\n\n### Boats\n${boat}\n\n### Mills\n${mill}\n\n## Question\n${buyer}`)).toBe(
      "Anton Brandt [Mills]",
    ),
  "a JSON array of documents, or one on each line": async () => {
    const documents = [
      { id: "b", content: boat },
      { id: "m", content: mill },
    ];
    for (const text of [JSON.stringify(documents), JSON.stringify(documents, null, 2), documents.map((d) => JSON.stringify(d)).join("\n")])
      expect(await ask("Cite.", `Documents:\n${text}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [m]");
  },
  "`---` or bullets between texts": async () => {
    for (const text of [`${boat}\n---\n${mill}`, `- ${boat.replace("\n", " ")}\n- ${mill.replace("\n", " ")}`])
      expect(await ask("Cite.", `Context:\n${text}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [2]");
  },
  "`文章：`, `段落：`, `上下文：`": async () => {
    for (const heading of ["文章：", "段落：", "上下文："])
      expect(await ask("", `${heading}\n工厂成立于1987年。\n\n问题：工厂成立于哪一年？`)).toContain("1987");
  },
  "`Mail:`, `Chapter 1` or no heading at all above `Question:`": async () => {
    for (const heading of ["Mail: ", "Chapter 1\n", "", "Text: "]) {
      const text = `${heading}${quote}\n\nAnswer in upper case. Cite.`;
      expect(await ask("", `${text}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt");
      expect(await ask("", `Answer in upper case.\n\n${heading}${quote}\n\nQuestion: ${buyer}`)).toBe("ANTON BRANDT");
    }
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
  "a whole message, where the system message names labels": async () =>
    expect(await ask("Labels: lost_card, top_up", "Answer in JSON.\n\nI lost my card.\n\nOnly reply top.")).toBe("lost_card"),
  "lines that all earlier user messages have too": async () => {
    const framed = moods.map(([text, label]) => [`Say what you think of this.\n${text}`, label] as const);
    expect(await ask("Classify.", "Say what you think of this.\nan awful, nasty sea", framed)).toBe("zag");
  },
  "nothing in particular": async () => expect(await ask("", `${both}\n\nQuestion: When was the Petrel built?`)).toBe("3 May 1921"),
  "`a short phrase`, `only the answer`, `no explanation`": async () => {
    const shown = [
      [`[1] ${boat}\n\nQuestion: Who built the Petrel?`, "The Petrel was built in Bergen on 3 May 1921 by Olga Dahl."],
    ] as const;
    for (const order of ["Answer with a short phrase.", "Give only the answer.", "No explanation, please."])
      expect(await ask(order, `${both}\n\nQuestion: ${buyer}`, shown)).not.toContain("was sold");
  },
  "`in a full sentence`, `一句话`": async () => {
    const whole = "The old mill was sold to Anton Brandt for 900 crowns.";
    for (const order of ["Answer in a full sentence.", "用一句话回答。"])
      expect(await ask(order, `${both}\n\nQuestion: ${buyer}`)).toBe(whole);
    expect(await ask("Answer with a phrase, not in a full sentence.", `${both}\n\nQuestion: ${buyer}`)).not.toBe(whole);
  },
  "`one word`": async () => expect(await ask("Answer with one word.", `${both}\n\nQuestion: ${buyer}`)).toMatch(/^\p{L}+$/u),
  "`at most five words`": async () => {
    for (const order of ["Use at most two words.", "Answer in 1-2 words.", "Keep it under three words.", "No more than 2 words!"])
      expect((await ask(order, `${both}\n\nQuestion: When was the Petrel built?`)).split(" ").length).toBeLessThanOrEqual(2);
    expect(await ask("Answer in a full sentence. At most 20 words.", `${both}\n\nQuestion: ${buyer}`)).toBe(quote);
    expect(await ask("Answer in a full sentence. At most 6 words.", `${both}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt");
  },
  "`only the number`, `digits only`": async () =>
    expect(await ask("Give only the number.", `${both}\n\nQuestion: How many passengers does the Petrel carry?`)).toBe("40"),
  "`only the year`": async () => expect(await ask("Give only the year.", `${both}\n\nQuestion: When was the Petrel built?`)).toBe("1921"),
  "`YYYY-MM-DD`, `DD.MM.YYYY`, `MM/DD/YYYY`": async () => {
    for (const [pattern, date] of [
      ["YYYY-MM-DD", "1921-05-03"],
      ["DD.MM.YYYY", "03.05.1921"],
      ["MM/DD/YYYY", "05/03/1921"],
    ])
      expect(await ask(`Write dates as ${pattern}.`, `${both}\n\nQuestion: When was the Petrel built?`)).toBe(date);
  },
  "`lower case`, `upper case`": async () => {
    expect(await ask("Answer in lower case.", `${both}\n\nQuestion: ${buyer}`)).toBe("anton brandt");
    expect(await ask("Answer in upper case.", `${both}\n\nQuestion: ${buyer}`)).toBe("ANTON BRANDT");
  },
  "`cite`, `[n]`": async () => expect(await ask("Add the passage as [n].", `${both}\n\nQuestion: ${buyer}`)).toBe("Anton Brandt [2]"),
  "`first quote the sentence, then answer`": async () => {
    for (const order of [
      "First quote the sentence that holds the answer, then answer.",
      "Before answering, copy the sentence with the evidence.",
    ])
      expect(await ask(order, `${both}\n\nQuestion: ${buyer}`)).toBe(`"${quote}"\n\nAnton Brandt`);
  },
  "`Evidence: …` and `Answer: …` as lines, or `<quote>` and `<answer>` tags": async () => {
    const lines = "Reply in this form:\nEvidence: <the sentence>\nAnswer: <short answer>\nSource: <number>";
    expect(await ask(lines, `${both}\n\nQuestion: ${buyer}`)).toBe(`Evidence: ${quote}\nAnswer: Anton Brandt\nSource: 2`);
    const tags = "Put the evidence in <quote> tags and the answer in <answer> tags.";
    expect(await ask(tags, `${both}\n\nQuestion: ${buyer}`)).toBe(`<quote>${quote}</quote>\n<answer>Anton Brandt</answer>`);
  },
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
    const typed = async (type: string | readonly string[], question: string) =>
      (
        await complete('If it is not in the passages, say "No entry".', `${both}\n\nQuestion: ${question}`, [], {
          response_format: {
            type: "json_schema",
            json_schema: { name: "r", schema: { type: "object", properties: { answer: { type } }, required: ["answer"] } },
          },
        })
      ).choices[0]?.message;
    expect((await typed("boolean", "Was the old mill sold to Anton Brandt?"))?.content).toBe('{"answer":true}');
    expect((await typed("integer", "How many passengers does the Petrel carry?"))?.content).toBe('{"answer":40}');
    expect((await typed("string", stranger))?.content).toBe('{"answer":"No entry"}');
    expect((await typed(["integer", "null"], stranger))?.content).toBe('{"answer":null}');
    for (const type of ["integer", "boolean"]) expect(await typed(type, stranger)).toMatchObject({ content: null, refusal: "No entry" });
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
  "`do not make up an answer`": async () =>
    expect(await ask("Do not make up an answer.", `${both}\n\nQuestion: ${stranger}`)).toBe("I don't know"),
  "`set it to null if it is not there`": async () => {
    const order = 'Answer as JSON with the field "answer". If it is not in the passages, set "answer" to null.';
    expect(JSON.parse(await ask(order, `${both}\n\nQuestion: ${stranger}`))).toEqual({ answer: null });
    expect(JSON.parse(await ask(order, `${both}\n\nQuestion: ${buyer}`))).toEqual({ answer: "Anton Brandt" });
  },
  "`如果文章中没有答案，请回答“X”`": async () =>
    expect(await ask("如果文章中没有答案，请回答“没有记录”。", "文章：\n工厂成立于1987年。\n\n问题：谁写了这首交响曲？")).toBe("没有记录"),
  "`answer only from the passages`": async () => {
    const shown = [[buyer, "Nobody"]] as const;
    expect(await ask("", `${both}\n\nQuestion: ${buyer}`, shown)).toBe("Nobody");
    expect(await ask("Answer only from the passages.", `${both}\n\nQuestion: ${buyer}`, shown)).toBe("Anton Brandt");
  },
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
  '`{"label": "a\\|b\\|c"}`': async () =>
    expect(JSON.parse(await ask('Return JSON: {"label": "lost_card|top_up"}', "My card is lost"))).toEqual({ label: "lost_card" }),
  '`"category" (a, b or c)`, `{"intent": "a" or "b"}`': async () => {
    for (const order of [
      'Return JSON with "why" and "kind" (lost_card, top_up or other).',
      'Return JSON: {"why": string, "kind": "lost_card" or "top_up"}',
      'Return JSON with the fields "why" and "kind", one of: lost_card, top_up.',
    ])
      expect(JSON.parse(await ask(order, "My card is lost"))).toEqual({ why: null, kind: "lost_card" });
  },
  "`yes or no`, `yes, no or maybe`": async () => {
    expect(await ask("Answer yes or no.", `${both}\n\nQuestion: Was the old mill sold to Anton Brandt?`)).toBe("yes");
    expect(await ask("Answer yes, no or maybe.", `${both}\n\nQuestion: ${stranger}`)).toBe("maybe");
  },
  "demonstrations with labels": async () => expect(await ask("Labels: zug, zag", "nasty, awful", moods)).toBe("zag"),
  "demonstrations alone whose answers repeat": async () => {
    expect(await ask("", "lovely, great", moods)).toBe("zug");
    const once = [moods[0], moods[2]];
    expect(await ask("", "great, lovely weather", once)).toBe("zug");
    expect(await ask("", "nasty, awful weather", once)).toBe("zag");
  },
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
  "`Review: …` and `Sentiment: …`, the last one empty": async () => {
    const written = moods.map(([text, label]) => `Review: ${text}\nMood: ${label}`).join("\n###\n");
    expect(await ask("", `Decide the mood.\n\n${written}\n###\nReview: nasty, awful\nMood:`)).toBe("zag");
  },
  "`<example>` tags": async () => {
    const written = moods.map(([text, label]) => `<example><input>${text}</input><output>${label}</output></example>`).join("\n");
    expect(await ask(`Classify.\n<examples>\n${written}\n</examples>`, "nasty, awful")).toBe("zag");
  },
  "`text -> label` on two lines or more": async () =>
    expect(await ask(`Classify.\n${moods.map(([text, label]) => `"${text}" -> ${label}`).join("\n")}`, "nasty, awful")).toBe("zag"),
  "`Context: … Question: … Answer: …`, again and again": async () => {
    const first = `Context: ${boat}\nQuestion: Who built the Petrel?\nAnswer: The Petrel was built in Bergen on 3 May 1921 by Olga Dahl.`;
    expect(await ask("", `${first}\n\nContext: ${mill}\nQuestion: ${buyer}\nAnswer:`)).toBe(quote);
  },
  "demonstrations without passages and labels": async () => {
    const shown = [["Who keeps the lighthouse at Skaw?", "Old Mads"]] as const;
    expect(await ask("", "Who keeps the lighthouse at Skaw today?", shown)).toBe("Old Mads");
    expect(await ask("", stranger, shown)).not.toBe("Old Mads");
  },
  "a list with what to say when none fits": async () => {
    const list = 'Answer with one of: card_arrival, lost_card, exchange_rate. If none of them fits, say "other".';
    expect(await ask(list, "Text: My card was lost on the train")).toBe("lost_card");
    expect(await ask(list, "Text: Which bird lays blue eggs?")).toBe("other");
  },
  "demonstrations whose answers are JSON, or `key: value` lines": async () => {
    const shown = [
      ["a table for 4 at 19:30", '{"people": "4", "time": "19:30"}'],
      ["we are 12, at 20:15 please", '{"people": "12", "time": "20:15"}'],
      ["book it for 7 at 18:45", '{"people": "7", "time": "18:45"}'],
      ["room for 3 at 21:00", '{"people": "3", "time": "21:00"}'],
    ] as const;
    expect(await ask("", "a table for 6 at 17:30", shown)).toBe('{"people": "6", "time": "17:30"}');
    const lines = shown.map(([text, json]) => {
      const { people, time } = JSON.parse(json) as { people: string; time: string };
      return [text, `people: ${people}\ntime: ${time}`] as const;
    });
    expect(await ask("", "a table for 6 at 17:30", lines)).toBe("people: 6\ntime: 17:30");
  },
  "demonstrations whose answers stand in constant words": async () => {
    const shown = [
      [`Context: ${boat}\n\nQuestion: Who built the Petrel?`, "<answer>Olga Dahl</answer>"],
      [`Context: ${boat}\n\nQuestion: Where was the Petrel built?`, "<answer>Bergen</answer>"],
      [`Context: ${boat}\n\nQuestion: How many passengers does she carry?`, "<answer>forty</answer>"],
    ] as const;
    expect(await ask("", `Context: ${mill}\n\nQuestion: ${buyer}`, shown)).toBe("<answer>Anton Brandt</answer>");
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
  "`Claim:`, `Statement:`, `Hypothesis:` with a passage or `Premise:`": async () => {
    const order = "Does the passage support the claim? Answer SUPPORTS, REFUTES or NOT ENOUGH INFO.";
    expect(await ask(order, `Passage: ${mill}\n\nClaim: The old mill was sold for 900 crowns.`)).toBe("SUPPORTS");
    expect(await ask(order, `Passage: ${mill}\n\nClaim: The old mill was sold for 300 crowns.`)).toBe("REFUTES");
    const nli = "Answer entailment, contradiction or neutral.";
    expect(await ask(nli, `Premise: ${mill}\n\nHypothesis: The captain liked pears.`)).toBe("neutral");
  },
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
  expect(documented.toSorted()).toEqual(Object.keys(rows).toSorted());
  for (const { row } of rules) expect(documented).toContain(row);
  for (const row of [...otherRows, ...Object.values(claimRows)]) expect(documented).toContain(row);
});
