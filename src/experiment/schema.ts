/** The experiment file as one zod schema, made from the registry, strict everywhere. Descriptions are what editors show. */
import { z } from "zod";
import { FRACTIONS } from "../data/splits.ts";
import { FORMATS } from "../data/rows.ts";
import { UserError } from "../errors.ts";
import type { Registry } from "../registry.ts";
import type { Scorer, Stage } from "../types.ts";

export const COMPATS = [
  "openai",
  "openai-reasoning",
  "azure",
  "vllm",
  "ollama",
  "llamacpp",
  "lmstudio",
  "groq",
  "mistral",
  "together",
  "fireworks",
] as const;

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
    gates: z.array(gate()).describe("what `--gate` checks at the end").default([]),
    repeat: z.int().min(1).max(100).describe("how often each case is answered").default(1),
    seed: z.int().min(0).describe("seed of all chance: splits, samples, races").default(0),
    margin: share("the loss on the primary scorer that is still no loss, for a cheaper program").default(0.01),
    max_errors: share("share of the cases of a split that may fail with an error before the run gives up").default(0.1),
    plugins: z.array(z.string().min(1)).describe("files or packages that bring stages, scorers and trainers").default([]),
  });
}

function endpoints() {
  const price = z.strictObject({ in: z.number().min(0).describe("for input"), out: z.number().min(0).describe("for output") });
  const tuning = {
    concurrency: z.int().min(1).max(1000).describe("requests in flight at the most; 8 by default").optional(),
    timeout_s: positive("seconds that one attempt may take; 120 by default").optional(),
    deadline_s: positive("seconds that all attempts of one call may take together; 300 by default").optional(),
    prices: z.record(z.string(), price).describe("US dollars per million tokens, by model").optional(),
  };
  const connection = {
    api_key: z.string().min(1).describe("the key, read from the environment: ${NAME}").optional(),
    compat: z.enum(COMPATS).describe("what kind of server it is; openai by default").optional(),
  };
  const url = z
    .string()
    .superRefine((text, context) => {
      const fault = faultOfUrl(text);
      if (fault !== undefined) context.addIssue({ code: "custom", message: `is ${JSON.stringify(text)}; ${fault}` });
    })
    .describe("where the server's API begins: http://127.0.0.1:11434/v1");
  return z
    .object({
      embedded: z.strictObject(tuning).describe("the built-in engine").optional(),
      openai: z
        .strictObject({ base_url: url.optional(), ...connection, ...tuning })
        .describe("OpenAI; its key is read from OPENAI_API_KEY")
        .optional(),
    })
    .catchall(z.strictObject({ base_url: url, ...connection, ...tuning }))
    .describe("connections to OpenAI-compatible servers by name; embedded and openai are built in");
}

function data() {
  const file = z.string().min(1);
  const fraction = (name: keyof typeof FRACTIONS, what: string) => share(`share of the cases for ${what}`).default(FRACTIONS[name]);
  const fractions = z
    .strictObject({
      train: fraction("train", "demonstrations and training"),
      select: fraction("select", "choosing between candidates"),
      confirm: fraction("confirm", "the second look at the winner"),
      test: fraction("test", "the report"),
    })
    .superRefine((shares, context) => {
      const sum = Object.values(shares).reduce((total, one) => total + one, 0);
      if (Math.abs(sum - 1) > 1e-6)
        context.addIssue({ code: "custom", message: `the fractions sum to ${Number(sum.toFixed(6))}; they must sum to 1` });
      for (const name of ["select", "test"] as const) {
        if (shares[name] === 0) context.addIssue({ code: "custom", path: [name], message: `is 0; ${name} needs cases` });
      }
    });
  return z
    .strictObject({
      file: file.describe("the cases: .jsonl, .json, .csv, .tsv or .yaml").optional(),
      files: z
        .strictObject({
          train: file.describe("cases for demonstrations and training"),
          select: file.describe("cases for choosing between candidates; cut from train by default").optional(),
          confirm: file.describe("cases for the second look at the winner; cut from train by default").optional(),
          test: file.describe("cases for the report"),
        })
        .describe("the cases in a file for each split")
        .optional(),
      format: z.enum(FORMATS).describe("the files' format, where their extension does not tell").optional(),
      id: column("column with the case's id; `id` if there is one").optional(),
      input: oneOrMany("columns that are input fields; those that the templates use by default").optional(),
      expected: column("column with the right answer").default("expected"),
      sources: column("column with the ids of the documents that hold the answer").optional(),
      group: column("column whose equal values stay in one split").optional(),
      tags: column("column with tags").optional(),
      split: z
        .union([column("column that names each case's split"), fractions])
        .describe("shares of the cases, or the column that names each case's split")
        .optional(),
    })
    .superRefine(({ file: one, files, split }, context) => {
      if ((one === undefined) === (files === undefined)) {
        context.addIssue({
          code: "custom",
          message: `${one === undefined ? "names no cases" : "has both file and files"}; write file: cases.jsonl, or files: { train: …, test: … }`,
        });
      }
      if (files !== undefined && split !== undefined)
        context.addIssue({ code: "custom", path: ["split"], message: "the files already are the splits; remove it" });
    })
    .describe("the cases");
}

function program() {
  const template = (what: string) => z.string().describe(`${what}: a .md or .txt file, or the text itself`);
  return z
    .strictObject({
      system: template("the system prompt").default(""),
      user: template("the prompt of each case, with {{field}} placeholders"),
      variants: z
        .record(
          z.string().regex(SAFE, SAFE_HINT),
          z
            .strictObject({
              system: template("its system prompt; the program's by default").optional(),
              user: template("its user prompt; the program's by default").optional(),
            })
            .refine(
              ({ system, user }) => system !== undefined || user !== undefined,
              "changes nothing; give it a system or a user template",
            ),
        )
        .describe("named alternatives, which the prompt stage races")
        .default({}),
    })
    .describe("the prompt as it is now");
}

function gate() {
  return z
    .strictObject({
      metric: z.string().describe("name of a scorer"),
      min: share("the least mean on test that passes").optional(),
      max_drop: share("the most that the mean may fall below the baseline's").optional(),
    })
    .refine(({ min, max_drop }) => min !== undefined || max_drop !== undefined, "gates nothing; give it min or max_drop");
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

const SAFE = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;
const SAFE_HINT = "write letters, digits, dots, dashes and underscores, a letter or digit first";

function safeName(what: string) {
  return z.string().max(80).regex(SAFE, SAFE_HINT).describe(what);
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

function share(what: string) {
  return z.number().min(0).max(1).describe(what);
}

function positive(what: string) {
  return z.number().positive().describe(what);
}

function column(what: string) {
  return z.string().min(1).describe(what);
}

function oneOrMany(what: string) {
  return z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe(what);
}

function modelRef(what: string) {
  return z
    .string()
    .regex(/^[^/\s]+\/\S(.*\S)?$/, "write endpoint/model-id, such as embedded/reader or openai/gpt-5")
    .describe(what);
}

function faultOfUrl(text: string): string | undefined {
  if (text.includes("${")) return "${…} is read in api_key only; write the address itself";
  if (!URL.canParse(text)) return "write an address such as http://127.0.0.1:11434/v1";
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return "it must begin with http:// or https://";
  if (url.username !== "" || url.password !== "") return "it holds a password; put the key in api_key as ${NAME}";
  if (url.search !== "" || url.hash !== "") return "write it without ? and #";
  return undefined;
}
