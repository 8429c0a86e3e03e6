/** What went wrong at an endpoint, in one class each and in words that say what would be right. */
import { EndpointFault, messageOf, type FaultKind } from "../errors.ts";
import { ATTEMPTS, type Answer } from "./fetch.ts";

/**
 * The fault behind anything that a call threw: an error of the openai client, of fetch, or one of ours inside them.
 * `where` names the endpoint; `secrets` never appear in the message.
 */
export function faultOf(error: unknown, where: string, secrets: readonly string[] = []): EndpointFault {
  const chain = causes(error);
  const ours = chain.find((cause) => cause instanceof EndpointFault);
  if (ours !== undefined) return ours;
  const status = property(error, "status");
  if (typeof status === "number") {
    const headers = property(error, "headers");
    const body = property(error, "error") ?? messageOf(error).replace(/^\d{3} /, "");
    return ofStatus(status, body, headers instanceof Headers ? headers : new Headers(), where, secrets);
  }
  return ofConnection(chain, where, secrets);
}

/** The class of an answer with an error status. */
export function kindOfAnswer(answer: Answer): FaultKind | undefined {
  if (answer.status >= 200 && answer.status < 300) return undefined;
  const error = errorIn(parsed(answer.body));
  return kindOf(answer.status, codesOf(error), textOf(error));
}

/** The fault's message with other advice, for who knows more of what was asked. */
export function advised(fault: EndpointFault, advice: string): string {
  const end = fault.message.lastIndexOf("; ");
  return `${end < 0 ? fault.message : fault.message.slice(0, end)}; ${advice}`;
}

/** Whether an endpoint says that a text is longer than its model takes. */
export function isTooLong(said: string): boolean {
  return /too (long|large|many)|maximum|context|tokens|answered 413/i.test(said);
}

/** The connection was refused before anything was sent. */
export function isUnsent(error: unknown): boolean {
  return codeOf(causes(error), UNSENT) !== undefined;
}

/** Secrets and what looks like one, replaced. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length > 3);
  const clean = known.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  return clean.replace(/\b(sk-|gsk_|Bearer )[\w*.-]{6,}/g, "$1***");
}

/** One line of at most 200 characters; an HTML page becomes its text. */
export function excerpt(text: string): string {
  const html = /<(!doctype|html|head|body)\b/i.test(text);
  const plain = html ? text.replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ") : text;
  const line = plain.replace(/\s+/g, " ").trim();
  const short = line.length > 200 ? `${line.slice(0, 199)}…` : line;
  return html ? `an HTML page "${short}"` : short;
}

const QUOTA = new Set([
  "insufficient_quota",
  "quota_exceeded",
  "billing_hard_limit_reached",
  "billing_not_active",
  "insufficient_credits",
  "insufficient_balance",
  "payment_required",
]);
const TOO_LONG = new Set(["context_length_exceeded", "exceed_context_size_error", "string_above_max_length"]);
const FILTERED = new Set(["content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"]);

function kindOf(status: number, codes: readonly string[], text: string): FaultKind {
  const has = (known: ReadonlySet<string>): boolean => codes.some((code) => known.has(code));
  if (status === 402 || has(QUOTA)) return "quota";
  if (has(FILTERED)) return "content filter";
  if (status === 401 || status === 403 || codes.includes("invalid_api_key")) return "auth";
  if (status < 400 || status === 404 || status === 405 || status === 501 || codes.includes("model_not_found")) return "not found";
  if (status === 429) return "rate";
  // llama.cpp answers 500 to a text that is longer than its physical batch, however often it is sent.
  if (/too large to process/i.test(text)) return "bad request";
  if (status === 408 || status === 409 || status >= 500) return "transient";
  return "bad request";
}

function ofStatus(status: number, body: unknown, headers: Headers, where: string, secrets: readonly string[]): EndpointFault {
  const error = errorIn(typeof body === "string" ? parsed(body) : body);
  const codes = codesOf(error);
  const kind = kindOf(status, codes, textOf(error));
  const attempts = Number(headers.get(ATTEMPTS) ?? 1);
  const text = excerpt(redact(textOf(error), secrets));
  const tooLong = codes.some((code) => TOO_LONG.has(code)) || /context (length|size|window)|too many tokens/i.test(text);
  const location = headers.get("location");
  const said = status < 400 ? `a redirect to ${excerpt(redact(location ?? "nowhere", secrets))}` : text;
  const advice =
    kind === "bad request" && tooLong
      ? "the request is longer than the model's context: show fewer passages or demonstrations, or take a model with a larger one"
      : ADVICE[kind];
  const times = attempts > 1 ? ` (after ${attempts} attempts)` : "";
  return new EndpointFault(kind, `${where} answered ${status}${times}${said === "" ? "" : `: ${said}`}; ${advice}`);
}

const ADVICE: Readonly<Record<FaultKind, string>> = {
  auth: "check its key",
  "not found": "check its base_url and the name of the model",
  quota: "add credit to the account or raise its limit, then run again",
  rate: "lower the concurrency, or run again later",
  transient: "look at the server, or run again later",
  "bad request": "check the parameters and the endpoint's compat preset",
  "content filter": "the case is recorded as failed",
  parse: "check that base_url names an OpenAI-compatible server",
  timeout: "raise the endpoint's timeout or lower its concurrency",
  down: "run again when it is up",
  cut: "raise the limit on tokens",
  offline: "run without --offline",
};

/** Codes of connections that never stood: what happened, and what would be right. */
const UNSENT: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ["refused the connection", "start the server there or check base_url"],
  ENOTFOUND: ["has a host that is not known", "check base_url and the network"],
  EAI_AGAIN: ["has a host that could not be looked up", "check the network"],
  EHOSTUNREACH: ["cannot be reached", "check base_url and the network"],
  ENETUNREACH: ["cannot be reached", "check the network"],
  UND_ERR_CONNECT_TIMEOUT: ["did not take the connection in time", "check base_url and the network"],
};

function ofConnection(chain: readonly unknown[], where: string, secrets: readonly string[]): EndpointFault {
  const cause = chain.at(0);
  const fault = (kind: FaultKind, what: string, advice = ADVICE[kind]): EndpointFault =>
    new EndpointFault(kind, `${where} ${excerpt(redact(what, secrets))}; ${advice}`, { cause });
  const unsent = UNSENT[codeOf(chain, UNSENT) ?? ""];
  if (unsent !== undefined) return fault("transient", unsent[0], unsent[1]);
  const late = chain.find((each) => /timed? ?out/i.test(`${property(each, "name")} ${property(each, "code")} ${messageOf(each)}`));
  if (late !== undefined)
    return fault("timeout", messageOf(late).startsWith("no answer") ? `gave ${messageOf(late)}` : "gave no answer in time");
  const deepest = messageOf(chain.findLast((each) => messageOf(each) !== "") ?? cause);
  const network = chain.some((each) => each instanceof TypeError && /fetch failed|terminated/.test(each.message));
  return fault("transient", network ? `broke the connection: ${deepest}` : `failed: ${deepest}`);
}

/** An error, its cause, that one's cause, …; of several at once (one for each address of a host) all. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  const visit = (each: unknown): void => {
    if (each === undefined || each === null || chain.includes(each)) return;
    chain.push(each);
    visit(property(each, "cause"));
    if (each instanceof AggregateError) each.errors.forEach(visit);
  };
  visit(error);
  return chain;
}

function codeOf(chain: readonly unknown[], known: Readonly<Record<string, unknown>>): string | undefined {
  return chain.map((each) => property(each, "code")).find((code): code is string => typeof code === "string" && code in known);
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Servers write `{ error: { message, code } }`, `{ error: "…" }`, `{ message }` or `{ detail }`. */
function errorIn(body: unknown): unknown {
  return property(body, "error") ?? body;
}

function codesOf(error: unknown): string[] {
  const inner = property(error, "innererror");
  return [property(error, "code"), property(error, "type"), property(inner, "code")].filter((code) => typeof code === "string");
}

function textOf(error: unknown): string {
  if (typeof error === "string") return error;
  const said = property(error, "message") ?? property(error, "detail") ?? error;
  return typeof said === "string" ? said : (JSON.stringify(said) ?? "");
}
