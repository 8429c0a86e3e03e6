/** What the walk says while it goes, and the ports through which it remembers. The walk itself neither prints nor writes. */
import type { Diagnosis, Program, Rung, Summary } from "../types.ts";

export type Phase = "indexing" | "baseline" | "search" | "training" | "confirm" | "diagnose" | "test";

/** Sent while something is under way; losing one loses nothing. */
export type Progress =
  | {
      readonly type: "progress";
      readonly rung: string;
      readonly phase: Phase;
      readonly done: number;
      readonly total: number;
      /** Mean of the primary scorer so far; null before the first value. */
      readonly mean: number | null;
      readonly detail: string;
    }
  | { readonly type: "note"; readonly rung: string; readonly text: string };

/** What the walk yields: each is a result that must be kept. */
export type Event =
  | { readonly type: "rung"; readonly index: number; readonly rung: Rung; readonly program: Program }
  | { readonly type: "diagnosis"; readonly index: number; readonly rung: string; readonly diagnosis: Diagnosis }
  | { readonly type: "summary"; readonly summary: Summary }
  /** What there is when the walk ends before its end. */
  | { readonly type: "stopped"; readonly summary: Summary };

/** Files of one rung's folder. */
export interface Keep {
  read(name: string): Promise<string | undefined>;
  write(name: string, content: string): Promise<void>;
}

/** A rung that an earlier process of the same run finished. */
export interface Finished {
  readonly rung: Rung;
  readonly program: Program;
  readonly diagnosis: Diagnosis | undefined;
}
