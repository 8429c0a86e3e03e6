/** Jobs as they stand on disk: a file each, a lease of the process that works on it, and the wish of another that it ends. */
import path from "node:path";
import { notFound } from "../wire.ts";
import { namesIn, readIfThere, readJsonIfWhole, removeIfThere, writeWhole } from "./disk.ts";
import { type Stored, storedJob } from "./job.ts";
import { type Lease, takeLease } from "./lease.ts";

export interface JobFolder {
  ids(): Promise<string[]>;
  /** Whether there is a file of such a job, be it whole or not. */
  has(id: string): Promise<boolean>;
  /** A job as its file shows it; a 404 where there is none that is whole. */
  read(id: string): Promise<Stored>;
  write(stored: Stored): Promise<void>;
  /** Undefined where another living process works on the job. */
  lease(id: string): Promise<Lease | undefined>;
  /** Another process is to end the job. */
  wishEnd(id: string): Promise<void>;
  isEndWished(id: string): Promise<boolean>;
  dropWish(id: string): Promise<void>;
}

const idPattern = /^ftjob-[0-9a-f]{24}$/;

export function createJobFolder(folder: string): JobFolder {
  const home = path.join(folder, "jobs");
  const fileOf = (id: string, kind: "json" | "lease" | "cancel"): string => path.join(home, `${id}.${kind}`);
  return {
    ids: () => namesIn(home, ".json"),
    has: async (id) => (await readIfThere(fileOf(id, "json"))) !== undefined,
    async read(id) {
      const stored = storedJob.safeParse(idPattern.test(id) ? await readJsonIfWhole(fileOf(id, "json")) : undefined);
      if (stored.data?.job.id !== id) throw notFound("fine-tuning job", id, "GET /v1/fine_tuning/jobs lists those that do");
      return stored.data;
    },
    write: (stored) => writeWhole(fileOf(stored.job.id, "json"), JSON.stringify(stored)),
    lease: (id) => takeLease(fileOf(id, "lease")),
    wishEnd: (id) => writeWhole(fileOf(id, "cancel"), ""),
    isEndWished: async (id) => (await readIfThere(fileOf(id, "cancel"))) !== undefined,
    dropWish: (id) => removeIfThere(fileOf(id, "cancel")),
  };
}
