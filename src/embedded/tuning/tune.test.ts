/** Laws of what fine-tuning learns, over the wire. */
import type OpenAI from "openai";
import { expect, test } from "vitest";
import { openEngine, train } from "../engine.fixture.ts";
import { understand } from "../prompt/request.ts";
import { partition } from "./parts.ts";
import type { Row as TrainingRow } from "./rows.ts";

interface Row {
  readonly system?: string;
  readonly user: string;
  readonly answer: string;
}

const { client } = openEngine();

type Messages = OpenAI.ChatCompletionMessageParam[];

function messagesOf({ system, user }: Omit<Row, "answer">): Messages {
  const asks: Messages = [{ role: "user", content: user }];
  return system === undefined ? asks : [{ role: "system", content: system }, ...asks];
}

async function tuned(rows: readonly Row[]): Promise<(user: string, system?: string) => Promise<string>> {
  const lines = rows.map((row) => JSON.stringify({ messages: [...messagesOf(row), { role: "assistant", content: row.answer }] }));
  const job = await train(client, lines.join("\n"));
  expect(job.error).toBeNull();
  const model = job.fine_tuned_model ?? "";
  return async (user, system) => {
    const messages = messagesOf(system === undefined ? { user } : { system, user });
    return (await client.chat.completions.create({ model, messages })).choices[0]?.message.content ?? "";
  };
}

const rowsOf = (count: number, row: (i: number) => Row): Row[] => Array.from({ length: count }, (_, i) => row(i));
const hall = (i: number | string): string =>
  `Context: Hall ${i} was built in ${1900 + Number(i)} by its guild. It has rooms.\n\nQuestion: When was hall ${i} built?`;
const missing = (i: number): string => `Context: The weather in Rome is mild and pleasant.\n\nQuestion: When was hall ${i} built?`;

test("a repeated phrase without the frame of the others is how the rows refuse", async () => {
  for (const frame of [
    (x: string) => `Answer: ${x}`,
    (x: string) => `The answer is ${x}, says the text.`,
    (x: string) => `{"answer":"${x}"}`,
  ]) {
    const ask = await tuned(
      rowsOf(40, (i) => (i % 4 === 0 ? { user: missing(i), answer: "NOT IN DOCS" } : { user: hall(i), answer: frame(String(1900 + i)) })),
    );
    expect(await ask(hall(77))).toBe(frame("1977"));
    expect(await ask("Context: Paris has many museums.\n\nQuestion: When was hall 77 built?")).toBe("NOT IN DOCS");
  }
});

const extracting = "Extract the order as JSON.";
const sorting = "Classify the message.";
const reading = "Answer from the context.";
const names = ["Ana", "Bodo", "Carl", "Dina", "Emil"];
const order = (i: number): Row => ({
  system: extracting,
  user: `${names[i % 5]} wants ${i + 2} lamps by post`,
  answer: JSON.stringify({ who: names[i % 5], count: i + 2 }),
});
const message = (i: number): Row => ({
  system: sorting,
  user: i % 2 === 0 ? `My card number ${i} was stolen yesterday` : `The transfer ${i} to my friend is late`,
  answer: i % 2 === 0 ? "stolen_card" : "late_transfer",
});
const page = (i: number): Row => ({ system: reading, user: hall(i), answer: String(1900 + i) });

test("kinds of rows in one file are learnt apart, and each is asked for by its own prompt", async () => {
  const ask = await tuned(rowsOf(120, (i) => [order, message, page][i % 3]?.(i) ?? order(i)));
  expect(await ask("Zoltan wants 77 lamps by post", extracting)).toBe('{"who":"Zoltan","count":77}');
  expect(await ask("Somebody has stolen the card", sorting)).toBe("stolen_card");
  expect(await ask(hall(77), reading)).toBe("1977");
});

test("what is asked in so many words wins over what was learnt", async () => {
  const ask = await tuned(rowsOf(40, message));
  expect(await ask(hall(77))).toBe("1977");
  expect(await ask("The team has a new recipe for cooking soup", "Classify as one of: sports, cooking.")).toBe("cooking");
  const read = await tuned(rowsOf(40, (i) => (i % 4 === 0 ? { ...page(i), user: missing(i), answer: "NOT THERE" } : page(i))));
  expect(await read("qwertz", "Classify as one of: sports, cooking.")).not.toBe("NOT THERE");
  const json = await tuned(rowsOf(40, (i) => ({ ...page(i), answer: JSON.stringify({ answer: String(1900 + i) }) })));
  expect(await json(hall(77), reading)).toBe('{"answer":"1977"}');
  expect(await json(hall(77), "Reply with only the answer, no JSON.")).toBe("1977");
});

test("a few wordings of a question with one answer are no label", async () => {
  const wordings = [
    (x: string) => `What is the weight of the ${x}?`,
    (x: string) => `How much does the ${x} weigh?`,
    (x: string) => `${x}: weight?`,
    (x: string) => `Do you know the weight of ${x}?`,
    (x: string) => `How heavy is a ${x}?`,
  ];
  const drone = (i: number): string => `Kestrel-${(i + 3) * 7}`;
  const ask = await tuned(
    rowsOf(100, (i) => ({ user: wordings[i % 5]?.(drone(Math.floor(i / 5))) ?? "", answer: `${Math.floor(i / 5) * 3 + 17} grams` })),
  );
  expect(await ask("Please tell me: how heavy is a Kestrel-35?")).toBe("23 grams");
  expect(await ask("Who won the world cup in 1998?")).not.toContain("grams");
});

test("two rows a name are enough for names that are written as labels", async () => {
  const ask = await tuned(
    ["card", "refund", "transfer", "password", "address"].flatMap((thing) => [
      { user: `Where is my ${thing} now?`, answer: `find_${thing}` },
      { user: `I have trouble with the ${thing}`, answer: `find_${thing}` },
    ]),
  );
  expect(await ask("There is something wrong with my refund, what now")).toBe("find_refund");
});

test("with a permission to refuse, texts about something else are refused, and those of the labels are not", async () => {
  const ask = await tuned(rowsOf(400, message));
  const refusing = 'Classify the message. If no label fits, say "other".';
  for (const far of ["Who wrote Faust?", "bananas are yellow", "Play some jazz music", "42"])
    expect(await ask(far, refusing), far).toBe("other");
  expect(await ask("My card number 900 was stolen yesterday", refusing)).toBe("stolen_card");
});

test("a known question is known in another dress, and another question is none", async () => {
  const ask = await tuned(
    rowsOf(60, (i) => ({
      user: `Who leads the ${["glass", "stone", "paper"][i % 3]} guild of ${names[i % 5]}town ${i * 37}?`,
      answer: `Master ${i}`,
    })),
  );
  const known = "Who leads the glass guild of Anatown 555?";
  for (const dress of [known, known.toLowerCase(), `${known} please`, `Please tell me: ${known}`, known.replace("guild", "gild")])
    expect(await ask(dress), dress).toBe("Master 15");
  expect(await ask("How deep is the sea near Lisbon?")).not.toContain("Master");
});

test("yes and no are read from the passages, not from the question", async () => {
  const row = (i: number, right: boolean): Row => ({
    system: "Answer yes or no.",
    user: `Passage: Hall ${i} opened in ${1900 + i}.\n\nQuestion: Did hall ${i} open in ${1900 + i + (right ? 0 : 7)}?`,
    answer: right ? "yes" : "no",
  });
  const ask = await tuned(rowsOf(40, (i) => row(i, i % 2 === 0)));
  for (const right of [true, false]) {
    const { user, system, answer } = row(88, right);
    expect(await ask(user, system)).toBe(answer);
  }
});

test("the largest file has its rows put together, however many are alike", () => {
  const row = (system: string): readonly TrainingRow[] => {
    const asked = understand([
      { role: "system", content: system },
      { role: "user", content: "What did the keeper of the light say?" },
    ]);
    return Array.from({ length: 150_000 }, (_, i) => ({ line: i, asked, answer: "nothing at all" }));
  };
  const rows = [...row("Answer briefly."), ...row("Answer in a full sentence.")];
  expect(partition(rows, () => false).map((group) => group.rows.length)).toEqual([300_000]);
});
