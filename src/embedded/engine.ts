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
import { refuseMethod, routeOf } from "./routes.ts";
import { bodyOf, fail, Fault, json, notFound } from "./wire.ts";
import { createLexicon } from "./text/text.ts";
import { createNetwork } from "./network/network.ts";
import { baseWords } from "./reader/words.ts";
import { idfTable } from "./text/idf-table.ts";
import { unpack } from "./text/bytes.ts";

export { engineVersion } from "./version.ts";

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The handler for any base URL that ends in `/v1`; reached in process by `new OpenAI({ baseURL: "http://embedded.invalid/v1", apiKey: "none", fetch })`.
 * Deterministic: the same request gets the same answer, on every platform. `folder` keeps uploaded files, jobs and tuned models. `now`, in
 * milliseconds since 1970, gives files, jobs and their events their times, and nothing else; without it these are 0.
 */
export function createEmbedded(options: { readonly folder: string; readonly now?: () => number }): Fetch {
  const lexicon = createLexicon(createIdf(unpack(idfTable)));
  const mind = createMind(lexicon, { words: baseWords, characters: { weights: cjkPrior(), confidence: characterConfidence } }, () =>
    createNetwork(readFileSync(new URL("network/reader.weights", import.meta.url))),
  );
  const { folder, now = () => 0 } = options;
  const seconds = (): number => Math.floor(now() / 1000);
  const files = createFiles(folder, seconds);
  const jobs = createJobs(folder, files, mind, seconds);
  const complete = createCompletions(mind, jobs);
  const embed = createEmbeddings(lexicon);

  async function route(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const asked = routeOf(url.pathname);
    refuseMethod(request.method, asked);
    const { path } = asked;
    const at = `${request.method} ${path}`;
    if (at === "POST /chat/completions") return complete(await bodyOf(request));
    if (at === "POST /embeddings") return embed(await bodyOf(request));
    if (at === "GET /models") return json({ object: "list", data: (await modelIds()).map(modelObject) });
    if (path.startsWith("/models/") && request.method === "GET") {
      const id = unescaped(path.slice("/models/".length));
      if (!baseModels.includes(id) && !(await jobs.models.has(id))) throw notFound("model", id, listed);
      return json(modelObject(id));
    }
    if (path.startsWith("/models/") && request.method === "DELETE") {
      const id = unescaped(path.slice("/models/".length));
      if (baseModels.includes(id)) throw new Fault(403, `model: "${id}" cannot be deleted; tuned models can`, "model");
      if (!(await jobs.models.remove(id))) throw notFound("model", id, listed);
      return json({ id, object: "model", deleted: true });
    }
    return path.startsWith("/files") ? files.route(request, path, url.searchParams) : jobs.route(request, path, url.searchParams);
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
const listed = "GET /v1/models lists those that do";

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
