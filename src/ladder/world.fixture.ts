/** A small experiment in memory for the tests of the walk: real engine, real scorers, real knowledge, no files of the user's. */
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmbedded, engineVersion } from "../embedded/engine.ts";
import { openLibrary } from "../knowledge/library.ts";
import { memory } from "../knowledge/stores/memory.ts";
import { createRegistry, type Registry } from "../registry.ts";
import { writeAtomic } from "../runs/atomic.ts";
import { openJournal } from "../runs/journal.ts";
import { readFinished } from "../runs/read.ts";
import { rungFolder } from "../runs/folder.ts";
import recall from "../scorers/recall.ts";
import tokenF1 from "../scorers/token-f1.ts";
import { stages } from "../stages/index.ts";
import { trainers } from "../trainers/index.ts";
import type { Case, Document, Experiment, NamedScorer, Scorer, Splits, Stage, Summary } from "../types.ts";
import { executeIn } from "../wire/execute.ts";
import { createModels } from "../wire/models.ts";
import { createPurse } from "./budget.ts";
import { BASELINE, climb } from "./climb.ts";
import type { Event, Progress } from "./events.ts";

const THINGS =
  "kettle lamp drill heater radio pump fan scale clock router mixer toaster ladder saw camera speaker printer vacuum iron blender fridge oven tent bicycle".split(
    " ",
  );
const COLOURS = ["red", "green", "blue", "white", "black", "silver"];

/** One document a thing; its cases ask for its warranty, price and colour. */
const documents: readonly Document[] = THINGS.map((thing, i) => ({
  id: thing,
  title: `The ${thing}`,
  text: `The ${thing} comes with a warranty of ${i + 2} years. It costs ${10 + 7 * i} euros in our shop. Its colour is ${COLOURS[i % COLOURS.length]}.`,
}));

const cases: readonly Case[] = THINGS.flatMap((thing, i): Case[] => [
  {
    id: `${thing}-warranty`,
    fields: { question: `How many years of warranty has the ${thing}?` },
    expected: [`${i + 2} years`, `${i + 2}`],
  },
  { id: `${thing}-price`, fields: { question: `What does the ${thing} cost?` }, expected: [`${10 + 7 * i} euros`, `${10 + 7 * i}`] },
  { id: `${thing}-colour`, fields: { question: `Which colour has the ${thing}?` }, expected: COLOURS[i % COLOURS.length] },
]).map((kase) => ({ ...kase, sources: [kase.id.split("-")[0] ?? ""] }));

/** Every fourth case goes to one split in turn, so that each has 18 cases of all kinds. */
const splits: Splits = {
  train: cases.filter((_, i) => i % 4 === 0),
  select: cases.filter((_, i) => i % 4 === 1),
  confirm: cases.filter((_, i) => i % 4 === 2),
  test: cases.filter((_, i) => i % 4 === 3),
};

export function experimentOf(
  ladder: readonly { readonly stage: Stage; readonly options?: object }[],
  more: Partial<Experiment> = {},
): Experiment {
  return {
    file: "world.yaml",
    text: "name: world\n",
    name: "world",
    models: { task: "embedded/reader", writer: "embedded/reader", judge: "embedded/reader", embed: "embedded/lexical" },
    endpoints: {
      embedded: { name: "embedded", baseUrl: "http://embedded.invalid/v1", compat: "openai", concurrency: 4, timeout: 60, deadline: 60 },
    },
    splits,
    exploratory: false,
    documents,
    knowledge: { store: "memory", options: {}, corpus: "world" },
    program: {
      model: "embedded/reader",
      params: {},
      system: "Answer with a short phrase.",
      user: "Question: {{question}}",
      demos: [],
      steps: [],
    },
    variants: {},
    scorers: [namedScorer("f1", tokenF1), namedScorer("recall", recall)],
    primary: "f1",
    ladder: ladder.map(({ stage, options }) => ({ name: stage.name, stage, options: stage.options.parse(options ?? {}) })),
    walk: "all",
    target: undefined,
    budget: {},
    gates: [],
    repeat: 1,
    seed: 1,
    margin: 0.01,
    maxErrors: 0.1,
    prices: {},
    warnings: [],
    leaks: { cases: [], quotes: [] },
    ...more,
  };
}

/** A scorer as an experiment names it, with options and threshold of its own defaults. */
export function namedScorer(name: string, scorer: Scorer): NamedScorer {
  const plain = { threshold: 0.5, not: false, prompts: {}, files: new Map() };
  return { name, scorer, options: scorer.options.parse({}), axis: scorer.axis, ...plain };
}

export interface World {
  readonly run: string;
  readonly registry: Registry;
  readonly journal: ReturnType<typeof openJournal>;
  readonly events: readonly Event[];
  readonly progress: readonly Progress[];
  readonly summary: Summary | undefined;
  /** Requests that reached the engine. */
  readonly asked: () => number;
}

/** A folder that ends with the test. */
export function temporary(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "llmopt-world-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Walks in the folder as `llmopt run` does; `stopAfter` aborts after that many progress events, as a Ctrl-C would. */
export async function walk(
  folder: string,
  experiment: Experiment,
  options: { readonly stopAfter?: number; readonly cache?: string } = {},
): Promise<World> {
  const registry = createRegistry([
    ...stages,
    ...trainers,
    ...experiment.ladder.map(({ stage }) => stage).filter((stage) => !stages.some(({ name }) => name === stage.name)),
  ]);
  const run = join(folder, "run");
  const names = [BASELINE, ...experiment.ladder.map(({ name }) => name)];
  const folderOf = (rung: string) => rungFolder(names.indexOf(rung), rung);
  const journal = openJournal(run, names, folderOf);
  const abort = new AbortController();
  const engine = createEmbedded({ folder: join(folder, "embedded") });
  let asked = 0;
  const models = createModels({
    endpoints: experiment.endpoints,
    inProcess: {
      embedded: {
        fetch: (input, init) => {
          asked++;
          return engine(input, init);
        },
        version: engineVersion,
      },
    },
    cacheFolder: options.cache,
    offline: false,
    prices: {},
    signal: abort.signal,
  });
  const library =
    experiment.documents.length === 0
      ? undefined
      : openLibrary({
          documents: experiment.documents,
          folder: join(folder, "indexes"),
          corpus: "world",
          store: memory.create({}),
          embedder: "embedded/lexical",
          embed: async (texts) => (await models.embed("embedded/lexical", texts)).vectors,
        });
  const events: Event[] = [];
  const progress: Progress[] = [];
  const walking = climb({
    experiment,
    registry,
    models,
    library,
    purse: createPurse(experiment.budget, journal.all(), 0, () => 0),
    execute: executeIn(folder, abort.signal),
    journal,
    run: "world-1",
    keepOf: (index, name) => ({
      read: async (file) => await readFile(join(run, rungFolder(index, name), file), "utf8").catch(() => undefined),
      write: async (file, content) => await writeAtomic(join(run, rungFolder(index, name), file), content),
    }),
    finished: await readFinished(run, names, folderOf),
    notify(event) {
      progress.push(event);
      if (progress.length === options.stopAfter) abort.abort(new Error("stopped"));
    },
    signal: abort.signal,
    now: () => 0,
    width: 4,
  });
  try {
    for await (const event of walking) {
      events.push(event);
      if (event.type === "rung") {
        const rung = join(run, rungFolder(event.index, event.rung.name));
        await writeAtomic(join(rung, "program.json"), JSON.stringify(event.program));
        await writeAtomic(join(rung, "rung.json"), JSON.stringify(event.rung));
      }
    }
  } catch (error) {
    if (options.stopAfter === undefined) throw error;
  } finally {
    await models.close();
  }
  const last = events.at(-1);
  return { run, registry, journal, events, progress, summary: last?.type === "summary" ? last.summary : undefined, asked: () => asked };
}
