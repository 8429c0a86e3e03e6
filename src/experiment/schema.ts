/** The experiment file as one zod schema, made from the registry, strict everywhere. Descriptions are what editors show. */
import { z } from "zod";
import { UserError } from "../errors.ts";
import { data, endpoints, gate, modelRef, oneOrMany, positive, program, safeName, share } from "./sections.ts";
import type { Registry } from "../registry.ts";
import type { Scorer, Stage } from "../types.ts";

/** An experiment file, its shape checked and its defaults filled in; names and files are still to be looked up. */
export type ExperimentFile = z.output<ReturnType<typeof experimentSchema>>;

/** A plugin as the file uses it. */
export interface Used {
  readonly use: string;
  readonly as?: string | undefined;
  readonly axis?: "context" | "behaviour" | undefined;
  readonly threshold?: number | undefined;
  /** The plugin's own options, checked and with their defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The schema of an experiment file for the stages and scorers of the registry. */
export function experimentSchema(registry: Registry) {
  return z.strictObject({
    name: safeName("name of the run's folder; the file's name by default").optional(),
    model: modelRef("the model that answers, as endpoint/model-id: embedded/reader, openai/…"),
    models: z
      .strictObject({
        task: modelRef("the model that answers; `model` by default").optional(),
        writer: modelRef("the model that writes prompts and hypothetical documents; `model` by default").optional(),
        judge: modelRef("the model that judges; `model` by default").optional(),
        embed: modelRef("the model that embeds texts; embedded/lexical by default").optional(),
      })
      .describe("models by role, where they differ from `model`")
      .default({}),
    params: z
      .record(z.string(), z.json())
      .describe("request parameters sent with every answer as they are: temperature, max_tokens, …")
      .default({}),
    endpoints: endpoints().default({}),
    data: data(),
    knowledge: z
      .strictObject({ files: oneOrMany("a path or glob of documents, or a list of them") })
      .describe("documents that retrieval searches")
      .optional(),
    program: program(),
    evals: z
      .strictObject({
        primary: z.string().describe("name of the scorer that decides; may be left out where there is only one").optional(),
        scorers: z
          .array(used(registry.scorers, "scorer", { as: scorerName(), axis: axis(), threshold: threshold() }))
          .min(1)
          .describe("how answers are graded: names, or { use: name, as: …, … }"),
      })
      .describe("how answers are graded"),
    ladder: z
      .array(used(registry.stages, "stage", { as: rungName() }))
      .min(1, "is empty, so there is nothing to climb; name a stage, such as prompt")
      .describe("the stages to climb, in order: names, or { use: name, … }"),
    walk: z
      .enum(["all", "diagnose", "until-target"])
      .describe("climb every rung, let the diagnosis choose, or stop at the target")
      .default("all"),
    target: z.record(z.string(), share("the value to reach")).describe("the primary scorer's value to reach: { f1: 0.9 }").optional(),
    budget: z
      .strictObject({
        usd: positive("US dollars").optional(),
        tokens: positive("tokens, in and out together").optional(),
        calls: positive("calls to models, cached ones not counted").optional(),
        minutes: positive("minutes").optional(),
      })
      .describe("the most that a run may spend")
      .default({}),
    gates: z.array(gate()).describe("what must hold, or the run ends with exit code 1").default([]),
    repeat: z.int().min(1).max(100).describe("how often each case is answered").default(1),
    seed: z.int().min(0).describe("seed of all chance: splits, samples, races").default(0),
    margin: share("the loss on the primary scorer that is still no loss, for a cheaper program").default(0.01),
    max_errors: share("share of the cases of a split that may fail with an error before the run gives up").default(0.1),
    plugins: z.array(z.string().min(1)).describe("files or packages that bring stages, scorers and trainers").default([]),
  });
}

/** A plugin by name, or by name with options; a bare name is short for `{ use: name }`. */
function used<E extends z.core.$ZodLooseShape>(plugins: ReadonlyMap<string, Stage | Scorer>, kind: string, own: E) {
  const alternatives = [...plugins.values()].map((plugin) => {
    const clash = Object.keys(plugin.options.shape).find((key) => key === "use" || key in own);
    if (clash !== undefined)
      throw new UserError(
        `plugins: the ${kind} "${plugin.name}" has an option "${clash}", which means something else in the experiment file; rename it`,
      );
    const use = z.literal(plugin.name).describe(plugin.about);
    return plugin.options
      .safeExtend({ use, ...own })
      .strict()
      .transform((given): Used => {
        const settings = given as Used & Readonly<Record<string, unknown>>;
        const options = Object.fromEntries(Object.entries(given).filter(([key]) => key !== "use" && !(key in own)));
        return { use: plugin.name, as: settings.as, axis: settings.axis, threshold: settings.threshold, options };
      });
  });
  const names = [...plugins.keys()];
  const [first, ...others] = alternatives;
  const full = first === undefined ? z.never(`no ${kind} is known`) : z.discriminatedUnion("use", [first, ...others]);
  return z.preprocess((value) => (typeof value === "string" ? { use: value } : value), full).meta({ names });
}

function rungName() {
  return safeName("name of the rung, where a stage is used twice")
    .refine((name) => name !== "baseline", 'is "baseline", which is the program as written; choose another')
    .optional();
}

function scorerName() {
  return (
    z
      .string()
      .min(1)
      // A comparison in summary.json holds the scorers' names beside the key "split".
      .refine((name) => name !== "split", 'is "split", which means something else in summary.json; choose another')
      .describe("name in reports, where it is not the scorer's own")
      .optional()
  );
}

function axis() {
  return z.enum(["context", "behaviour"]).describe("whether it looks at what the program knows or at how it acts").optional();
}

function threshold() {
  return share("a case passes at this value or above; 0.5 by default").optional();
}
