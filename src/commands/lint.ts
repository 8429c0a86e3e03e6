import { access, constants, realpath, stat } from "node:fs/promises";
import { extname, isAbsolute, relative, resolve } from "node:path";
import { suggest, UserError } from "../errors.ts";
import { converted, type Format, FORMATS } from "../lint/convert.ts";
import { fixed } from "../lint/fix.ts";
import { lint } from "../lint/lint.ts";
import { locate, type Located } from "../lint/located.ts";
import { rules } from "../lint/rules/index.ts";
import { sarifOf } from "../lint/sarif.ts";
import { textTemplate } from "../lint/source.ts";
import type { Rule } from "../lint/types.ts";
import { countsOf, lintText, rulesText } from "../report/lint.ts";
import { forTerminal } from "../report/escape.ts";
import { jsonText, writeAtomic } from "../runs/atomic.ts";
import { type CommonFlags, checkOutputs, hasColor, readEnvironment, writeOutputs } from "./output.ts";
import { contentOf, type Looked, readTemplates } from "./prompt-files.ts";

export interface LintFlags extends CommonFlags {
  readonly sarif?: boolean;
  readonly fix?: boolean;
  readonly maxWarnings?: number;
  readonly rule?: readonly string[];
  readonly list?: boolean;
  readonly convert?: string;
  readonly envFile?: string;
  readonly plugins?: boolean;
}

/** Columns where nobody says how many there are: reviews and logs quote what was found. */
const NARROW = 80;

/** Exit 0 where nothing is an error, 1 where something is or there are more warnings than allowed. */
export async function lintCommand(paths: readonly string[], flags: LintFlags): Promise<number> {
  const { stdout, json = false, sarif = false, output = [] } = flags;
  const terminal = { width: process.stdout.columns || NARROW, color: hasColor(process.stdout, flags) };
  const chosen = chosenRules(flags.rule);
  if (json && sarif) throw new UserError("--json: one document is printed; leave out --json or --sarif");
  if (flags.list === true) {
    if (json) stdout.printJson(chosen.map(({ id, level, about }) => ({ id, level, about })));
    else stdout.print(rulesText(chosen, terminal));
    return 0;
  }
  if (paths.length === 0) throw new UserError("lint: names no prompt; name files, folders, globs, an experiment, or - for stdin");
  if (flags.convert !== undefined) return await convert(paths, flags.convert, flags);
  checkOutputs(output, [".json", ".sarif"]);
  if (flags.envFile !== undefined) readEnvironment(flags.envFile);

  const looked = await readTemplates(paths, { plugins: flags.plugins });
  const mended = flags.fix === true ? await mend(looked, chosen) : undefined;
  const now = mended?.looked ?? looked;
  if (flags.quiet !== true)
    for (const { file, from, rule, message } of mended?.fixed ?? []) {
      process.stderr.write(`${forTerminal(`fixed ${file}:${from.line}: ${message} [${rule}]`)}\n`);
    }
  const findings = findingsIn(now, chosen);
  const files = [...new Set(now.map(({ file }) => file))];
  const { errors, warnings, infos } = countsOf(findings);
  const fixed = mended === undefined ? {} : { fixed: mended.fixed.map(documented) };
  const document = { files, findings: findings.map(documented), errors, warnings, infos, ...fixed };
  const wantsLog = sarif || output.some((file) => extname(file) === ".sarif");
  const log = wantsLog ? await logOf(findings, now, chosen) : {};
  await writeOutputs(output, { ".json": () => jsonText(document), ".sarif": () => jsonText(log) });
  if (json) stdout.printJson(document);
  else if (sarif) stdout.printJson(log);
  else if (findings.length > 0 || flags.quiet !== true) stdout.print(lintText(findings, files.length, terminal));
  const tooMany = flags.maxWarnings !== undefined && warnings > flags.maxWarnings;
  if (tooMany && flags.quiet !== true) process.stderr.write(`${warnings} warnings are more than --max-warnings ${flags.maxWarnings}\n`);
  return errors > 0 || tooMany ? 1 : 0;
}

function chosenRules(ids: readonly string[] = []): readonly Rule[] {
  const known = rules.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const full = known.find((id) => id.endsWith(`/${unknown}`));
    throw new UserError(`--rule ${unknown}: no such rule; ${full === undefined ? suggest(unknown, known) : `did you mean "${full}"?`}`);
  }
  return ids.length === 0 ? rules : rules.filter(({ id }) => ids.includes(id));
}

/** In the order of files and places; a template that several prompts share is spoken of once. */
function findingsIn(looked: readonly Looked[], chosen: readonly Rule[]): readonly Located[] {
  const all = looked.flatMap(({ file, content, template, known }) => locate(file, content, template, lint(template.text, known, chosen)));
  const once = new Map(all.map((one) => [`${one.file} ${one.rule} ${one.from.line}:${one.from.column}`, one] as const).toReversed());
  const rank = new Map([...new Set(all.map(({ file }) => file))].map((file, at) => [file, at] as const));
  return [...once.values()].toSorted(
    (a, b) => (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || a.from.line - b.from.line || a.from.column - b.from.column,
  );
}

/** The files as they are after their fixes, which are written, and what was fixed. No file is written where one of them must not be. */
async function mend(
  looked: readonly Looked[],
  chosen: readonly Rule[],
): Promise<{ readonly looked: readonly Looked[]; readonly fixed: readonly Located[] }> {
  const files = [...new Map(looked.filter(({ template }) => template.editable).map((one) => [one.file, one] as const)).values()];
  const changes = files.flatMap(({ file, content, template, known }) => {
    const after = fixed(content, known, chosen, template.text.role);
    return after.content === content ? [] : [{ file, content: after.content, fixed: locate(file, content, template, after.mended) }];
  });
  const targets = await Promise.all(changes.map(async ({ file }) => await writable(file)));
  for (const [at, { file, content }] of changes.entries()) await writeAtomic(targets[at] ?? file, content);
  const now = new Map(changes.map(({ file, content }) => [file, content] as const));
  return {
    looked: looked.map((one) => {
      const content = now.get(one.file);
      return content === undefined ? one : { ...one, content, template: textTemplate(content, one.template.text.role) };
    }),
    fixed: changes.flatMap((change) => change.fixed),
  };
}

/** Where a file really is, so that a link stays one. Throws a UserError for one that is write-protected: renaming would not ask. */
async function writable(file: string): Promise<string> {
  const path = await realpath(file);
  const { mode } = await stat(path);
  const isAllowed = await access(path, constants.W_OK).then(
    () => (mode & 0o222) !== 0,
    () => false,
  );
  if (!isAllowed)
    throw new UserError(`${file}: is write-protected, and --fix would change it; nothing was written: make it writable, or leave it out`);
  return path;
}

/** SARIF names files below the working directory, which is the root of the sources to those who read it, or absolutely. */
async function logOf(findings: readonly Located[], looked: readonly Looked[], chosen: readonly Rule[]): Promise<object> {
  const { version } = await import("../prepare.ts");
  const nameOf = (file: string): string => {
    const path = relative(process.cwd(), resolve(file));
    return path.startsWith("..") || isAbsolute(path) ? resolve(file) : path;
  };
  const contents = new Map(looked.map(({ file, content }) => [nameOf(file), content] as const));
  const named = findings.map((finding) => ({ ...finding, file: nameOf(finding.file) }));
  return sarifOf(named, chosen, version, contents);
}

/** Prints a structured prompt in another format, or writes it where `-o` says. */
async function convert(paths: readonly string[], wanted: string, { stdout, output = [] }: LintFlags): Promise<number> {
  const to = FORMATS.find((format) => format === wanted);
  const [file, second] = paths;
  if (to === undefined) throw new UserError(`--convert ${wanted}: unknown format; ${suggest(wanted, FORMATS)}`);
  if (file === undefined || second !== undefined) throw new UserError("--convert: takes one prompt at a time; name one file");
  checkOutputs(output, EXTENSIONS[to]);
  // Data through a pipe are YAML, which JSON is too.
  const from =
    FORMATS.find((format) => EXTENSIONS[format].includes(extname(file).toLowerCase())) ?? (to === "markdown" ? "yaml" : undefined);
  const text = converted(await contentOf(file), from ?? "markdown", to, file);
  for (const target of output) await writeAtomic(target, text);
  if (output.length === 0) stdout.print(text);
  return 0;
}

const EXTENSIONS: Readonly<Record<Format, readonly string[]>> = {
  markdown: [".md", ".markdown", ".txt", ".prompt"],
  json: [".json"],
  yaml: [".yaml", ".yml"],
};

function documented({ file, from, to, rule, level, message, fix }: Located): object {
  const span = { line: from.line, column: from.column, end_line: to.line, end_column: to.column };
  const edit = fix && { line: fix.from.line, column: fix.from.column, end_line: fix.to.line, end_column: fix.to.column, text: fix.text };
  return { file, ...span, rule, level, message, ...(edit === undefined ? {} : { fix: edit }) };
}
