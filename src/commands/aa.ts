import { dirname } from "node:path";
import { UserError } from "../errors.ts";
import { calibrate } from "../ladder/aa.ts";
import { createPurse } from "../ladder/budget.ts";
import { openModels, refuseUnknownModels, refuseUnknownPrices, widthFor } from "../models.ts";
import type { Prepared } from "../prepare.ts";
import { calibrationText } from "../report/calibration.ts";
import { executeIn } from "../wire/execute.ts";
import { hasColor, widthOf } from "./output.ts";
import type { RunFlags } from "./run.ts";
import { untilSignalled } from "./signals.ts";
import { createView } from "./view.ts";

/** Flags that say what a run does besides its baseline. */
const MEANINGLESS = ["only", "against", "gate", "dryRun", "fresh", "output"] as const;

/** Throws where a flag is given that `--aa` can do nothing with. */
export function refuseFlags(flags: RunFlags): void {
  const wrong = MEANINGLESS.find((name) => {
    const value = flags[name];
    return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  });
  if (wrong === undefined) return;
  const flag = wrong.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UserError(
    `--aa: compares the program as written with itself and makes no run, so --${flag} means nothing; leave one of them out`,
  );
}

/** Exit 1 where the program is called better or worse than itself more often than chance may; 3 with too few cases for a verdict. */
export async function aaCommand({ experiment, registry }: Prepared, flags: RunFlags): Promise<number> {
  const view = createView(flags, experiment);
  const { result, code } = await untilSignalled(
    async (signal) => {
      const models = openModels(experiment, flags, { signal, warn: view.warn });
      try {
        refuseUnknownPrices(experiment, models);
        await refuseUnknownModels({ experiment, registry }, flags.store);
        return await calibrate({
          experiment,
          registry,
          models,
          purse: createPurse(experiment.budget, [], 0, Date.now),
          execute: executeIn(dirname(experiment.file), signal),
          notify: view.progress,
          signal,
          width: widthFor(experiment, experiment.program.model, flags.concurrency),
        });
      } finally {
        view.close();
        await models.close();
      }
    },
    () => "the same command goes on with what the cache holds",
  );
  if (result === undefined) return code;
  if (flags.json === true) flags.stdout.printJson(result);
  else flags.stdout.print(calibrationText(result, { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) }));
  // Where no comparison comes to a verdict, no alarm proves nothing.
  if (result.comparison.verdict === "too few cases") return 3;
  return result.false_alarms.low > result.false_alarms.alpha ? 1 : 0;
}
