/** The store of the `knowledge` section, with the secrets of its options. */
import { DEFAULT_STORE, stores } from "../knowledge/stores/index.ts";
import type { Indexing } from "../types.ts";
import type { Complaint } from "./complaints.ts";
import type { ExperimentFile } from "./schema.ts";
import { type Env, secretOf, unsetIn } from "./secrets.ts";
import type { Source } from "./source.ts";

interface Connected {
  /** Without a store in the file the default one. */
  readonly store: Omit<Indexing, "corpus">;
  readonly complaints: readonly Complaint[];
  /** Of variables that the environment does not hold. */
  readonly unset: readonly Complaint[];
}

export function storeOf({ knowledge }: Pick<Partial<ExperimentFile>, "knowledge">, source: Source, env: Env): Connected {
  const { store: name, options } = knowledge?.store ?? { store: DEFAULT_STORE, options: {} };
  const secrets = stores.find((kind) => kind.name === name)?.secrets ?? [];
  const read = secrets.flatMap((option) => {
    const written = options[option];
    if (typeof written !== "string") return [];
    const called = `knowledge.store.${option}`;
    return [{ option, called, place: source.at(["knowledge", "store", option]), ...secretOf(called, written, env) }];
  });
  const filled = Object.fromEntries(read.flatMap(({ option, value }) => (value === undefined ? [] : [[option, value]])));
  const missing = read.flatMap((one) => one.missing);
  return {
    store: { store: name, options: { ...options, ...filled }, ...(missing.length === 0 ? {} : { unset: missing }) },
    complaints: read.flatMap(({ fault, place }) => (fault === undefined ? [] : [{ place, what: fault }])),
    unset: read.flatMap((one) => unsetIn(one.called, one.missing, one.place)),
  };
}
