/** Loads outside plugins: a file beside the experiment (`.ts` needs no build) or an installed package. */
import { createRequire, registerHooks } from "node:module";
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, UserError } from "./errors.ts";
import { faultOfPlugin, type Plugin } from "./registry.ts";

export interface LoadedPlugin {
  readonly plugin: Plugin;
  /** Source text: a changed plugin makes another experiment. */
  readonly source: string;
}

/** The plugins that an experiment names, in its order. Throws a UserError that names the file and what is wrong with it. */
export async function loadPlugins(names: readonly string[], experiment: string): Promise<readonly LoadedPlugin[]> {
  return await withLlmopt(() => Promise.all(names.map((name) => loadPlugin(name, experiment))));
}

/** While `load` runs, what it imports may import "llmopt", also where none is installed; it is this very llmopt. */
export async function withLlmopt<T>(load: () => Promise<T>): Promise<T> {
  const own = new URL(import.meta.url.endsWith(".ts") ? "./index.ts" : "./index.js", import.meta.url).href;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== "llmopt") return next(specifier, context);
      return { url: own, shortCircuit: true };
    },
  });
  try {
    return await load();
  } finally {
    hooks.deregister();
  }
}

/** The default export of a file, and its source with that of the files it imports by relative paths. Throws what the import throws. */
export async function importFile(file: string): Promise<{ readonly exported: unknown; readonly source: string }> {
  const source = (await sourcesOf(file, await readFile(file, "utf8"))).join("\n");
  const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  return { exported: module.default, source };
}

/** A file rather than a package or a name: it begins with . or /, or ends as JavaScript and TypeScript do. */
export const FILE_NAME = /^[./]|\.[cm]?[jt]s$/;

export function isFile(name: string): boolean {
  return FILE_NAME.test(name) || isAbsolute(name);
}

async function loadPlugin(name: string, experiment: string): Promise<LoadedPlugin> {
  const file = fileOf(name, experiment);
  let loaded: Awaited<ReturnType<typeof importFile>>;
  try {
    loaded = await importFile(file);
  } catch (error) {
    throw new UserError(`plugins: ${name} cannot be loaded (${whyNotLoaded(file, error)}); name a file or an installed package`, 2, {
      cause: error,
    });
  }
  const fault = faultOfPlugin(loaded.exported);
  if (fault !== undefined) throw new UserError(`plugins: ${name} ${fault}`);
  return { plugin: loaded.exported as Plugin, source: loaded.source };
}

/** What an import failed on, with the line of the file where that is known. */
export function whyNotLoaded(file: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const line = [pathToFileURL(file).href, file].flatMap((name) => stack.split(`${name}:`)[1]?.match(/^\d+/)?.[0] ?? [])[0];
  return line === undefined ? messageOf(error) : `line ${line}: ${messageOf(error)}`;
}

function fileOf(name: string, experiment: string): string {
  if (isFile(name)) return resolve(dirname(experiment), name);
  try {
    return createRequire(pathToFileURL(resolve(experiment))).resolve(name);
  } catch (error) {
    throw new UserError(`plugins: package ${name} is not installed beside the experiment; npm install ${name}`, 2, { cause: error });
  }
}

/** The text of a file and of those that it imports by relative paths, each once. */
async function sourcesOf(file: string, text: string, seen: Set<string> = new Set()): Promise<readonly string[]> {
  seen.add(file);
  const sources = [text];
  for (const [, path = ""] of text.matchAll(/\b(?:from|import|require)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g)) {
    const imported = resolve(dirname(file), path);
    if (seen.has(imported)) continue;
    // What is not there is no import, but a comment or a path without its ending; the import itself will say so.
    const more = await readFile(imported, "utf8").catch(() => undefined);
    if (more !== undefined) sources.push(...(await sourcesOf(imported, more, seen)));
  }
  return sources;
}
