/**
 * What the prompt rung finds, and how often it cries wolf: node bench/prompt.ts [seeds]
 *
 * A chat server passes 4 of 8 of 240 tickets by chance, and 7 of 8 where the system prompt holds one particular rule. Half of a ticket's luck is
 * its own, half depends on the prompt. The rule is known to nobody but the writer, who comes upon it once it is shown failures; in the other
 * runs no prompt is better than another. The rung has 300 calls.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { experimentOf, namedScorer, temporary, walk } from "../src/ladder/world.fixture.ts";
import exact from "../src/scorers/exact.ts";
import prompt from "../src/stages/prompt/index.ts";
import { seeded } from "../src/stats/random.ts";
import type { Case, Message, Rung } from "../src/types.ts";

const RULE = "Count the letters of the second name before anything else.";
const seeds = Number(process.argv[2] ?? 10);
const cases = Array.from({ length: 240 }, (_, i): Case => {
  const random = seeded(`ticket ${i}`);
  const word = () => Array.from({ length: 5 }, () => "bcdfghklmnprstvz"[Math.floor(random() * 16)]).join("a");
  return { id: `t${i}`, fields: { ticket: `ticket ${word()} of ${word()}` }, expected: `code ${i % 7}` };
});
const byText = new Map(cases.map((kase) => [kase.fields.ticket ?? "", kase]));

let found = 0;
let silent = 0;
for (let seed = 1; seed <= seeds; seed++) {
  const one = await climbed(seed, true);
  const other = await climbed(seed, false);
  if (one.status === "kept" && one.decision?.verdict === "better") found++;
  if (other.status === "rejected") silent++;
  console.log(`seed ${seed}  with a better prompt: ${one.status} (${one.reason})  without: ${other.status} (${other.reason})`);
}
console.log(
  `found in ${found} of ${seeds} seeds (bar: 9 of 10); no evidence in ${silent} of ${seeds} where there is nothing to find (bar: 9 of 10)`,
);
if (found < 0.9 * seeds || silent < 0.9 * seeds) process.exitCode = 1;

async function climbed(seed: number, better: boolean): Promise<Rung> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly messages: readonly Message[] };
      const choice = { index: 0, message: { role: "assistant", content: reply(messages, seed, better) }, finish_reason: "stop" };
      const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ id: "1", object: "chat.completion", created: 0, model: "sim", choices: [choice], usage }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const place = temporary();
  try {
    const { port } = server.address() as AddressInfo;
    const part = (rest: number) => cases.filter((_, i) => (i + Math.floor(i / 4)) % 4 === rest);
    const endpoint = {
      name: "local",
      baseUrl: `http://127.0.0.1:${port}/v1`,
      compat: "generic",
      concurrency: 8,
      timeout: 60,
      deadline: 60,
    };
    const base = experimentOf([{ stage: prompt }]);
    const { summary } = await walk(place.folder, {
      ...base,
      seed,
      endpoints: { ...base.endpoints, local: endpoint },
      models: { task: "local/sim", writer: "local/sim", judge: "local/sim", embed: "embedded/lexical" },
      documents: [],
      splits: { train: part(0), select: part(1), confirm: part(2), test: part(3) },
      program: { model: "local/sim", params: {}, system: "Answer.", user: "{{ticket}}", demos: [], steps: [] },
      scorers: [namedScorer("score", exact)],
      primary: "score",
    });
    const rung = summary?.rungs[1];
    if (rung === undefined) throw new Error("the walk did not come to the rung");
    return rung;
  } finally {
    server.close();
    server.closeAllConnections();
    place.remove();
  }
}

/** An answer to a ticket, or what the writer offers. */
function reply(messages: readonly Message[], seed: number, better: boolean): string {
  const kase = byText.get(messages.at(-1)?.content ?? "");
  const text = messages.map(({ content }) => content).join("\n");
  if (kase === undefined)
    return better && text.includes("code 9")
      ? `\`\`\`\nAnswer.\n${RULE}\n\`\`\``
      : `\`\`\`\nBe accurate, in manner ${text.length % 97}.\n\`\`\``;
  const system = messages.find(({ role }) => role === "system")?.content ?? "";
  const luck = (seeded(`${seed} ${kase.id} ${system}`)() + seeded(`${seed} ${kase.id}`)()) / 2;
  return luck < (better && system.includes(RULE) ? 0.75 : 0.5) ? String(kase.expected) : "code 9";
}
