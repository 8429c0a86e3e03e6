/** What a run folder holds, as read back. */
import type { Answered, Axis, Case, Gate, Json, Program, RaceArm, RaceResult, Summary } from "../types.ts";

/** `run.json`: written first, before any call. Hashes are SHA-256 in hex. */
export interface RunManifest {
  /** Of llmopt, of the embedded engine, and of Node. */
  readonly version: string;
  readonly engine: string;
  readonly node: string;
  /** Of the run folder. */
  readonly format: 2;
  /** Path of the experiment file. */
  readonly file: string;
  /** Path of the run whose answers were graded anew. */
  readonly rescored?: string | undefined;
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
  /** The experiment's, as they were when the run was last begun. */
  readonly gates: readonly Gate[];
  /** Cases without a value that the experiment bears: a share up to 1, above it a count. */
  readonly max_errors: number;
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
  /** Hash of the test cases, whatever their order: ids, fields, expected answers and sources. */
  readonly cases: string;
  readonly primary: string;
  readonly repeat: number;
  /** By name, in the order of the experiment. */
  readonly scorers: Readonly<Record<string, ScorerIdentity>>;
  /** The model that embeds texts. */
  readonly embed: string;
  /** Request parameters that answers were asked with. */
  readonly params: Readonly<Record<string, Json>>;
}

/** What decides the values that a scorer gives. */
export interface ScorerIdentity {
  /** The scorer's own name, its version, and its options with their defaults. */
  readonly use: string;
  readonly version: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly not: boolean;
  /** Hash of all that decides a value besides the version: options, `not`, prompts, files and, of a plugin, the plugins' sources. */
  readonly hash: string;
  /** The models that it asks for its value, itself or through the scorers that it reads; empty where it asks none. */
  readonly models: readonly string[];
  /** Its value over many cases is not the mean of the cases' values. */
  readonly pooled: boolean;
  /** A case passes at this value or above. */
  readonly threshold: number;
  readonly axis: Axis;
}

/** `race.json`: how the candidates of a rung met on select. The first arm is the incumbent. */
export interface StoredRace extends Pick<RaceResult, "calls"> {
  readonly winner: string;
  readonly arms: readonly Omit<RaceArm, "program">[];
}

/** The races of a rung, in the order in which they were run. */
export interface RungRaces {
  readonly rung: string;
  /** The rung's folder in the run. */
  readonly folder: string;
  readonly races: readonly StoredRace[];
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
