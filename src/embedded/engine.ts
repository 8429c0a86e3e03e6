/** The embedded engine as a fetch handler that speaks the OpenAI wire: a small trainable reader and classifier, not an LLM. */
import { readFileSync } from "node:fs";
import { createMind } from "./mind.ts";
import { cjkPrior } from "./reader/cjk-prior.ts";
import { characterConfidence } from "./reader/cjk-reader.ts";
import { createCompletions } from "./chat/completions.ts";
import { createEmbeddings } from "./embedding/embeddings.ts";
import { createFiles } from "./tuning/files.ts";
import { createIdf } from "./text/idf.ts";
import { createJobs } from "./tuning/jobs.ts";
import { fail, Fault, json, notFound } from "./wire.ts";
import { createLexicon } from "./text/text.ts";
import { createNetwork } from "./network/network.ts";
import { baseWords } from "./reader/words.ts";
import { idfTable } from "./text/idf-table.ts";
import { unpack } from "./text/bytes.ts";

export { engineVersion } from "./version.ts";

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The handler for any base URL that ends in `/v1`; reached in process by `new OpenAI({ baseURL: "http://embedded.invalid/v1", apiKey: "none", fetch })`.
 * Deterministic: the same request gets the same answer, on every platform. `folder` keeps uploaded files, jobs and tuned models.
 */
export function createEmbedded(options: { readonly folder: string }): Fetch {
  const lexicon = createLexicon(createIdf(unpack(idfTable)));
  const mind = createMind(lexicon, { words: baseWords, characters: { weights: cjkPrior(), confidence: characterConfidence } }, () =>
    createNetwork(readFileSync(new URL("network/reader.weights", import.meta.url))),
  );
  const files = createFiles(options.folder);
  const jobs = createJobs(options.folder, files, mind);
  const complete = createCompletions(mind, jobs);
  const embed = createEmbeddings(lexicon);

  async function route(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = /\/v1(\/.*)$/.exec(url.pathname)?.[1]?.replace(/\/$/, "") ?? url.pathname;
    const at = `${request.method} ${path}`;
    if (at === "POST /chat/completions") return complete(await bodyOf(request));
    if (at === "POST /embeddings") return embed(await bodyOf(request));
    if (at === "GET /models") return json({ object: "list", data: (await modelIds()).map(modelObject) });
    if (path.startsWith("/models/") && request.method === "GET") {
      const id = unescaped(path.slice("/models/".length));
      if (!baseModels.includes(id) && !(await jobs.models.has(id))) throw notFound("model", id);
      return json(modelObject(id));
    }
    if (path.startsWith("/models/") && request.method === "DELETE") {
      const id = unescaped(path.slice("/models/".length));
      if (baseModels.includes(id)) throw new Fault(403, `the model "${id}" cannot be deleted; tuned models can`, "model");
      if (!(await jobs.models.remove(id))) throw notFound("model", id);
      return json({ id, object: "model", deleted: true });
    }
    const found = (await files.route(request, path, url.searchParams)) ?? (await jobs.route(request, path, url.searchParams));
    if (found !== undefined) return found;
    const offered = "POST chat/completions and embeddings, GET and DELETE models, and files and fine_tuning/jobs";
    throw new Fault(404, `unknown route: ${at}; the embedded engine has ${offered}`, null, "unknown_url");
  }

  async function modelIds(): Promise<string[]> {
    return [...baseModels, ...(await jobs.models.list())];
  }

  return async (input, init) => {
    const request = new Request(input, init);
    try {
      request.signal.throwIfAborted();
      return await route(request);
    } catch (error) {
      if (error instanceof Fault) return fail(error);
      throw error;
    }
  };
}

const baseModels = ["reader", "lexical"];

function modelObject(id: string) {
  return { id, object: "model", created: 0, owned_by: "embedded" };
}

/** As it stands where it is no valid escape: then it names nothing. */
function unescaped(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new Fault(400, "the body is not JSON");
  }
}
