/** Secrets: `${NAME}` in the file is read from the environment, since the file is kept with every run. */
import type { Complaint, Place } from "./complaints.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** A text with its secrets filled in, or what keeps it from being used. */
export interface Secret {
  /** Never in a message. Undefined where it cannot be filled in. */
  readonly value?: string | undefined;
  readonly fault?: string | undefined;
  /** Variables that it names and that are not set. */
  readonly missing: readonly string[];
}

/** A key, which is nothing but a secret. `name` is what messages call it. */
export function keyOf(name: string, written: string, env: Env): Secret {
  return variablesIn(written).length === 0 ? { fault: literal(name, "key"), missing: [] } : filled(written, env);
}

/** Something that may hold a secret: an address without a password holds none, of other texts that cannot be known. */
export function secretOf(name: string, written: string, env: Env): Secret {
  const password = passwordIn(written);
  if (password !== undefined) return password === "" ? filled(written, env) : { fault: literal(name, "password"), missing: [] };
  return variablesIn(written).length === 0 ? { fault: literal(name, "secret"), missing: [] } : filled(written, env);
}

/** Complaints about variables that are not set. */
export function unsetIn(name: string, missing: readonly string[], place: Place): readonly Complaint[] {
  return missing.map((variable) => ({
    place,
    what: `${name}: the environment variable ${variable} is not set; set it, or name it in a file for --env-file`,
  }));
}

const VARIABLE = /\$\{([^}]*)\}/g;

function variablesIn(written: string): readonly string[] {
  return [...written.matchAll(VARIABLE)].map((match) => match[1]?.trim() ?? "");
}

function filled(written: string, env: Env): Secret {
  const missing = variablesIn(written).filter((name) => (env[name] ?? "") === "");
  if (missing.length > 0) return { missing };
  return { value: written.replace(VARIABLE, (_, name: string) => env[name.trim()] ?? ""), missing };
}

/** What of an address's password stands in the text itself; undefined for what is no address. */
function passwordIn(written: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\/./i.test(written)) return undefined;
  // To the last @, since a password may hold characters that an address may not.
  const [, user = ""] = /:\/\/(.*)@/s.exec(written) ?? [];
  const given = [...user.split(":").slice(1), ...[...written.matchAll(/[?&]password=([^&#]*)/gi)].map((match) => match[1] ?? "")];
  return given.join("").replace(VARIABLE, "");
}

function literal(name: string, what: string): string {
  return `${name}: holds the ${what} itself, which would be kept with every run; write \${NAME} and set that environment variable`;
}
