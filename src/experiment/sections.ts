/** The parts of the experiment file that need no registry, as zod schemas. */
import { z } from "zod";
import { FORMATS } from "../data/parse.ts";
import { FRACTIONS } from "../data/splits.ts";
import { COMPAT } from "../wire/compat.ts";

const SAFE = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;
const SAFE_HINT = "write letters, digits, dots, dashes and underscores, a letter or digit first";

/** `endpoints`: connections by name; the built-in ones may be changed in part. */
export function endpoints() {
  const price = z.strictObject({ in: z.number().min(0).describe("for input"), out: z.number().min(0).describe("for output") });
  const tuning = {
    concurrency: z.int().min(1).max(1000).describe("requests in flight at the most; 8 by default").optional(),
    timeout_s: positive("seconds that one attempt may take; 120 by default").optional(),
    deadline_s: positive("seconds that all attempts of one call may take together; 300 by default").optional(),
    prices: z.record(z.string(), price).describe("US dollars per million tokens, by model").optional(),
  };
  const connection = {
    api_key: z.string().min(1).describe("the key, read from the environment: ${NAME}").optional(),
    compat: z
      .enum(Object.keys(COMPAT))
      .describe("what kind of server it is; generic by default, which sends parameters as written")
      .optional(),
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

/** `data`: the files, what their columns hold, and the splits. */
export function data() {
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

/** `knowledge.columns`: what the columns of tables and the keys of JSON rows hold. */
export function columns() {
  return z
    .strictObject({
      id: column("column with the document's id; `id`, `_id` or `doc_id` by default, else the file's name and the row's number").optional(),
      title: column("column with its title; `title` by default").optional(),
      text: oneOrMany(
        "column with its text, or several, each then a line `name: value`; `text`, `contents`, `content` or `body` by default, else all",
      )
        .transform((names) => [names].flat())
        .optional(),
    })
    .describe("which columns of CSV, TSV and JSONL rows hold what; a row is a document");
}

/** `program`: the templates as they are now. */
export function program() {
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

/** One of `gates`: bounds of a metric, or cases that must pass. */
export function gate() {
  const text = z.string().min(1);
  const cases = z.union([z.array(text).min(1), z.strictObject({ tag: text.describe("all test cases with this tag") })]);
  return z
    .strictObject({
      metric: z.string().describe("name of a scorer, or for max of a figure: latency_p95, usd_per_answer, …").optional(),
      min: share("the least mean on test that passes").optional(),
      max: z.number().min(0).describe("the largest figure that passes: milliseconds, US dollars, tokens or a share").optional(),
      max_drop: share("the most that the mean may fall below the baseline's; a significant fall never passes").optional(),
      max_breaks: z.int().min(0).describe("the most cases that may fall by more than `break`").optional(),
      break: share("how far a case's value may fall before it counts as broken; 0.5 by default").lt(1).optional(),
      must_pass: cases.describe("ids of test cases, or { tag: … }, that must reach the scorer's threshold").optional(),
      at_least: share("share of a case's repeats that must pass; 1 by default").positive().optional(),
    })
    .superRefine((given, context) => {
      const complain = (message: string, key?: keyof typeof given) =>
        context.addIssue({ code: "custom", message, path: key === undefined ? [] : [key] });
      const bounds = (["min", "max", "max_drop", "max_breaks"] as const).filter((key) => given[key] !== undefined);
      if (given.must_pass === undefined && bounds.length === 0)
        complain("gates nothing; give it min, max, max_drop, max_breaks or must_pass");
      else if (given.must_pass === undefined && given.metric === undefined) complain("names no metric; write metric: and a scorer's name");
      if (given.must_pass !== undefined && bounds.length > 0)
        complain(`is about single cases; write a gate of its own for ${bounds[0]}`, "must_pass");
      if (given.break !== undefined && given.max_breaks === undefined) complain("says what a break is; add max_breaks, such as 0", "break");
      if (given.at_least !== undefined && given.must_pass === undefined) complain("is about must_pass; remove it", "at_least");
    });
}

/** `endpoint/model-id`; the id may hold slashes of its own. */
export function modelRef(what: string) {
  return z
    .string()
    .regex(/^[^/\s]+\/\S(.*\S)?$/, "write endpoint/model-id, such as embedded/reader or openai/gpt-5")
    .describe(what);
}

/** A name that can be a folder's. */
export function safeName(what: string) {
  return z.string().max(80).regex(SAFE, SAFE_HINT).describe(what);
}

/** A number from 0 to 1. */
export function share(what: string) {
  return z.number().min(0).max(1).describe(what);
}

/** A number above 0. */
export function positive(what: string) {
  return z.number().positive().describe(what);
}

/** A text or a list of texts. */
export function oneOrMany(what: string) {
  return z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe(what);
}

function column(what: string) {
  return z.string().min(1).describe(what);
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
