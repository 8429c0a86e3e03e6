/** What a reader of one file format gives to `readDocuments`. */
import { UserError } from "../../errors.ts";
import type { Layout } from "../../types.ts";

/** A document as its file tells it; what is missing is filled from the file's path. */
export interface Draft {
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly text: string;
  /** For files that hold several documents: which one it is, and the line of the file where it begins, both from 1. */
  readonly row?: number | undefined;
  readonly line?: number | undefined;
  /** As in `Document`. */
  readonly pages?: readonly number[] | undefined;
  readonly layout?: Layout | undefined;
}

export interface Reading {
  readonly drafts: readonly Draft[];
  /** Documents of the file that are broken, each as `what; what would be right`. */
  readonly faults: readonly { readonly line: number; readonly what: string }[];
  /** What is missing from documents that were read. */
  readonly notes?: readonly string[] | undefined;
}

/** Which columns of tables and JSON rows hold what; see `createRows` for those that are not named. */
export interface Columns {
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly text?: readonly string[] | undefined;
}

/** A table that has none of the columns that are named: of another kind than those that they are named for, or none is right. */
export class OtherColumns extends UserError {}

export interface Format {
  /** In lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Raised when the same bytes give other drafts. Formats that have one are slow to read, so that what was read is kept. */
  readonly kept?: number | undefined;
  /** Throws a UserError that says what is wrong, and what would be right, where the file cannot be read as a whole. */
  read(bytes: Uint8Array, columns: Columns): Reading | Promise<Reading>;
}
