/** The endpoints that an experiment asks: their keys, and with a probe whether they answer. */
import { isLoopback } from "../embedded/serve/guard.ts";
import { splitModel } from "../program/model.ts";
import type { Endpoint, Experiment } from "../types.ts";
import { type Check, check, failed } from "./check.ts";
import type { Users } from "./models.ts";
import { probeEmbedder, probeEndpoint, type Probed } from "./probe.ts";

const IN_PROCESS = "endpoint embedded";

interface Probing {
  readonly probe?: boolean | undefined;
  readonly signal: AbortSignal;
}

export async function endpointChecks({ endpoints, models }: Experiment, users: Users, probing: Probing): Promise<readonly Check[]> {
  const used = Map.groupBy([...users.keys()].map(splitModel), ({ endpoint }) => endpoint);
  const checks = [...used].map(async ([name, asked]): Promise<readonly Check[]> => {
    const endpoint = endpoints[name];
    if (endpoint === undefined) return [];
    if (name === "embedded") return [check(IN_PROCESS, "ok", "in this process, no key")];
    const ids = asked.map(({ id }) => id);
    const found = await endpointCheck(endpoint, ids, probing);
    const embeds = splitModel(models.embed).endpoint === name && probing.probe === true && found.status !== "fail";
    return [found, ...keyChecks(endpoint), ...(embeds ? await embedderChecks(endpoint, models.embed, probing.signal) : [])];
  });
  const all = (await Promise.all(checks)).flat();
  const first = all.find(({ name }) => name.startsWith("endpoint ") && name !== IN_PROCESS);
  return probing.probe === true ? all : all.map((one) => (one === first ? { ...one, hint: "--probe asks whether it answers" } : one));
}

async function endpointCheck(endpoint: Endpoint, ids: readonly string[], { probe, signal }: Probing): Promise<Check> {
  const { name, baseUrl, apiKey, unset, compat, concurrency, timeout } = endpoint;
  const url = URL.parse(baseUrl);
  const key = unset !== undefined ? "its key is missing" : apiKey === undefined || apiKey === "" ? "no key" : "key set";
  const place = url === null ? baseUrl : `${url.host}${url.pathname}`;
  const about = `${place}, ${compat}, ${key}, ${concurrency} at a time, ${timeout} s a call`;
  if (probe === true && unset === undefined) return asCheck(`endpoint ${name}`, await probeEndpoint(endpoint, ids, signal), about);
  return check(`endpoint ${name}`, "ok", about);
}

/** What is wrong with a key, in words that do not hold it. */
function keyChecks({ name, baseUrl, apiKey = "", unset = [] }: Endpoint): readonly Check[] {
  const who = `key ${name}`;
  const { protocol = "", hostname = "" } = URL.parse(baseUrl) ?? {};
  const right = "set the environment variable again";
  if (/[^\x20-\x7e]/.test(apiKey)) return [failed(who, "holds a line break or a character that no header can carry", right, 4)];
  return [
    ...unset.map((variable) =>
      failed(who, `the environment variable ${variable} is not set`, "set it, or name a file that does with --env-file"),
    ),
    ...(/^["' ]|["' ]$/.test(apiKey) ? [check(who, "warn", "begins or ends with a quote or a blank", right)] : []),
    ...(apiKey !== "" && protocol === "http:" && !isLoopback(hostname)
      ? [check(who, "warn", `goes to ${hostname} unencrypted`, "write base_url with https:// where the server has it")]
      : []),
  ];
}

/** Embedders are first asked late in a walk, so that what is wrong with one is worth knowing before; elsewhere a call may cost. */
async function embedderChecks(endpoint: Endpoint, model: string, signal: AbortSignal): Promise<readonly Check[]> {
  if (endpoint.unset !== undefined || !isLoopback(URL.parse(endpoint.baseUrl)?.hostname ?? "")) return [];
  return [asCheck(`embedder ${model}`, await probeEmbedder(endpoint, model, signal))];
}

function asCheck(name: string, { status, detail, hint }: Probed, about?: string): Check {
  const found = about === undefined ? detail : `${about}\n${detail}`;
  return status === "fail" ? failed(name, found, hint, 4) : check(name, status, found, hint);
}
