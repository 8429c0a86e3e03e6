/** The stores of chunks, that of the fewest first. A new one is a file here and a line in this list. */
import type { StoreKind } from "../store.ts";
import { sqlite } from "./sqlite.ts";
import { pgvector } from "./pgvector.ts";
import { vectra } from "./vectra.ts";

/** What an experiment that names none uses. */
export const DEFAULT_STORE = "vectra";

export const stores: readonly StoreKind[] = [vectra, sqlite, pgvector];
