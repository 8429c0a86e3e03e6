/** What `llmopt lint` is given -> templates with what is known of them. */
import { glob, readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { shownPath } from "../data/files.ts";
import { decode, whyUnreadable } from "../data/rows.ts";
import { UserError } from "../errors.ts";
import { isInline } from "../experiment/prompts.ts";
import { factsOf, kindOfModel } from "../lint/facts.ts";
import { dataTemplates, type Template, templateAt, textTemplate } from "../lint/source.ts";
import type { Known } from "../lint/types.ts";
import type { Experiment } from "../types.ts";

/** A template of a file. */
export interface Looked {
  /** As it was named. */
  readonly file: string;
  readonly content: string;
  readonly template: Template;
  readonly known: Known;
}

const TEXTS = [".md", ".markdown", ".txt", ".prompt", ".prompty", ".j2", ".jinja", ".jinja2", ".hbs", ".mustache"];
const DATA = [".yaml", ".yml", ".json"];
const MOST_BYTES = 2e6;
/** Files that are open at a time. */
const AT_ONCE = 32;
/** The name of what comes through a pipe, and what it is called. */
const [PIPE, PIPED] = ["-", "stdin"];
/** Files of any project that are no prompts. */
const OTHERS = /^(?:readme|changelog|license|licence|contributing|package|package-lock|tsconfig)\b/i;

/**
 * Templates of the files, of those in folders (hidden ones and what is no prompt aside) and of those that globs match. Of an experiment
 * its prompts and variants, with facts from its data. Throws a UserError for what is missing or cannot be read.
 */
export async function readTemplates(
  paths: readonly string[],
  options: { readonly plugins?: boolean | undefined },
): Promise<readonly Looked[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  const once = [...new Map(files.map((one) => [resolve(one.file), one] as const).toReversed()).values()].toReversed();
  const found: Looked[] = [];
  for (let at = 0; at < once.length; at += AT_ONCE) {
    const some = once.slice(at, at + AT_ONCE).map(async ({ file, named }) => await templatesOf(file, named, options));
    found.push(...(await Promise.all(some)).flat());
  }
  // A prompt that an experiment names is looked at with what the experiment knows, and not again alone.
  const known = new Set(found.filter(({ known: { fields } }) => fields !== undefined).map(({ file }) => resolve(file)));
  return found.filter((one) => one.known.fields !== undefined || !known.has(resolve(one.file)));
}

async function filesOf(path: string): Promise<readonly { readonly file: string; readonly named: boolean }[]> {
  if (path === PIPE) return [{ file: path, named: true }];
  const about = await stat(path).catch((error: unknown) => error);
  if (typeof about === "object" && about !== null && "isDirectory" in about && typeof about.isDirectory === "function")
    return about.isDirectory() ? await filesIn(path) : [{ file: path, named: true }];
  if (/[*?[\]{}]/.test(path)) {
    const matched = (await Array.fromAsync(glob(path))).toSorted();
    const files = await Promise.all(matched.map(async (file) => ((await stat(file)).isDirectory() ? [] : [{ file, named: false }])));
    if (files.flat().length > 0) return files.flat();
    throw new UserError(`${path}: matches no file; quote it, so that the shell leaves it as it is`);
  }
  throw new UserError(`${path}: ${await whyUnreadable(path, about)}`);
}

async function filesIn(folder: string): Promise<readonly { readonly file: string; readonly named: boolean }[]> {
  const names = (await readdir(folder, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile() && [...TEXTS, ...DATA].includes(extname(entry.name).toLowerCase()) && !OTHERS.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(folder, file)
          .split(/[\\/]/)
          .some((part) => part.startsWith(".") || part === "node_modules"),
    );
  if (names.length === 0) throw new UserError(`${folder}: holds no prompt; prompts end in ${[...TEXTS, ...DATA].join(", ")}`);
  return names.toSorted().map((file) => ({ file, named: false }));
}

async function templatesOf(file: string, named: boolean, options: { readonly plugins?: boolean | undefined }): Promise<readonly Looked[]> {
  if (file === PIPE) {
    const content = await contentOf(file);
    // Nothing is written to a pipe, so that nothing in it can be mended.
    return [{ file: PIPED, content, template: { ...textTemplate(content), editable: false }, known: {} }];
  }
  const kind = extname(file).toLowerCase();
  if (![...TEXTS, ...DATA].includes(kind)) {
    if (!named) return [];
    throw new UserError(`${file}: unknown kind of file; prompts end in ${[...TEXTS, ...DATA].join(", ")}`);
  }
  const content = await contentOf(file);
  if (TEXTS.includes(kind)) return [{ file, content, template: textTemplate(content, roleOf(file)), known: {} }];
  const value = valueOf(content);
  if (hasKeys(value, ["data", "program", "evals"])) return await experimentTemplates(file, content, options);
  // Data and settings beside prompts are none of ours, unless somebody names them.
  if (!named && !isPrompt(value)) return [];
  const templates = dataTemplates(content, file);
  if (templates.length === 0 && named) throw new UserError(`${file}: names its prompts, but holds none; give the files that it names`);
  return templates.map((template) => ({ file, content, template, known: { beside: template.beside } }));
}

/** `support.system.md` says which template it is. */
function roleOf(file: string): "system" | "user" | undefined {
  const word = /(?:^|[._-])(system|user)\.[^.]+$/i.exec(basename(file))?.[1]?.toLowerCase();
  return word === "system" || word === "user" ? word : undefined;
}

export async function contentOf(file: string): Promise<string> {
  try {
    const content = file === PIPE ? await piped() : await fileBytes(file);
    if (content.includes(0)) throw new Error("holds a NUL byte, as no text does; name a prompt");
    // The mark is kept, for a fix to keep it.
    const mark = content.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? "\uFEFF" : "";
    return mark + decode(content);
  } catch (error) {
    throw new UserError(`${file}: ${await whyUnreadable(file, error)}`, 2, { cause: error });
  }
}

async function fileBytes(file: string): Promise<Buffer> {
  checkSize((await stat(file)).size);
  return await readFile(file);
}

async function piped(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    checkSize((size += bytes.length));
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function checkSize(bytes: number): void {
  if (bytes > MOST_BYTES) throw new Error(`larger than ${MOST_BYTES / 1e6} MB, which no model reads; name a prompt`);
}

function valueOf(content: string): unknown {
  try {
    return parse(content.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

function hasKeys(value: unknown, keys: readonly string[]): boolean {
  return typeof value === "object" && value !== null && keys.every((key) => key in value);
}

const PROMPT_KEYS = ["system", "user", "prompt", "prompts", "template", "messages", "instructions", "role", "goals", "rules", "workflow"];

function isPrompt(value: unknown): boolean {
  const keys =
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value).map((key) => key.toLowerCase()) : [];
  return (
    PROMPT_KEYS.some((key) => keys.includes(key)) ||
    (Array.isArray(value) && value.some((one: unknown) => hasKeys(one, ["role", "content"])))
  );
}

/** The prompts of an experiment where they stand: in files of their own, or in the experiment itself. */
async function experimentTemplates(
  file: string,
  content: string,
  options: { readonly plugins?: boolean | undefined },
): Promise<readonly Looked[]> {
  // What reads experiments is large, and most prompts are looked at without one.
  const { prepare } = await import("../prepare.ts");
  const { experiment } = await prepare(file, options);
  const known = knownOf(experiment);
  const value = valueOf(content);
  const wanted = [
    { path: ["program"], ...experiment.program },
    ...Object.entries(experiment.variants).map(([name, variant]) => ({
      path: ["program", "variants", name],
      ...experiment.program,
      ...variant,
    })),
  ];
  const looked = wanted.flatMap(({ path, system, user }) =>
    (["system", "user"] as const).map(async (role): Promise<Looked | undefined> => {
      const where = [...path, role];
      const given = at(value, where);
      if (typeof given !== "string") return undefined;
      const beside = role === "system" ? user : system;
      const template = isInline(given) ? templateAt(content, file, where, role) : undefined;
      if (template !== undefined) return { file, content, template, known: { ...known, beside } };
      const named = shownPath(dirname(file), given);
      const own = await contentOf(named);
      return { file: named, content: own, template: textTemplate(own, role), known: { ...known, beside } };
    }),
  );
  return (await Promise.all(looked)).filter((one) => one !== undefined);
}

/** Scorers that read an answer as something of a form, and what that is called. */
const PARSED: Readonly<Record<string, string>> = { json: "JSON", "json-schema": "JSON", "json-fields": "JSON", sql: "SQL" };

function knownOf({ splits, program, scorers }: Experiment): Known {
  const { train, select, confirm, test } = splits;
  const model = kindOfModel(program.model);
  return {
    ...factsOf(train.length > 0 ? train : select),
    fields: factsOf([...train, ...select, ...confirm, ...test]).fields,
    model,
    parsed: scorers
      .map(({ scorer }) => (Object.hasOwn(PARSED, scorer.name) ? PARSED[scorer.name] : undefined))
      .find((one) => one !== undefined),
    enforced: Object.hasOwn(program.params, "response_format"),
    splits,
  };
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Readonly<Record<string, unknown>>)[key]
        : undefined,
    value,
  );
}
