/** Laws of structured answers, over the wire. */
import type OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { connect, openEngine, train } from "../engine.fixture.ts";

type Pair = readonly [user: string, assistant: string];

const { folder, client } = openEngine();

function turns(pairs: readonly Pair[]): OpenAI.ChatCompletionMessageParam[] {
  return pairs.flatMap(([user, assistant]): OpenAI.ChatCompletionMessageParam[] => [
    { role: "user", content: user },
    { role: "assistant", content: assistant },
  ]);
}

async function ask(
  user: string,
  { model = "reader", shown = [], from = client }: { model?: string; shown?: readonly Pair[]; from?: OpenAI },
) {
  const completion = await from.chat.completions.create({ model, messages: [...turns(shown), { role: "user", content: user }] });
  return completion.choices[0]?.message.content ?? "";
}

async function tune(pairs: readonly Pair[]): Promise<OpenAI.FineTuning.FineTuningJob> {
  const lines = pairs.map((pair) => JSON.stringify({ messages: turns([pair]) }));
  const job = await train(client, lines.join("\n"));
  expect(job.error).toBeNull();
  return job;
}

async function tuned(pairs: readonly Pair[]): Promise<{ readonly model: string }> {
  return { model: (await tune(pairs)).fine_tuned_model ?? "" };
}

const names = ["Ana", "Bodo", "Carl", "Dina", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jutta"];
const things = ["lamp", "kettle", "chair", "router", "mug", "desk", "clock"];
const numbers = ["one", "two", "three", "four", "five", "six"];
const at = (list: readonly string[], i: number): string => list[i % list.length] ?? "";
const rows = (count: number, pair: (i: number) => Pair): Pair[] => Array.from({ length: count }, (_, i) => pair(i));
const order = (name: string, count: number | string, thing: string): string => `${name} wants ${count} ${thing}s by post`;

describe("what the examples teach", () => {
  test("values that were never seen are copied, in the spacing, order and nesting of the examples", async () => {
    const layouts: readonly ((name: string, count: number, thing: string) => string)[] = [
      (name, count, thing) => JSON.stringify({ who: name, count, thing }),
      (name, count, thing) => JSON.stringify({ order: { thing, count }, who: name }, null, 2),
      (name, count, thing) => `{"count": ${count}, "who": "${name}", "thing": "${thing}"}`,
      (name, count, thing) => `\`\`\`json\n${JSON.stringify({ who: name, thing, count })}\n\`\`\``,
      (name, count, thing) => `who: ${name}\nthing: ${thing}\ncount: ${count}`,
      (name, count, thing) => `count=${count}; who=${name}; thing=${thing}`,
    ];
    for (const write of layouts) {
      const known = rows(24, (i) => [order(at(names, i), i + 2, at(things, i * 3)), write(at(names, i), i + 2, at(things, i * 3))]);
      expect(await ask(order("Zoltan", 77, "violin"), await tuned(known))).toBe(write("Zoltan", 77, "violin"));
      expect(await ask(order("Zoltan", 77, "violin"), { shown: known.slice(0, 8) })).toBe(write("Zoltan", 77, "violin"));
    }
  });

  test("what stands for no value is learnt: left out, null, an empty text, a word", async () => {
    for (const nothing of [undefined, null, "", "unknown"]) {
      const write = (name: string, phone: string | undefined): string => JSON.stringify({ name, phone: phone ?? nothing });
      const known = rows(40, (i) => {
        const phone = i % 3 === 0 ? undefined : String(5550100 + i * 37);
        return [`This is ${at(names, i)}${phone === undefined ? ", hello" : `, call me on ${phone}`}.`, write(at(names, i), phone)];
      });
      const model = await tuned(known);
      expect(await ask("This is Zoltan, hello.", model)).toBe(write("Zoltan", undefined));
      expect(await ask("This is Zoltan, call me on 5550999.", model)).toBe(write("Zoltan", "5550999"));
    }
  });

  test("values may be written otherwise than they are said, chosen by the message, or always the same", async () => {
    const known = rows(60, (i) => {
      const late = i % 2 === 0;
      const message = `${at(names, i)} bought ${at(numbers, i)} ${at(things, i * 3)}s at ${(i % 11) + 1} pm. ${late ? "It is still not here!" : "It is broken!"}`;
      const hour = `${(i % 11) + 13}:00`;
      return [
        message,
        JSON.stringify({
          v: 1,
          who: at(names, i).toUpperCase(),
          count: (i % 6) + 1,
          thing: at(things, i * 3),
          at: hour,
          late,
          why: late ? "delivery" : "defect",
        }),
      ];
    });
    expect(JSON.parse(await ask("Zoltan bought eleven violins at 9:45 pm. It is broken!", await tuned(known)))).toEqual({
      v: 1,
      who: "ZOLTAN",
      count: 11,
      thing: "violin",
      at: "21:45",
      late: false,
      why: "defect",
    });
  });

  test("a list holds every value, and is empty where there is none", async () => {
    const known = rows(40, (i) => {
      const wanted = Array.from({ length: i % 4 }, (_, k) => at(things, i + k * 2));
      return [wanted.length === 0 ? "Nothing for me, thanks" : `Please bring ${wanted.join(" and ")} today`, JSON.stringify({ wanted })];
    });
    const model = await tuned(known);
    expect(await ask("Please bring violin and kettle and harp today", model)).toBe('{"wanted":["violin","kettle","harp"]}');
    expect(await ask("Nothing for me, thanks", model)).toBe('{"wanted":[]}');
  });

  test("the template around the message does not matter, and what is asked beside it does", async () => {
    const templates: readonly ((asked: string, text: string) => string)[] = [
      (asked, text) => `Requested: ${asked}\nMessage: ${text}`,
      (asked, text) => `Take out the values.\n\n<message>${text}</message>\n\nAsked for: ${asked}\n\nAnswer in JSON.`,
      (asked, text) => JSON.stringify({ text, requested: [asked] }),
    ];
    for (const template of templates) {
      const known = rows(60, (i) => {
        const asked = i % 2 === 0 ? "hour" : "seats";
        return [template(asked, String((i % 9) + 2)), JSON.stringify({ [asked]: String((i % 9) + 2) })];
      });
      const model = await tuned(known);
      expect(await ask(template("hour", "12"), model)).toBe('{"hour":"12"}');
      expect(await ask(template("seats", "12"), model)).toBe('{"seats":"12"}');
    }
  });

  test("one value inside constant words is put there again", async () => {
    const known = rows(30, (i) => [
      `Tonight ${at(names, i)} ${at(["Berg", "Cole", "Dorn"], i)} talks about ${at(things, i)}s.`,
      `Speaker: ${at(names, i)} ${at(["Berg", "Cole", "Dorn"], i)}`,
    ]);
    expect(await ask("Tonight Zoltan Kiss talks about violins.", await tuned(known))).toBe("Speaker: Zoltan Kiss");
  });
});

describe("answers that are not copied keep their frame", () => {
  test("labels, readings and memories inside JSON are learnt as such and written as JSON", async () => {
    const labels = rows(40, (i) => [
      `A ${i % 2 === 0 ? "great and lovely" : "nasty and awful"} ${at(things, i)}`,
      JSON.stringify({ label: i % 2 === 0 ? "good" : "bad", by: "v1" }),
    ]);
    expect(await ask("A lovely, great violin", await tuned(labels))).toBe('{"label":"good","by":"v1"}');
    const reading = rows(30, (i) => [
      `Context: Hall ${i} was built in ${1900 + i} by ${at(names, i)}. It has ${i + 20} rooms.\n\nQuestion: When was hall ${i} built?`,
      JSON.stringify({ answer: String(1900 + i), source: "1" }),
    ]);
    const question = "Context: Hall 77 was built in 1977 by Zoltan. It has 97 rooms.\n\nQuestion: When was hall 77 built?";
    expect(await ask(question, await tuned(reading))).toBe('{"answer":"1977","source":"1"}');
    expect(await ask(question, { shown: reading.slice(0, 3) })).toBe('{"answer":"1977","source":"1"}');
    const closed = rows(20, (i) => [
      `Who leads the guild of ${at(names, i)} ${i}?`,
      JSON.stringify({ answer: `Master ${at(things, i)} ${i}` }),
    ]);
    expect(await ask("Who leads the guild of Carl 2?", await tuned(closed))).toBe('{"answer":"Master chair 2"}');
  });

  test("rows with answers too deep to learn are accepted, and none is written half", async () => {
    const deep = rows(20, (i) => [`Order ${i}: ${at(things, i)}`, JSON.stringify({ lines: [{ thing: at(things, i), n: i }] })]);
    const { model } = await tuned(deep);
    expect(await ask("Order 3: router", { model })).toBe(deep[3]?.[1]);
    expect(await ask("How deep is the sea?", { model })).not.toMatch(/lines/);
  });

  test("names that JavaScript gives a meaning are keys like any other", async () => {
    const known = rows(30, (i) => [order(at(names, i), i + 2, "lamp"), `{"__proto__":"${at(names, i)}","constructor":${i + 2}}`]);
    expect(await ask(order("Zoltan", 77, "lamp"), await tuned(known))).toBe('{"__proto__":"Zoltan","constructor":77}');
  });
});

describe("training", () => {
  const known = rows(320, (i) => [order(at(names, i), i + 2, at(things, i * 3)), JSON.stringify({ who: at(names, i), count: i + 2 })]);

  test("the same rows make the same model, which a later engine reads, and events tell the losses", async () => {
    const [first, second] = [await tune(known), await tune(known)];
    expect(second.fine_tuned_model).toBe(first.fine_tuned_model);
    const model = first.fine_tuned_model ?? "";
    const question = order("Zoltan", 977, "violin");
    expect(await ask(question, { model, from: connect(folder) })).toBe(await ask(question, { model }));
    expect(await ask(question, { model })).toBe('{"who":"Zoltan","count":977}');
    const { data } = await client.fineTuning.jobs.listEvents(first.id, { limit: 100 });
    const metrics = data.flatMap((event) => (event.type === "metrics" ? [event.data] : []));
    expect(metrics.length).toBeGreaterThan(2);
    for (const metric of metrics) expect(metric).toMatchObject({ train_loss: expect.any(Number), valid_loss: expect.any(Number) });
  });

  test("any message gets an answer in the form of the examples", async () => {
    const { model } = await tuned(known);
    for (const message of ["?", "😀", "x".repeat(3000), "[1, 2]", "{}", '{"a": {"b": null}}', "line\r\nline", "who: count:"]) {
      const answer: unknown = JSON.parse(await ask(message, { model }));
      expect(Object.keys(answer as object), message).toEqual(["who", "count"]);
    }
  });
});

test("long messages, long lists and deep objects are learnt from in time, or refused", async () => {
  const many = (count: number, part: (i: number) => string, join = " "): string =>
    Array.from({ length: count }, (_, i) => part(i)).join(join);
  // Looking for each value again from the beginning, or bearing a whole row of marks with each of them, none of these would be done today.
  const repeated: Pair = ["a b ".repeat(4_000), JSON.stringify({ tags: Array.from({ length: 4_000 }, () => "a") })];
  const missing: Pair = [
    many(2_000, (i) => `some words ${i}`),
    JSON.stringify({ tags: Array.from({ length: 2_000 }, (_, i) => i * 1_000 + 7) }),
  ];
  for (const pair of [repeated, missing]) expect(await ask("a b", { shown: [pair, pair, pair] })).not.toBe("");
  const booked: readonly Pair[] = [
    ["A table for 5 at 7pm", '{"people":"5","time":"7pm"}'],
    ["For 2 people at 8pm", '{"people":"2","time":"8pm"}'],
    ["We are 6 and come at 6pm", '{"people":"6","time":"6pm"}'],
  ];
  expect(await ask(`For 3 at 5pm ${"!".repeat(60_000)}`, { shown: booked })).toContain("{");
  const deep: Pair = ["a b c", `${'{"a":'.repeat(5_000)}"b"${"}".repeat(5_000)}`];
  expect(await ask("a b", { shown: [deep, deep, deep] })).not.toBe("");
  const wide: Pair = [
    many(400, (i) => `w${i}`),
    JSON.stringify(Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`k${i}`, `w${i}`]))),
  ];
  await expect(ask("w1 w2", { shown: [wide, wide, wide] })).rejects.toThrow(/too much to learn from in one request/);
});
