/** An experiment file -> an experiment, read and checked whole before any call is made. */
import { basename, dirname, extname, relative, resolve } from "node:path";
import { UserError } from "../errors.ts";
import type { ReadingOptions } from "../knowledge/documents.ts";
import { placeholdersOf } from "../program/template.ts";
import { besides, placeText, refuse, type Complaint } from "./complaints.ts";
import { casesIn, readTable, splitsOf } from "./data.ts";
import { connect } from "./endpoints.ts";
import { checkAims, checkAsked, evalsOf, ladderOf } from "./evals.ts";
import { checkCases, checkTested } from "./gates.ts";
import { partOf, quoteFinder, quotesIn, quoteWarnings } from "../data/quotes.ts";
import { checkReach, checkSources, readKnowledge, skippedWarnings } from "./knowledge.ts";
import { checkPrompt, readPrompt, type Prompt } from "./prompts.ts";
import { PASSAGES } from "../program/render.ts";
import { experimentSchema, type ExperimentFile } from "./schema.ts";
import { readSource, type Source } from "./source.ts";
import { storeOf } from "./store.ts";
import { check } from "./wording.ts";
import type { Choice } from "../data/filter.ts";
import type { Registry } from "../registry.ts";
import type { Document, Experiment } from "../types.ts";

export { peekPlugins } from "./source.ts";

export interface ReadOptions extends Choice {
  /** Where `${NAME}` in `api_key` and in a store's address is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Goes on where keys are not set, and notes it at their endpoints and at the store; without it that is a complaint like any other. */
  readonly withoutKeys?: boolean | undefined;
  /** Where what is slow to read of the documents is kept, and who is told of long reading. */
  readonly reading?: ReadingOptions | undefined;
}

/**
 * Reads the experiment with its cases, prompts and documents. Paths in it are relative to its folder. Makes no call.
 *
 * Throws one UserError whose message holds every complaint, a line each: `file:line:column: what; what would be right`. Its
 * code is 3 where all that is wrong is that too few cases are left, else 2.
 */
export async function readExperiment(file: string, registry: Registry, options: ReadOptions): Promise<Experiment> {
  const source = await readSource(file);
  const dir = dirname(file);
  const { file: parts, complaints } = checkParts(source, registry);

  const connections = allOf(parts, ["model", "models", "endpoints"], (known) => connect(known, source, options.env));
  const evals = await allOf(parts, ["evals"], (known) => evalsOf(known.evals, registry, source, dir));
  const ladder = allOf(parts, ["ladder"], (known) => ladderOf(known.ladder, registry, source));
  complaints.push(...(connections?.complaints ?? []), ...(evals?.complaints ?? []), ...(ladder?.complaints ?? []));
  if (evals !== undefined) complaints.push(...checkAims(parts, evals, source));
  if (evals !== undefined && connections !== undefined) complaints.push(...checkAsked(evals, connections, source));
  complaints.push(...checkParams(parts, source));

  const prompts = parts.program === undefined ? undefined : await readProgram(parts.program, source, dir);
  const table = parts.data === undefined ? undefined : await readTable(parts.data, source, dir);
  complaints.push(...(prompts?.complaints ?? []), ...(table?.complaints ?? []));
  const unused: string[] = [];
  if (prompts !== undefined) {
    const inputs = table === undefined || table.columns.length === 0 ? undefined : table.inputs;
    complaints.push(...prompts.all.flatMap(({ prompt, role }) => checkPrompt(prompt, inputs, table?.columns ?? [], role)));
    unused.push(...(inputs ?? []).filter((name) => !prompts.fields.includes(name)));
  }
  for (const [index, { stage, options: chosen }] of (ladder?.written ?? []).entries()) {
    const endpoints = connections && Object.keys(connections.endpoints);
    const known = { variants: prompts?.variants ?? {}, trainers: registry.trainers, endpoints };
    complaints.push(...(stage.check?.(chosen, known) ?? []).map((what) => ({ place: source.at(["ladder", index]), what })));
  }
  const { cases, complaints: ofCases } =
    table === undefined || parts.data === undefined
      ? { cases: [], complaints: [] }
      : casesIn(table, parts.data, prompts?.fields ?? table.inputs);
  complaints.push(...ofCases);

  const { collected, complaints: ofKnowledge } = await readKnowledge(parts, source, dir, options.reading);
  const { documents = [], skipped = [] } = collected ?? {};
  complaints.push(...ofKnowledge, ...(collected === undefined ? [] : checkSources(cases, collected)));
  if (ofCases.length === 0 && table?.mapping !== undefined) {
    const all = cases.map(({ case: kase }) => kase);
    complaints.push(...checkCases(parts.gates ?? [], all, source));
  }
  const store = storeOf(parts, source, options.env);
  complaints.push(...store.complaints, ...checkReach(ladder?.climbed ?? [], documents, store.store, source));
  const unset = [...(connections?.unset ?? []), ...store.unset];
  if (complaints.length > 0 || options.withoutKeys !== true) refuse([...complaints, ...unset]);

  const { data, program, params, seed } = parts;
  if (!data || !program || !params || seed === undefined || !connections || !evals || !ladder || !prompts)
    throw new UserError(`${file}: incomplete`);
  const split = besides(unset, () => splitsOf(cases, data, options, seed, placeText(source.at(["data"]))));
  const narrowed = options.filter !== undefined || options.limit !== undefined || options.sample !== undefined;
  // A choice may leave out cases that must pass; then the gate is not judged.
  if (!narrowed) besides(unset, () => refuse(checkTested(parts.gates ?? [], split.splits, source)));
  const inDocuments = quotesIn(documentTexts(documents), split.splits);
  const inPrompts = quoteFinder(split.splits)(promptTexts(prompts), partOf(split.splits.train));
  const { models, places, endpoints, prices } = connections;
  return {
    file: resolve(file),
    text: source.text,
    name: parts.name ?? folderName(file),
    models,
    places,
    endpoints,
    splits: split.splits,
    exploratory: split.exploratory,
    documents,
    skipped,
    knowledge: parts.knowledge && {
      ...store.store,
      corpus: [parts.knowledge.files]
        .flat()
        .map((pattern) => relative("", resolve(dir, pattern)))
        .join("\n"),
    },
    program: { model: models.task, params, system: prompts.system, user: prompts.user, demos: [], steps: [] },
    variants: prompts.variants,
    scorers: evals.scorers,
    primary: evals.primary,
    ladder: ladder.climbed,
    walk: parts.walk ?? "all",
    target: parts.target?.[evals.primary],
    budget: parts.budget ?? {},
    gates: parts.gates ?? [],
    repeat: parts.repeat ?? 1,
    seed,
    margin: parts.margin ?? 0,
    maxErrors: parts.max_errors ?? 0,
    prices,
    warnings: [
      ...(unused.length === 0 ? [] : [unusedFields(unused)]),
      ...split.warnings,
      ...quoteWarnings(inDocuments, inPrompts),
      ...skippedWarnings(skipped, documents.length),
      ...(collected?.notes ?? []),
    ],
    leaks: { cases: split.leaks, quotes: [...inDocuments, ...inPrompts] },
  };
}

/** The keys of the file that are right in themselves, and complaints about the others. */
function checkParts(source: Source, registry: Registry): { readonly file: Partial<ExperimentFile>; readonly complaints: Complaint[] } {
  const schema = experimentSchema(registry);
  const whole = check(schema, source, source.value);
  if (whole.data !== undefined) return { file: whole.data, complaints: [] };
  const value: unknown = source.value;
  const given: Readonly<Record<string, unknown>> = typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  // What is right is looked at further, so that one reading names as many faults as there are.
  const entries = Object.entries(schema.shape).flatMap(([key, part]) => {
    const result = part.safeParse(given[key]);
    return result.success && result.data !== undefined ? [[key, result.data] as const] : [];
  });
  return { file: Object.fromEntries(entries) as Partial<ExperimentFile>, complaints: whole.complaints };
}

/** Does something with keys of the file if all of them are right. */
function allOf<K extends keyof ExperimentFile, R>(
  file: Partial<ExperimentFile>,
  keys: readonly K[],
  use: (known: Pick<ExperimentFile, K>) => R,
): R | undefined {
  return keys.every((key) => file[key] !== undefined) ? use(file as Pick<ExperimentFile, K>) : undefined;
}

function checkParams({ params }: Partial<ExperimentFile>, source: Source): readonly Complaint[] {
  return ["model", "messages", "stream", "n"]
    .filter((name) => Object.hasOwn(params ?? {}, name))
    .map((name) => ({ place: source.atKey(["params", name]), what: `params.${name}: is set by llmopt itself; remove it` }));
}

interface Program {
  readonly system: string;
  readonly user: string;
  readonly variants: Experiment["variants"];
  readonly all: readonly { readonly prompt: Prompt; readonly role: "system" | "user" }[];
  /** Fields that any of the templates names. */
  readonly fields: readonly string[];
  readonly complaints: readonly Complaint[];
}

async function readProgram(section: ExperimentFile["program"], source: Source, dir: string): Promise<Program> {
  const complaints: Complaint[] = [];
  const all: { prompt: Prompt; role: "system" | "user" }[] = [];
  const read = async (value: string, role: "system" | "user", path: readonly string[]): Promise<string> => {
    const found = await readPrompt(value, path, source, dir);
    complaints.push(...found.complaints);
    if (found.prompt !== undefined) all.push({ prompt: found.prompt, role });
    return found.prompt?.text ?? "";
  };
  const system = await read(section.system, "system", ["program", "system"]);
  const user = await read(section.user, "user", ["program", "user"]);
  const variants: Record<string, Partial<Pick<Experiment["program"], "system" | "user">>> = {};
  for (const [name, variant] of Object.entries(section.variants)) {
    const path = ["program", "variants", name];
    variants[name] = {
      ...(variant.system === undefined ? {} : { system: await read(variant.system, "system", [...path, "system"]) }),
      ...(variant.user === undefined ? {} : { user: await read(variant.user, "user", [...path, "user"]) }),
    };
  }
  const fields = new Set(all.flatMap(({ prompt }) => placeholdersOf(prompt.text).map(({ name }) => name)));
  return { system, user, variants, all, fields: [...fields].filter((name) => name !== PASSAGES), complaints };
}

function documentTexts(documents: readonly Document[]): readonly { readonly id: string; readonly text: string }[] {
  return documents.map(({ id, title, text }) => ({ id, text: `${title}\n${text}` }));
}

function promptTexts({
  system,
  user,
  variants,
}: Pick<Program, "system" | "user" | "variants">): readonly { readonly id: string; readonly text: string }[] {
  const of = (id: string, { system, user }: Partial<Pick<Program, "system" | "user">>) => [
    { id: `${id}.system`, text: system ?? "" },
    { id: `${id}.user`, text: user ?? "" },
  ];
  return [
    ...of("program", { system, user }),
    ...Object.entries(variants).flatMap(([name, variant]) => of(`program.variants.${name}`, variant)),
  ];
}

function unusedFields(names: readonly string[]): string {
  return `data: no template names ${names.map((name) => `"${name}"`).join(", ")}, so the model does not see ${names.length > 1 ? "them" : "it"}`;
}

/** The file's name without extension, with what a folder's name cannot hold made dashes. */
function folderName(file: string): string {
  const stem = basename(file, extname(file))
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[^\p{L}\p{N}]+/u, "");
  return stem.slice(0, 80) || "experiment";
}
