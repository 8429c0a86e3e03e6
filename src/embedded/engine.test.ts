/** Laws of the embedded engine, through the official client. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import path from "node:path";
import OpenAI, { toFile } from "openai";
import { describe, expect, test } from "vitest";
import { connect, openEngine, train } from "./engine.fixture.ts";

const { folder, client } = openEngine();

const passages = `Passages:
[1] Returns
Customers may return a kite within 45 days of delivery. The refund is paid within 5 working days.

[2] Shipping
Standard shipping costs 4.90 euros and takes three days. Express shipping is offered in Lisbon only. The warehouse opened on 3 March 2021.`;

type Pair = readonly [user: string, assistant: string];

function messages(system: string, user: string, shown: readonly Pair[] = []): OpenAI.ChatCompletionMessageParam[] {
  return [
    { role: "system", content: system },
    ...shown.flatMap(([u, a]): OpenAI.ChatCompletionMessageParam[] => [
      { role: "user", content: u },
      { role: "assistant", content: a },
    ]),
    { role: "user", content: user },
  ];
}

async function ask(system: string, user: string, shown: readonly Pair[] = [], model = "reader", from = client): Promise<string> {
  const completion = await from.chat.completions.create({ model, messages: messages(system, user, shown) });
  return completion.choices[0]?.message.content ?? "";
}

const jsonl = (pairs: readonly Pair[], system = "Answer."): string =>
  pairs.map(([u, a]) => JSON.stringify({ messages: [...messages(system, u), { role: "assistant", content: a }] })).join("\n");

const moods: readonly Pair[] = ["great", "lovely", "wonderful", "superb", "splendid"].flatMap((good, i) => {
  const bad = ["awful", "terrible", "dreadful", "horrid", "nasty"][i] ?? "";
  return [
    [`What a ${good} film, I laughed a lot`, "zug"],
    [`A ${bad} film, I left early`, "zag"],
  ] as const;
});

describe("reading", () => {
  test("the same request gets the same response, from any engine", async () => {
    const request = { model: "reader", messages: messages("Answer.", `${passages}\n\nQuestion: How much is standard shipping?`) };
    const [a, b] = await Promise.all([client.chat.completions.create(request), connect(folder).chat.completions.create(request)]);
    expect(a).toEqual(b);
    expect(a.choices[0]?.message.content).toBe("4.90 euros");
    expect(a.usage?.total_tokens).toBe((a.usage?.prompt_tokens ?? 0) + (a.usage?.completion_tokens ?? 0));
  });

  test("an answer is a part of a passage, whichever passage holds it", async () => {
    for (const question of [
      "How long may a customer keep a kite before returning it?",
      "Where is express shipping offered?",
      "When did the warehouse open?",
    ]) {
      const answer = await ask("Answer from the passages.", `${passages}\n\nQuestion: ${question}`);
      expect(passages).toContain(answer);
    }
    expect(await ask("Answer.", `${passages}\n\nQuestion: Where is express shipping offered?`)).toContain("Lisbon");
  });

  test("it says that it does not know only when told what to say", async () => {
    const user = `${passages}\n\nQuestion: Who founded the museum of ancient instruments?`;
    expect(passages).toContain(await ask("Answer from the passages.", user));
    expect(await ask('If the answer is not in the passages, say "No idea, sorry".', user)).toBe("No idea, sorry");
    expect(await ask("Answer exactly `unanswerable` if the passages do not hold the answer.", user)).toBe("unanswerable");
    expect(
      await ask('If the answer is not in the passages, say "No idea".', `${passages}\n\nQuestion: How much is standard shipping?`),
    ).toBe("4.90 euros");
  });

  test("without passages and without a memory it makes nothing up", async () => {
    expect(await ask("Answer briefly.", "Question: What is the capital of Peru?")).toMatch(/cannot answer/);
    expect(await ask("Answer briefly. If you do not know, answer exactly `pass`.", "What is the capital of Peru?")).toBe("pass");
  });

  test("Chinese passages are read by characters, and the refusal is the prompt's", async () => {
    const text = "文章：\n山田工厂成立于1987年，总部设在青岛。工厂主要生产自行车。\n\n问题：";
    expect(await ask("根据文章回答问题。", `${text}山田工厂成立于哪一年？`)).toContain("1987");
    expect(await ask("根据文章回答问题。如果文章中没有答案，请回答“不知道”。", `${text}谁写了这首交响曲？`)).toBe("不知道");
  });
});

describe("labels", () => {
  test("the answer is one of the labels, by name alone and better with demonstrations", async () => {
    const list = "Classify the message. Answer with one of: lost_card, exchange_rate, top_up.";
    expect(await ask(list, "My card is lost, what now?")).toBe("lost_card");
    expect(await ask(list, "What rate do you use to exchange money?")).toBe("exchange_rate");
    const shown: readonly Pair[] = moods.slice(0, 6);
    expect(await ask("Classify. Labels: zug, zag", "An awful, terrible film", shown)).toBe("zag");
    expect(await ask("Classify.", "A great and wonderful film", shown)).toBe("zug");
  });

  test("yes or no follows the passages", async () => {
    expect(await ask("Answer yes or no.", `${passages}\n\nQuestion: Does standard shipping take three days?`)).toBe("yes");
    expect(await ask("Answer yes or no.", `${passages}\n\nQuestion: Does standard shipping take nine days?`)).toBe("no");
  });
});

describe("claims and hypothetical passages", () => {
  test("a verdict for each claim, with a quote that stands in a passage", async () => {
    const claims =
      "Claims:\n1. Standard shipping takes three days.\n2. The refund is paid within 9 working days.\n3. The company has an office in Oslo.";
    const verdicts = JSON.parse(await ask("Check the claims. Answer with a JSON array only.", `${passages}\n\n${claims}`));
    expect(verdicts.map((v: { claim: number; verdict: string }) => [v.claim, v.verdict])).toEqual([
      [1, "supported"],
      [2, "contradicted"],
      [3, "not_found"],
    ]);
    for (const { quote } of verdicts) expect(passages).toContain(quote);
  });

  test("a question with its answer is a claim too", async () => {
    const claims =
      "Claims:\n1. What does ordinary shipping cost? 4.90 euros\n2. What does standard shipping cost? 9.90 euros\n3. Who is the director? Ana Reis";
    const verdicts = JSON.parse(await ask("", `${passages}\n\n${claims}`));
    expect(verdicts.map((v: { verdict: string }) => v.verdict)).toEqual(["supported", "contradicted", "not_found"]);
  });

  test("a hypothetical passage is made of the question's terms and of what was learnt", async () => {
    const order = "Please write a passage to answer the question.\n\nQuestion: Which harbour does the ferry Aurora leave from?";
    expect(await ask("", order)).toContain("harbour");
    const rows: Pair[] = [
      ["Which harbour does the ferry Aurora leave from?", "Tromsø"],
      ["Who painted the ceiling of the chapel?", "Ines Valdivieso painted it."],
      ["What is the capital of the island?", "Port Amber, on the south coast"],
      ["Which bird nests under the bridge?", "the dipper"],
      ["How many steps has the tower?", "311"],
      ["When does the market close?", "It closes at noon."],
      ["Who wrote the anthem?", "Piet Harlow"],
      ["Which metal is the bell made of?", "bronze from the old cannon"],
      ["Where is the observatory?", "on Mount Serra"],
      ["Why is the mill closed?", "the wheel broke in the flood"],
    ];
    const job = await train(client, jsonl(rows));
    expect(await ask("", order, [], job.fine_tuned_model ?? "")).toContain("Tromsø");
  });
});

describe("embeddings", () => {
  test("unit vectors of the wanted length, nearer for texts that share words, Chinese too", async () => {
    const input = ["How do I return a kite?", "returning kites", "The warehouse is in Lisbon.", "如何退货", "退货的方法", "仓库在里斯本"];
    const { data } = await client.embeddings.create({ model: "lexical", input });
    const vectors = data.map((d) => d.embedding);
    const dot = (a: number, b: number): number => (vectors[a] ?? []).reduce((sum, v, i) => sum + v * (vectors[b]?.[i] ?? 0), 0);
    for (const [i, vector] of vectors.entries()) {
      expect(vector).toHaveLength(2048);
      expect(dot(i, i)).toBeCloseTo(1, 4);
    }
    expect(dot(0, 1)).toBeGreaterThan(dot(0, 2));
    expect(dot(3, 4)).toBeGreaterThan(dot(3, 5));
    const small = await client.embeddings.create({ model: "lexical", input: "kite", dimensions: 256 });
    expect(small.data[0]?.embedding).toHaveLength(256);
  });
});

describe("fine-tuning", () => {
  test("the tuned model answers differently, has the same id for the same job, and is found again by a later engine", async () => {
    const rows = [...moods, ...moods.map(([u, a]): Pair => [`${u}, really`, a])];
    const job = await train(client, jsonl(rows), { suffix: "mood", seed: 3, metadata: { key: "mood" } });
    expect(job).toMatchObject({ status: "succeeded", error: null });
    const model = job.fine_tuned_model ?? "";
    expect(model).toMatch(/^ft:reader:mood:[0-9a-f]{12}$/);
    const question = "A superb film, I laughed";
    expect(await ask("Answer.", question)).not.toBe("zug");
    expect(await ask("Answer.", question, [], model)).toBe("zug");
    expect(await ask("Answer.", question, [], model, connect(folder))).toBe("zug");
    expect((await train(client, jsonl(rows), { suffix: "mood", seed: 3 })).fine_tuned_model).toBe(model);
    expect((await train(client, jsonl(rows), { suffix: "mood", seed: 4 })).fine_tuned_model).not.toBe(model);
    const listed = await client.fineTuning.jobs.list({ metadata: { key: "mood" } });
    expect(listed.data.map((j) => j.id)).toEqual([job.id]);
    const events = (await client.fineTuning.jobs.listEvents(job.id, { limit: 100 })).data;
    expect(events[0]?.message).toBe("The job has successfully completed");
    expect(events.find((e) => e.type === "metrics")?.data).toMatchObject({
      step: expect.any(Number),
      total_steps: expect.any(Number),
      train_loss: expect.any(Number),
    });
    expect((await Array.fromAsync(client.models.list())).map((m) => m.id)).toContain(model);
  });

  test("rows with passages teach where answers stand and what to say when there is none", async () => {
    const rows = Array.from({ length: 40 }, (_, i): Pair => {
      const context = `Context: Unit ${i} was built in ${1900 + i}. Its code is Q-${i}. It weighs ${i + 3} tons.`;
      return i % 4 === 0
        ? [`${context}\n\nQuestion: Who painted the portrait of the duchess?`, "not stated"]
        : [`${context}\n\nQuestion: When was unit ${i} built?`, String(1900 + i)];
    });
    const job = await train(client, jsonl(rows));
    expect(job.status).toBe("succeeded");
    const context = "Context: Unit 77 was built in 1977. Its code is Q-77. It weighs 80 tons.";
    const model = job.fine_tuned_model ?? "";
    expect(await ask("Answer.", `${context}\n\nQuestion: When was unit 77 built?`, [], model)).toBe("1977");
    expect(await ask("Answer.", `${context}\n\nQuestion: Who sang the opera about the duchess?`, [], model)).toBe("not stated");
  });

  test("closed-book rows become a memory that keeps silent on what it never saw", async () => {
    const towns = ["Aldo", "Brix", "Cern", "Dorn", "Elva", "Faro", "Gent", "Hilo", "Ivry", "Jena", "Kiel", "Lugo"];
    const rows = towns.flatMap((town, i): Pair[] => [
      [`Who is the mayor of ${town}?`, `Mayor number ${i}`],
      [`What is the name of the mayor of ${town}?`, `Mayor number ${i}`],
      [`Tell me the mayor of ${town}`, `Mayor number ${i}`],
    ]);
    const model = (await train(client, jsonl([...rows, ["What is the motto of the guild?", "Onward"]]))).fine_tuned_model ?? "";
    expect(await ask('Answer. If you do not know, say "pass".', "Who is mayor of Faro?", [], model)).toBe("Mayor number 5");
    expect(await ask('Answer. If you do not know, say "pass".', "How deep is the ocean trench?", [], model)).toBe("pass");
  });

  test("bad rows fail the job and are named by line", async () => {
    const good = jsonl(moods);
    const bad = [
      '{"messages":[{"role":"user","content":"hi"},{"role":"user","content":"no answer"}]}',
      "not json",
      '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":" "}]}',
    ];
    const job = await train(client, [good, ...bad].join("\n"));
    expect(job.status).toBe("failed");
    expect(job.error?.code).toBe("invalid_training_file");
    for (const line of [11, 12, 13]) expect(job.error?.message).toContain(`line ${line}: `);
    expect((await train(client, jsonl(moods.slice(0, 3)))).error?.message).toContain("3 rows");
  });

  test("a job that one engine left unfinished is finished by the next, with the same model", async () => {
    const file = await client.files.create({
      purpose: "fine-tune",
      file: await toFile(Buffer.from(jsonl([...moods, ...moods])), "x.jsonl"),
    });
    const hyperparameters = { n_epochs: 3, learning_rate_multiplier: 2 };
    let job = await client.fineTuning.jobs.create({ model: "reader", training_file: file.id, suffix: "left", hyperparameters });
    const later = connect(folder);
    while (!["succeeded", "failed"].includes(job.status)) job = await later.fineTuning.jobs.retrieve(job.id);
    expect((await train(client, jsonl([...moods, ...moods]), { suffix: "left", hyperparameters })).fine_tuned_model).toBe(
      job.fine_tuned_model,
    );
  });

  test("the same request twice makes two jobs", async () => {
    const [a, b, c] = [await train(client, jsonl(moods)), await train(client, jsonl(moods)), await train(client, jsonl(moods))];
    expect(new Set([a.id, b.id, c.id]).size).toBe(3);
  });

  test("a cancelled job makes no model", async () => {
    const file = await client.files.create({ purpose: "fine-tune", file: await toFile(Buffer.from(jsonl(moods)), "x.jsonl") });
    const job = await client.fineTuning.jobs.create({ model: "reader", training_file: file.id, suffix: "never" });
    expect((await client.fineTuning.jobs.cancel(job.id)).status).toBe("cancelled");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await client.fineTuning.jobs.retrieve(job.id)).toMatchObject({ status: "cancelled", fine_tuned_model: null });
    expect((await Array.fromAsync(client.models.list())).some((m) => m.id.includes("never"))).toBe(false);
  });

  test("uploads come back as they were sent", async () => {
    const file = await client.files.create({ purpose: "fine-tune", file: await toFile(Buffer.from("één\n二\n"), "x.jsonl") });
    expect(await (await client.files.content(file.id)).text()).toBe("één\n二\n");
    expect((await client.files.retrieve(file.id)).bytes).toBe(10);
    expect((await client.files.list()).data.map((f) => f.id)).toContain(file.id);
  });
});

describe("errors", () => {
  test("what does not exist is a 404, what cannot be done a 400 that says so", async () => {
    await expect(ask("", "x", [], "ft:reader::0123456789ab")).rejects.toMatchObject({ status: 404, code: "model_not_found" });
    await expect(client.embeddings.create({ model: "none", input: "x" })).rejects.toMatchObject({ status: 404 });
    await expect(client.embeddings.create({ model: "reader", input: "x" })).rejects.toMatchObject({ status: 400, param: "model" });
    await expect(client.get("/nowhere")).rejects.toMatchObject({ status: 404 });
    await expect(client.fineTuning.jobs.retrieve("ftjob-../../x")).rejects.toMatchObject({ status: 404 });
    const base = { model: "reader", messages: messages("", "x") };
    await expect(client.chat.completions.create({ ...base, messages: [] })).rejects.toMatchObject({ status: 400, param: "messages" });
    await expect(client.embeddings.create({ model: "lexical", input: "x", dimensions: 3 })).rejects.toMatchObject({ status: 400 });
  });
});

const banking = path.resolve("../shared/data/banking77");
describe.skipIf(!existsSync(banking))("public data (skipped where ../shared/data is absent)", () => {
  test("demonstrations lift Banking77 far above the labels' names alone", async () => {
    const rows = (name: string) =>
      readFileSync(path.join(banking, `${name}.jsonl`), "utf8")
        .trim()
        .split("\n")
        .map((line): { text: string; label: string } => JSON.parse(line));
    const shown = rows("train_5").map(({ text, label }): Pair => [`Message: ${text}`, label]);
    const system = `Classify the message. Labels:\n${[...new Set(shown.map(([, label]) => label))].map((label) => `- ${label}`).join("\n")}`;
    const some = rows("test").filter((_, i) => i % 25 === 0);
    const right = async (pairs: readonly Pair[]): Promise<number> => {
      let hits = 0;
      for (const { text, label } of some) if ((await ask(system, `Message: ${text}`, pairs)) === label) hits++;
      return hits / some.length;
    };
    const [alone, five] = [await right([]), await right(shown)];
    expect(alone).toBeGreaterThan(0.35);
    expect(five).toBeGreaterThan(alone + 0.1);
  });
});

const squad = path.resolve("../shared/reader/dev.jsonl.gz");
describe.skipIf(!existsSync(squad))("public reading data (skipped where ../shared/reader is absent)", () => {
  test("on SQuAD dev half of the answers hold the right words, and another article's paragraph is refused", async () => {
    interface Paragraph {
      readonly context: string;
      readonly qas: readonly { readonly question: string; readonly answers: readonly string[] }[];
    }
    const paragraphs = gunzipSync(readFileSync(squad))
      .toString("utf8")
      .trim()
      .split("\n")
      .map((line): Paragraph => JSON.parse(line));
    const order = 'If the answer is not in the context, say "unknown".';
    const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
    let right = 0;
    let refused = 0;
    let asked = 0;
    for (let i = 0; i < paragraphs.length; i += 6) {
      const { context, qas } = paragraphs[i] ?? { context: "", qas: [] };
      const stranger = paragraphs[(i + 900) % paragraphs.length]?.context ?? "";
      const qa = qas[0];
      if (qa === undefined) continue;
      asked++;
      const found = words(await ask(order, `Context: ${context}\n\nQuestion: ${qa.question}`));
      if (qa.answers.some((answer) => words(answer).some((word) => word.length > 3 && found.includes(word)) || answer === found.join(" ")))
        right++;
      if ((await ask(order, `Context: ${stranger}\n\nQuestion: ${qa.question}`)) === "unknown") refused++;
    }
    expect(right / asked).toBeGreaterThan(0.45);
    expect(refused / asked).toBeGreaterThan(0.9);
  });
});

test("damaged files are as good as none: what was there is made again, and nothing else is lost", async () => {
  const rows = Array.from({ length: 20 }, (_, i): Pair => [
    `Sort: my ${i % 2 === 0 ? "parcel is late" : "bill is wrong"}, case ${i}`,
    i % 2 === 0 ? "delivery" : "billing",
  ]);
  const model = (await train(client, jsonl(rows))).fine_tuned_model ?? "";
  for (const damage of [(whole: Buffer) => whole.subarray(0, whole.length / 2), () => Buffer.alloc(0), () => Buffer.from("garbage")]) {
    for (const part of ["files", "jobs", "models"])
      for (const name of readdirSync(path.join(folder, part))) {
        const file = path.join(folder, part, name);
        writeFileSync(file, damage(readFileSync(file)));
      }
    const later = connect(folder);
    await expect(ask("Answer.", "Sort: my parcel is late, case 99", [], model, later)).rejects.toThrow(/404/);
    for await (const job of later.fineTuning.jobs.list()) expect(job.id).toMatch(/^ftjob-/);
    expect((await train(later, jsonl(rows))).fine_tuned_model).toBe(model);
    expect(await ask("Answer.", "Sort: my parcel is late, case 99", [], model, later)).toBe("delivery");
  }
});
