/** The rules, in the order in which they are reported and listed: a new one is a line in its family. */
import type { Rule } from "../types.ts";
import { conduct } from "./conduct.ts";
import { examples } from "./examples.ts";
import { input } from "./input.ts";
import { output } from "./output.ts";
import { references } from "./references.ts";
import { structure } from "./structure.ts";
import { task } from "./task.ts";
import { DISABLE, disabling, upkeep } from "./upkeep.ts";

export { DISABLE };

const ofPrompts: readonly Rule[] = [...structure, ...references, ...input, ...output, ...conduct, ...task, ...examples, ...upkeep];

export const rules: readonly Rule[] = [...ofPrompts, disabling(ofPrompts.map(({ id }) => id))];
