/** The probes, in the order in which they name a cause: the first that mends a case says what was wrong with it. */
import demonstrations from "./demonstrations.ts";
import focus from "./focus.ts";
import found from "./found.ts";
import gold from "./gold.ts";
import type { Probe } from "./probe.ts";
import stronger from "./stronger.ts";
import wording from "./wording.ts";

export const probes: readonly Probe[] = [gold, found, focus, wording, demonstrations, stronger];
