/** Models and endpoints: roles filled in, names looked up, keys read from the environment. */
import { suggest } from "../errors.ts";
import { placeText, type Complaint } from "./complaints.ts";
import type { ExperimentFile } from "./schema.ts";
import { type Env, keyOf, type Secret, unsetIn } from "./secrets.ts";
import { type Path, type Source, valueAt } from "./source.ts";
import type { Endpoint, Experiment, Role } from "../types.ts";

interface Connections extends Pick<Experiment, "models" | "places" | "endpoints" | "prices"> {
  readonly complaints: readonly Complaint[];
  /** Of keys in use that the environment does not hold. */
  readonly unset: readonly Complaint[];
}

const DEFAULTS = { compat: "generic", concurrency: 8, timeout: 120, deadline: 300 };
const BUILT_IN: Readonly<
  Record<string, { readonly baseUrl: string; readonly compat: string; readonly concurrency?: number; readonly key?: string }>
> = {
  embedded: { baseUrl: "http://embedded.invalid/v1", compat: "generic", concurrency: 4 },
  openai: { baseUrl: "https://api.openai.com/v1", compat: "openai", key: "${OPENAI_API_KEY}" },
};

/** The model of each role. `undefined` parts of the file are those that are wrong. */
function rolesOf(model: string, models: ExperimentFile["models"]): Experiment["models"] {
  return {
    task: models.task ?? model,
    writer: models.writer ?? model,
    judge: models.judge ?? model,
    embed: models.embed ?? "embedded/lexical",
  };
}

/** The endpoints, with the keys of those in use: named by a role, or by `endpoint/…` in an option of a stage or scorer. */
export function connect(file: Pick<ExperimentFile, "model" | "models" | "endpoints">, source: Source, env: Env): Connections {
  const complaints: Complaint[] = [];
  const unset: Complaint[] = [];
  const models = rolesOf(file.model, file.models);
  const known = new Set([...Object.keys(BUILT_IN), ...Object.keys(file.endpoints)]);
  const users = usersOf(file, source.value, known);
  for (const { endpoint, model, path } of users) {
    if (!known.has(endpoint))
      complaints.push({
        place: source.at(path),
        what: `unknown endpoint "${endpoint}" of the model "${model}"; ${suggest(endpoint, known)}`,
      });
  }
  const endpoints: Record<string, Endpoint> = {};
  const prices: Record<string, { readonly in: number; readonly out: number }> = {};
  for (const name of known) {
    const { key, ...built } = BUILT_IN[name] ?? {};
    const given: Given = file.endpoints[name] ?? {};
    const user = users.find(({ endpoint }) => endpoint === name);
    const written = given.api_key ?? key;
    const keyAt: Path = given.api_key === undefined ? (user?.path ?? ["model"]) : ["endpoints", name, "api_key"];
    const { value: apiKey, fault, missing }: Secret = written === undefined ? { missing: [] } : keyOf("api_key", written, env);
    if (fault !== undefined) complaints.push({ place: source.at(keyAt), what: fault });
    if (user !== undefined) {
      const who = given.api_key === undefined ? `endpoint "${name}"` : "api_key";
      unset.push(...unsetIn(who, missing, source.at(keyAt)));
    }
    const endpoint: Endpoint = {
      ...DEFAULTS,
      baseUrl: "",
      ...built,
      name,
      ...(given.base_url === undefined ? {} : { baseUrl: given.base_url }),
      ...(given.compat === undefined ? {} : { compat: given.compat }),
      ...(given.concurrency === undefined ? {} : { concurrency: given.concurrency }),
      ...(given.timeout_s === undefined ? {} : { timeout: given.timeout_s }),
      ...(given.deadline_s === undefined ? {} : { deadline: given.deadline_s }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(user === undefined || missing.length === 0 ? {} : { unset: missing }),
    };
    if (endpoint.deadline < endpoint.timeout) {
      const what = `endpoints.${name}: all attempts together (deadline_s, ${endpoint.deadline}) get less time than one (timeout_s, ${endpoint.timeout}); raise the one or lower the other`;
      complaints.push({ place: source.at(["endpoints", name, given.deadline_s === undefined ? "timeout_s" : "deadline_s"]), what });
    }
    endpoints[name] = endpoint;
    for (const [model, price] of Object.entries(given.prices ?? {})) prices[`${name}/${model}`] = price;
  }
  const places = Object.fromEntries(users.toReversed().map(({ name, path }) => [name, placeText(source.at(path))]));
  return { models, places, endpoints, prices, complaints, unset };
}

type Given = Partial<NonNullable<ExperimentFile["endpoints"][string]>> & Partial<NonNullable<ExperimentFile["endpoints"]["openai"]>>;

interface User {
  /** The role, or the model where an option names it. */
  readonly name: string;
  readonly endpoint: string;
  readonly model: string;
  readonly path: Path;
}

/** Who names which endpoint; options of stages and scorers count only where they begin with a known endpoint's name. */
function usersOf(file: Pick<ExperimentFile, "model" | "models">, value: unknown, known: ReadonlySet<string>): readonly User[] {
  const roles: readonly Role[] = ["task", "writer", "judge", "embed"];
  const models = rolesOf(file.model, file.models);
  const byRole = roles.map((role) => ({
    name: role,
    model: models[role],
    path: file.models[role] === undefined ? ["model"] : ["models", role],
  }));
  const inOptions = ["ladder", "evals"].flatMap((key) =>
    stringsIn(valueAt(value, [key]), [key]).filter(({ model }) => known.has(endpointOf(model)) && model.includes("/")),
  );
  const all = [...byRole, ...inOptions.map((user) => ({ ...user, name: user.model }))].map((user) => ({
    ...user,
    endpoint: endpointOf(user.model),
  }));
  // A model that several roles take from `model` is one user.
  return all.filter((user, index) => all.findIndex((other) => other.path.join() === user.path.join()) === index);
}

function endpointOf(model: string): string {
  return model.split("/", 1)[0] ?? "";
}

function stringsIn(value: unknown, path: Path): readonly { readonly model: string; readonly path: Path }[] {
  if (typeof value === "string") return [{ model: value, path }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => stringsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]));
}
