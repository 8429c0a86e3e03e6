/** What a run folder holds, as read back. */
import type { Answered, Case, Program, Summary } from "../types.ts";

/** `run.json`: written first, before any call. Hashes are SHA-256 in hex. */
export interface RunManifest {
  /** Of llmopt, and of Node. */
  readonly version: string;
  readonly node: string;
  /** Of the run folder. */
  readonly format: 1;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly seed: number;
  readonly repeat: number;
  /** Calls in flight, as the command line set it; null where the endpoints decided. */
  readonly concurrency: number | null;
  /** `endpoint/model-id` by role. */
  readonly models: Readonly<Record<string, string>>;
  readonly comparability: Comparability;
  /** Value at which a case passes, by scorer, in the order of the experiment. */
  readonly thresholds?: Readonly<Record<string, number>> | undefined;
  readonly hashes: {
    readonly experiment: string;
    readonly data: string;
    readonly prompts: string;
    readonly knowledge: string;
    readonly plugins: string;
  };
}

/** Two runs whose values here are the same measured the same thing. */
export interface Comparability {
  /** Hash of the test cases: ids, fields and expected answers. */
  readonly cases: string;
  /** Hash of the scorers: names and options. */
  readonly scorers: string;
  readonly primary: string;
  readonly repeat: number;
}

/** A run as `compare` needs it. */
export interface StoredRun {
  /** Path of the run folder, as given. */
  readonly path: string;
  readonly summary: Summary;
  readonly manifest: RunManifest;
  /** Answers by rung name, of all splits. */
  readonly answers: ReadonlyMap<string, readonly Answered[]>;
  /** The winner's. */
  readonly program: Program;
  /** The test cases as they were when the run was made. */
  readonly cases: readonly Case[];
}
