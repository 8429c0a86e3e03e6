/** Where a program's model answers, as the experiment of its run wrote it: without keys, which are read where the export is used. */
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { connect } from "../experiment/endpoints.ts";
import { experimentSchema } from "../experiment/schema.ts";
import { endpoints as endpointsSchema } from "../experiment/sections.ts";
import { readSource } from "../experiment/source.ts";
import { splitModel } from "../program/model.ts";
import { createRegistry } from "../registry.ts";
import { compatOf } from "../wire/compat.ts";
import type { Place } from "./types.ts";

/** What `llmopt serve` listens on unless told otherwise. */
const SERVED = "http://127.0.0.1:8080/v1";
/** Stands for a key that the experiment puts together. */
const COMPOSED = "LLM_API_KEY";

/** Every variable stands for itself, so that a key reads as it was written. */
const asWritten: Readonly<Record<string, string>> = new Proxy({}, { get: (_, name) => `\${${String(name)}}` });

/** The place of `endpoint/model-id` in the run; `baseUrl` takes the place of the run's own. Throws a UserError with code 2. */
export async function placeOf(run: string, model: string, baseUrl: string | undefined): Promise<Place> {
  const source = await readSource(join(run, "experiment.yaml"));
  const { model: task, models, endpoints } = experimentSchema(createRegistry([])).shape;
  const read = z.object({ model: task, models, endpoints }).safeParse(source.value);
  if (!read.success) {
    const why = z.prettifyError(read.error).replaceAll("\n", " ");
    throw new UserError(`${source.file}: is not the experiment of a run any more (${why}); run its experiment again`);
  }
  const { endpoint: name } = splitModel(model);
  const found = connect(read.data, source, asWritten).endpoints[name];
  if (found === undefined)
    throw new UserError(`${source.file}: names no endpoint "${name}", where ${model} answers; run its experiment again`);
  const { apiKey: written, ...endpoint } = found;
  const variable = /^\$\{\s*([A-Za-z_]\w*)\s*\}$/.exec(written ?? "")?.[1];
  const embedded = name === "embedded";
  return {
    endpoint: { ...endpoint, baseUrl: baseUrl === undefined ? (embedded ? SERVED : endpoint.baseUrl) : checkedUrl(baseUrl) },
    key: variable ?? (written === undefined ? undefined : COMPOSED),
    composed: variable === undefined ? written : undefined,
    keyHeader: compatOf(endpoint.compat, `endpoints.${name}`).keyHeader,
    embedded,
  };
}

/** An address as an experiment may name one: no password in it, nothing after `?` or `#`. */
function checkedUrl(baseUrl: string): string {
  const fault = endpointsSchema().safeParse({ given: { base_url: baseUrl } }).error?.issues[0];
  if (fault !== undefined) throw new UserError(`--base-url: ${fault.message}`);
  return baseUrl;
}
