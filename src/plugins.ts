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
  // A plugin file may lie where llmopt is not installed; then its import of "llmopt" is this very llmopt.
  const own = new URL(import.meta.url.endsWith(".ts") ? "./index.ts" : "./index.js", import.meta.url).href;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== "llmopt") return next(specifier, context);
      return { url: own, shortCircuit: true };
    },
  });
  try {
    return await Promise.all(names.map((name) => loadPlugin(name, experiment)));
  } finally {
    hooks.deregister();
  }
}

async function loadPlugin(name: string, experiment: string): Promise<LoadedPlugin> {
  const file = fileOf(name, experiment);
  let source: string;
  let module: { readonly default?: unknown };
  try {
    source = await readFile(file, "utf8");
    module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new UserError(`plugins: ${name} cannot be loaded (${messageOf(error)}); name a file or an installed package`, 2, {
      cause: error,
    });
  }
  const fault = faultOfPlugin(module.default);
  if (fault !== undefined) throw new UserError(`plugins: ${name} ${fault}`);
  return { plugin: module.default as Plugin, source };
}

function fileOf(name: string, experiment: string): string {
  if (name.startsWith(".") || isAbsolute(name) || /\.[cm]?[jt]s$/.test(name)) return resolve(dirname(experiment), name);
  try {
    return createRequire(pathToFileURL(resolve(experiment))).resolve(name);
  } catch (error) {
    throw new UserError(`plugins: package ${name} is not installed beside the experiment; npm install ${name}`, 2, { cause: error });
  }
}
