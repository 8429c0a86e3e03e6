/** Tuned models in the folder: a file each, with a checksum on its first line. */
import { createHash } from "node:crypto";
import path from "node:path";
import type { Mind } from "../mind.ts";
import { Fault } from "../wire.ts";
import { namesIn, readIfThere, removeIfThere, stampIfThere, writeWhole } from "./disk.ts";
import { isStored, restore, store, type Tuned } from "./tuned.ts";

/** A damaged model, or one that another version wrote, is as good as none: a 404 names its file, and whoever needs it trains it again. */
export interface Models {
  /** Ids of the models that are whole, sorted by file. */
  list(): Promise<string[]>;
  /** Throws a 404 where it is damaged. */
  has(id: string): Promise<boolean>;
  /** What a model knows; undefined where there is no such model, a 404 where it is damaged. */
  load(id: string): Promise<Tuned | undefined>;
  keep(id: string, tuned: Tuned): Promise<void>;
  /** Says whether there was such a model; throws a 404 where it is damaged. */
  remove(id: string): Promise<boolean>;
}

const pattern = /^ft:reader:[\w-]{0,64}:[0-9a-f]{12}$/;
/** Models that are kept in memory. */
const mostLoaded = 16;
const otherVersion = "was written by another version of the engine";

interface Loaded {
  /** Of the file that it was loaded from: others may replace or remove it. */
  readonly stamp: string;
  readonly tuned: Promise<Tuned>;
}

export function createModels(folder: string, mind: Mind): Models {
  const home = path.join(folder, "models");
  const fileOf = (id: string): string => path.join(home, `${id.replaceAll(":", "~")}.json`);
  const loaded = new Map<string, Loaded>();
  /** What was wrong with files when they had such a stamp. */
  const whole = new Map<string, { readonly stamp: string; readonly fault: Fault | undefined }>();

  async function stampOf(id: string): Promise<string | undefined> {
    return pattern.test(id) ? stampIfThere(fileOf(id)) : undefined;
  }

  /** Undefined where the file is not as it was written. */
  async function read(id: string): Promise<string | undefined> {
    const [, sum, text] = /^([0-9a-f]{64})\n([^]*)$/.exec((await readIfThere(fileOf(id)))?.toString("utf8") ?? "") ?? [];
    return text === undefined || sha(text) !== sum ? undefined : text;
  }

  function damaged(id: string, what: string): Fault {
    const said = `model: "${id}" cannot be used, its file ${fileOf(id)} ${what}; tune it again, or delete the file`;
    return new Fault(404, said, "model", "model_not_found");
  }

  async function restored(id: string): Promise<Tuned> {
    const text = await read(id);
    if (text === undefined) throw damaged(id, "is damaged");
    try {
      return restore(text, mind.lexicon, mind.reader);
    } catch {
      throw damaged(id, otherVersion);
    }
  }

  async function has(id: string): Promise<boolean> {
    const stamp = await stampOf(id);
    if (stamp === undefined) return false;
    const known = whole.get(id);
    if (known?.stamp !== stamp) {
      const text = await read(id);
      const what = text === undefined ? "is damaged" : isStored(text) ? undefined : otherVersion;
      whole.set(id, { stamp, fault: what === undefined ? undefined : damaged(id, what) });
    }
    const fault = whole.get(id)?.fault;
    if (fault !== undefined) throw fault;
    return true;
  }

  return {
    has,
    async list() {
      const found: string[] = [];
      // One after the other: models are large.
      for (const name of await namesIn(home, ".json")) {
        const id = name.replaceAll("~", ":");
        if (!name.includes(":") && (await has(id).catch(() => false))) found.push(id);
      }
      return found;
    },
    async load(id) {
      const stamp = await stampOf(id);
      const known = loaded.get(id);
      // The one used last goes to the end, so that the first is the one to forget.
      loaded.delete(id);
      if (stamp === undefined) return undefined;
      const now = known?.stamp === stamp ? known : { stamp, tuned: restored(id) };
      loaded.set(id, now);
      if (loaded.size > mostLoaded) loaded.delete([...loaded.keys()][0] ?? "");
      const forget = (): void => void (loaded.get(id) === now && loaded.delete(id));
      return now.tuned.catch((error: unknown) => {
        forget();
        throw error;
      });
    },
    async keep(id, tuned) {
      const text = store(tuned, mind.reader);
      await writeWhole(fileOf(id), `${sha(text)}\n${text}`);
    },
    async remove(id) {
      if (!(await has(id))) return false;
      await removeIfThere(fileOf(id));
      whole.delete(id);
      loaded.delete(id);
      return true;
    },
  };
}

function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
