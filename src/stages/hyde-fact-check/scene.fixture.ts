/** Programs that answer from a few documents, with a scripted server as task model, writer and judge, behind the real wire, library and steps. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createEmbedded, engineVersion } from "../../embedded/engine.ts";
import { openLibrary } from "../../knowledge/library.ts";
import { memory } from "../../knowledge/stores/memory.ts";
import { createPurse } from "../../ladder/budget.ts";
import { createMeter } from "../../ladder/meter.ts";
import { answer, ready } from "../../program/answer.ts";
import { createRegistry } from "../../registry.ts";
import type { Program, StepLab, Turn } from "../../types.ts";
import { endpoint, says, serve, modelsAt } from "../../wire/server.fixture.ts";
import { stages } from "../index.ts";
import { retrieving } from "../rag/index.ts";
import { options } from "./options.ts";
import { withStep } from "./program.ts";
import { partsOf } from "./settings.ts";

export interface Asked {
  readonly model: string;
  readonly prompt: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a model of the scene replies; each is asked by its name. */
export interface Cast {
  readonly task?: string;
  readonly writer?: (asked: Asked, n: number) => string;
  readonly judge?: (asked: Asked, n: number) => string;
}

export interface Scene {
  readonly turn: Turn;
  /** The requests to one of them, in order. */
  readonly to: (model: "task" | "writer" | "judge") => readonly Asked[];
}

export const DOCUMENTS: Readonly<Record<string, string>> = {
  Warranty: "The warranty of the kettle runs for two years. Batteries are not covered.",
  Price: "The kettle costs 45 euros in our shop. Delivery to Lisbon takes four days.",
  History: "The firm was founded in Turku in 1968 by Aino Virtanen. It makes kettles and lamps.",
};

/** Answers the question with the step on, its options as an experiment writes them. */
export async function scene(
  cast: Cast,
  given: object = { parts: "fact-check" },
  question = "How long is the warranty of the kettle?",
  documents = DOCUMENTS,
): Promise<Scene> {
  const { lab, asked } = await labOf(cast, documents);
  const { hyde, check } = partsOf(options.parse(given));
  const program = withStep(
    retrieving({ model: "local/task", params: {}, system: "", user: "Question: {{question}}", demos: [], steps: [] } satisfies Program),
    hyde,
    check,
  );
  const { stages: known } = createRegistry([...stages]);
  const turn = await answer(ready(program, known), { id: "q", fields: { question } }, lab);
  return { turn, to: (model) => asked.filter((one) => one.model === model) };
}

async function labOf(
  cast: Cast,
  documents: Readonly<Record<string, string>> = DOCUMENTS,
): Promise<{ readonly lab: StepLab; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const { url } = await serve((response, request) => {
    const body = JSON.parse(request.body) as { model: string; messages: { content: string }[] };
    const one: Asked = { model: body.model, prompt: body.messages.map(({ content }) => content).join("\n\n"), body };
    asked.push(one);
    const n = asked.filter(({ model }) => model === one.model).length;
    const reply = one.model === "task" ? cast.task : one.model === "writer" ? cast.writer?.(one, n) : cast.judge?.(one, n);
    says(reply ?? "")(response, request);
  });
  const folder = mkdtempSync(join(tmpdir(), "llmopt-scene-"));
  const models = modelsAt(url, {
    endpoints: { local: endpoint(url), embedded: endpoint("http://embedded.invalid/v1", { name: "embedded", compat: "openai" }) },
    inProcess: { embedded: { fetch: createEmbedded({ folder: join(folder, "embedded") }), version: engineVersion } },
  });
  const library = openLibrary({
    documents: Object.entries(documents).map(([title, text]) => ({ id: title.toLowerCase(), title, text })),
    folder: join(folder, "indexes"),
    corpus: "scene",
    store: memory.create({}),
    embedder: "embedded/lexical",
    embed: async (texts) => (await models.embed("embedded/lexical", texts)).vectors,
  });
  onTestFinished(async () => {
    await library.close();
    await models.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const roles = { task: "local/task", writer: "local/writer", judge: "local/judge", embed: "embedded/lexical" };
  const purse = createPurse({}, [], 0, () => 0);
  const meter = createMeter({ experiment: { models: roles }, models, library, purse });
  return { lab: meter.open().lab, asked };
}

/** The numbered claims that a judge is shown, in order. */
export function claimsIn({ prompt }: Asked): readonly string[] {
  const listed = prompt.slice(prompt.lastIndexOf("Claims:\n") + 8).split("\n\n")[0] ?? "";
  return listed.split("\n").map((line) => line.replace(/^\d+\. /u, ""));
}

/** The passages that it is shown, each with its title. */
export function passagesIn({ prompt }: Asked): readonly string[] {
  return prompt.slice(prompt.lastIndexOf("Passages:\n") + 10).split(/\n\n(?=\[\d+\] )/u);
}

export type Ruling = readonly [verdict: string, quote: string];

/** A judge who rules on each claim by the first key that stands in it and names the passage that holds the quote; else a claim is not found. */
export function judging(rulings: Readonly<Record<string, Ruling>>): (asked: Asked) => string {
  return (asked) => {
    const passages = passagesIn(asked);
    return JSON.stringify(
      claimsIn(asked).map((text, i) => {
        const [verdict, quote] = Object.entries(rulings).find(([key]) => text.includes(key))?.[1] ?? ["not_found", ""];
        const at = passages.findIndex((passage) => quote !== "" && passage.includes(quote));
        return { claim: i + 1, verdict, passage: at < 0 ? null : at + 1, quote };
      }),
    );
  };
}
