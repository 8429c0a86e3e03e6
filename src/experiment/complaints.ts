/** What is wrong with the files of an experiment, collected so that one error names it all. */
import { UserError, type ExitCode } from "../errors.ts";

/** Where a complaint points: `experiment.yaml:12:7`. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Complaint {
  /** Undefined where `what` names its own place. */
  readonly place?: Place | undefined;
  /** `what; what would be right` */
  readonly what: string;
  readonly code?: ExitCode | undefined;
}

/** Throws one error with a line for each complaint, those with a place in the order of their places; none, no error. */
export function refuse(complaints: readonly Complaint[]): void {
  if (complaints.length === 0) return;
  const lines = new Set(
    complaints.toSorted(inOrder).map(({ place, what }) => (place === undefined ? what : `${placeText(place)}: ${what}`)),
  );
  // "Cannot be judged" only where nothing else is wrong: everything else is a fault of configuration.
  const codes = new Set(complaints.map(({ code }) => code ?? 2));
  throw new UserError([...lines].join("\n"), codes.size === 1 ? [...codes][0] : 2);
}

/** Does something; what it refuses is told together with complaints that were only noted until then. */
export function besides<T>(noted: readonly Complaint[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) refuse(noted.length === 0 ? [] : [...noted, { what: error.message, code: error.code }]);
    throw error;
  }
}

export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Places of one file in their order; otherwise the order of finding. */
function inOrder(a: Complaint, b: Complaint): number {
  if (a.place === undefined || b.place === undefined) return Number(a.place === undefined) - Number(b.place === undefined);
  return a.place.file === b.place.file ? a.place.line - b.place.line || a.place.column - b.place.column : 0;
}
