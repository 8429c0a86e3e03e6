/** Asks an endpoint for its list of models, or for vectors, and says what is wrong with what it answers. */
import { z } from "zod";
import { EndpointFault, nearest } from "../errors.ts";
import type { Endpoint } from "../types.ts";
import { excerpt, faultOf, kindOfAnswer, redact } from "../wire/faults.ts";
import type { Answer, Fetch } from "../wire/fetch.ts";
import { createModels } from "../wire/models.ts";

export interface Probed {
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  readonly hint?: string | undefined;
}

/** Seconds that an endpoint has to answer, and characters that are read of it: long lists have some hundred thousand. */
const PATIENCE = 10;
const MOST = 10_000_000;
const late: Probed = { status: "fail", detail: `no answer in ${PATIENCE} s`, hint: "is it up, and can it be reached from here?" };
const list = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/** One `GET {base_url}/models`, which costs nothing; `ids` are the models that must be there. The key is in no message. */
export async function probeEndpoint(endpoint: Endpoint, ids: readonly string[], signal: AbortSignal, send: Fetch = fetch): Promise<Probed> {
  const secrets = endpoint.apiKey === undefined ? [] : [endpoint.apiKey];
  const headers =
    endpoint.apiKey === undefined || endpoint.apiKey === ""
      ? {}
      : { authorization: `Bearer ${endpoint.apiKey}`, "api-key": endpoint.apiKey };
  const time = AbortSignal.timeout(PATIENCE * 1000);
  try {
    const url = new URL(endpoint.baseUrl);
    url.pathname = `${url.pathname.replace(/\/$/, "")}/models`;
    const response = await send(url, { headers, redirect: "manual", signal: AbortSignal.any([signal, time]) });
    const body = redact(await bodyOf(response), secrets);
    return judge({ status: response.status, headers: response.headers, body }, ids, endpoint);
  } catch (error) {
    signal.throwIfAborted();
    if (time.aborted) return late;
    const [why = "", hint = "check base_url, and that the server is up"] = faultOf(error, "", secrets).message.trim().split("; ");
    return { status: "fail", detail: `cannot be reached (${why})`, hint };
  }
}

/** Embeds three words in two calls: an index is built by one call and searched by others, so that their vectors must be alike. */
export async function probeEmbedder(endpoint: Endpoint, model: string, signal: AbortSignal): Promise<Probed> {
  const endpoints = { [endpoint.name]: { ...endpoint, timeout: PATIENCE, deadline: PATIENCE } };
  const models = createModels({ endpoints, inProcess: {}, offline: false, prices: {}, signal, warn() {} });
  try {
    await models.embed(model, ["river", "bridge"]);
    const { vectors } = await models.embed(model, ["ferry"]);
    return { status: "ok", detail: `embeds, ${vectors[0]?.length.toLocaleString("en")} numbers a text` };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof EndpointFault)) throw error;
    const [why = "", hint] = error.message.replace(/^endpoint \S+ \(\S+\) /, "").split("; ");
    if (error.kind === "timeout") return late;
    return { status: error.kind === "rate" ? "warn" : "fail", detail: why, hint };
  } finally {
    await models.close();
  }
}

/** A body without end is cut off. */
async function bodyOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MOST) break;
  }
  return text;
}

function judge(answer: Answer, ids: readonly string[], endpoint: Endpoint): Probed {
  const { status, headers, body } = answer;
  const said = `${status}${body.trim() === "" ? "" : `: ${messageIn(body)}`}`;
  const kind = kindOfAnswer(answer);
  if (kind === "auth")
    return {
      status: "fail",
      detail: `the key is refused (${said})`,
      hint: endpoint.apiKey === undefined ? "it wants a key: api_key: ${NAME}" : "set the right one in the environment",
    };
  if (kind === "quota") return { status: "fail", detail: `answers ${said}`, hint: "add credit to the account or raise its limit" };
  const moved = status >= 300 && status < 400 ? headers.get("location") : null;
  if (moved !== null) return { status: "fail", detail: `sends on to ${excerpt(moved)}`, hint: "write in base_url where the API itself is" };
  if (kind === "rate" || kind === "transient")
    return { status: "warn", detail: `answers ${said}`, hint: "it may be busy; try again later" };
  if (/^\s*<(?:!doctype|html|head)/i.test(body))
    return {
      status: "fail",
      detail: `answers with ${excerpt(body)}`,
      hint: "base_url names a web page; most servers want it to end in /v1",
    };
  if (status === 404 || status === 405)
    return {
      status: "warn",
      detail: `answers, but has no list of models (${status})`,
      hint: "some servers have none; else check that base_url ends in /v1",
    };
  if (kind !== undefined) return { status: "fail", detail: `answers ${said}`, hint: "check base_url" };
  const parsed = list.safeParse(parse(body));
  if (!parsed.success)
    return {
      status: "fail",
      detail: body.trim() === "" ? "answers with nothing" : `answers with no list of models: ${excerpt(body)}`,
      hint: "check that base_url names an OpenAI-compatible server",
    };
  return listed(
    parsed.data.data.map(({ id }) => id),
    ids,
  );
}

/** Some servers list a model under a longer name than the one they take. */
function listed(known: readonly string[], ids: readonly string[]): Probed {
  const missing = ids.filter((id) => ![id, `${id}:latest`, `models/${id}`].some((name) => known.includes(name)));
  if (missing.length === 0) return { status: "ok", detail: `answers, lists ${known.length} models` };
  const near = [...new Set(missing.flatMap((id) => nearest(id, known)))];
  const all = known.length === 0 ? "it lists none" : `it lists ${known.slice(0, 5).join(", ")}${known.length > 5 ? ", …" : ""}`;
  return {
    status: "warn",
    detail: `answers, but does not list ${missing.join(", ")}`,
    hint: near.length > 0 ? `did you mean ${near.join(" or ")}?` : all,
  };
}

/** What an error says in the words of its server. */
function messageIn(body: string): string {
  const said = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) }).safeParse(parse(body)).data?.error;
  return excerpt(said === undefined ? body : typeof said === "string" ? said : said.message);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
