/** The experiment file as one zod schema, made from the registry, strict everywhere. Descriptions are what editors show. */
import { z } from "zod";
import { suggest, UserError } from "../errors.ts";
import { columns, data, endpoints, gate, modelRef, oneOrMany, positive, program, safeName, share } from "./sections.ts";
import { stores } from "../knowledge/stores/index.ts";
import { valueAt } from "./source.ts";
import type { Registry } from "../registry.ts";
import type { Axis, Scorer, Stage } from "../types.ts";

/** An experiment file, its shape checked and its defaults filled in; names and files are still to be looked up. */
export type ExperimentFile = z.output<ReturnType<typeof experimentSchema>>;

/** A plugin as the file uses it; what stands between name and options is said of scorers alone. */
export interface Used {
  readonly use: string;
  readonly as?: string | undefined;
  readonly again?: boolean | undefined;
  readonly axis?: Axis | undefined;
  readonly threshold?: number | undefined;
  readonly not?: boolean | undefined;
  readonly weight?: number | undefined;
  /** Templates or their files, by name. */
  readonly prompts?: Readonly<Record<string, string | undefined>> | undefined;
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
      .strictObject({
        files: oneOrMany(
          "a file, a folder or a glob, or a list of them: docs/, docs/**/*.md; Markdown, text, HTML, PDF, DOCX, CSV, TSV, JSONL",
        ),
        exclude: oneOrMany("what is left out of them: names, paths or globs, such as drafts/, *.tmp.md or docs/**/old-*").optional(),
        columns: columns().optional(),
        // A real folder has a scan or an empty file in it; where more is broken than one in ten, it is mostly not the folder that was meant.
        max_errors: maxErrors(
          "documents, and how many files, may be broken; they are skipped with a warning, beyond that all is refused",
        ).default(0.1),
        store: store().optional(),
      })
      .describe("documents that retrieval searches")
      .optional(),
    program: program(),
    evals: z
      .strictObject({
        primary: z
          .string()
          .describe("name of the scorer that decides; by default the only one, or weighted where there are weights")
          .optional(),
        scorers: z
          .array(used(registry.scorers, "scorer", ofScorer, registry.faults))
          .min(1)
          .describe("how answers are graded: names, files, or { use: name or file, as: …, … }"),
      })
      .describe("how answers are graded"),
    ladder: z
      .array(used(registry.stages, "stage", () => ({ as: rungName(), again: again() })))
      .describe("the stages to climb, in order: names, or { use: name, … }; [] only measures the program as written"),
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
    max_errors: maxErrors("cases of a split may fail with an error before the run gives up").default(0.1),
    plugins: z.array(z.string().min(1)).describe("files or packages that bring stages, scorers and trainers").default([]),
  });
}

/**
 * A plugin by name, or by name with options; a bare name is short for `{ use: name }`. `own` are the keys that the experiment file
 * has for it besides its options, `faults` the names that cannot be used, and why.
 */
function used<P extends Stage | Scorer>(
  plugins: ReadonlyMap<string, P>,
  kind: "stage" | "scorer",
  own: (plugin: P) => Readonly<Record<string, z.ZodType>>,
  faults: ReadonlyMap<string, string> = new Map(),
) {
  const alternatives = [...plugins].map(([name, plugin]) => {
    const keys = own(plugin);
    const clash = Object.keys(plugin.options.shape).find((key) => key === "use" || Object.hasOwn(keys, key));
    if (clash !== undefined)
      throw new UserError(
        `plugins: the ${kind} "${name}" has an option "${clash}", which means something else in the experiment file; rename it`,
      );
    const use = z.literal(name).describe(plugin.about);
    return plugin.options
      .safeExtend({ use, ...keys })
      .strict()
      .transform((given): Used => {
        const entries = Object.entries(given).filter(([key]) => key !== "use");
        const said = Object.fromEntries(entries.filter(([key]) => Object.hasOwn(keys, key)));
        const options = Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(keys, key)));
        return { ...said, use: name, options };
      });
  });
  const [first, ...others] = alternatives;
  const full = first === undefined ? z.never(`no ${kind} is known`) : z.discriminatedUnion("use", [first, ...others]);
  const whole = z.preprocess((value, context) => {
    const given: unknown = typeof value === "string" ? { use: value } : value;
    const use = valueAt(given, ["use"]);
    const fault = typeof use === "string" ? faults.get(use) : undefined;
    if (fault === undefined) return given;
    context.addIssue({ code: "custom", path: ["use"], message: fault });
    return z.NEVER;
  }, full);
  return whole.meta({ names: [...plugins.keys()], files: kind === "scorer" });
}

/** What the experiment file says of a scorer besides its options. */
function ofScorer({ prompts }: Scorer) {
  const templates = Object.entries(prompts ?? {}).map(([name, { fields }]) => {
    const places = fields.map((field) => `{{${field}}}`).join(", ");
    return [name, z.string().describe(`a .md or .txt file, or the text itself, with ${places}`).optional()] as const;
  });
  const own = {
    as: scorerName(),
    axis: z.enum(["context", "behaviour"]).describe("whether it looks at what the program knows or at how it acts").optional(),
    threshold: share("a case passes at this value or above; 0.5 by default").optional(),
    not: z.boolean().describe("the value counts as 1 - value").optional(),
    weight: positive("its share in the weighted mean of the scorers that have a weight, the metric weighted").optional(),
  };
  if (templates.length === 0) return own;
  const described = z.strictObject(Object.fromEntries(templates)).describe("templates that stand in for its own");
  return { ...own, prompts: described.optional() };
}

function rungName() {
  return safeName("name of the rung, where a stage is used twice")
    .refine((name) => name !== "baseline", 'is "baseline", which is the program as written; choose another')
    .optional();
}

function again() {
  return z
    .boolean()
    .describe("climb the rung again after each later rung that changes what is known or the model, if that one is kept")
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

function maxErrors(what: string) {
  return z
    .number()
    .min(0)
    .refine(
      (most) => most <= 1 || Number.isInteger(most),
      "is neither a share, 0 to 1, nor a count, a whole number from 2; write one of them",
    )
    .describe(`how many ${what}: a share from 0 to 1, or a count from 2`);
}

/** A store by name, with its options where it has some: `sqlite`, `{ use: pgvector, … }`. */
function store() {
  const [first, ...rest] = stores.map(({ name, about, options }) => options.extend({ use: z.literal(name) }).describe(about));
  if (first === undefined) throw new Error("there are no stores");
  const plain = stores.filter(({ options }) => options.safeParse({}).success).map(({ name }) => name);
  return z
    .union([z.enum(plain, { error: ({ input }) => unusable(input) }), z.discriminatedUnion("use", [first, ...rest])])
    .transform((given): { readonly store: string; readonly options: Readonly<Record<string, unknown>> } => {
      if (typeof given === "string") return { store: given, options: {} };
      const { use, ...options } = given;
      return { store: String(use), options };
    })
    .describe("what holds the chunks of the documents");
}

/** What would be right where a store's name stands alone and cannot. */
function unusable(input: unknown): string {
  const kind = stores.find(({ name }) => name === input);
  if (kind === undefined)
    return suggest(
      String(input),
      stores.map(({ name }) => name),
    );
  const needed = Object.entries(kind.options.shape).flatMap(([key, option]) =>
    z.safeParse(option, undefined).success ? [] : [`${key}: …`],
  );
  return `it needs options: write { use: ${kind.name}, ${needed.join(", ")} }`;
}
