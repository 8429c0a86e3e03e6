import { examine } from "../doctor.ts";
import { prepare } from "../prepare.ts";
import { checksText } from "../report/checks.ts";
import { type CommonFlags, hasColor, print, printJson, readEnvironment, widthOf } from "./output.ts";
import { untilSignalled } from "./signals.ts";

export interface DoctorFlags extends CommonFlags {
  readonly probe?: boolean;
  readonly envFile?: string;
  readonly plugins?: boolean;
}

/** Exit 0 where nothing stands in the way of a run, 4 where an endpoint does, 2 where something else does. */
export async function doctorCommand(file: string, flags: DoctorFlags): Promise<number> {
  if (flags.envFile !== undefined) readEnvironment(flags.envFile);
  const prepared = await prepare(file, { plugins: flags.plugins });
  const { result, code } = await untilSignalled(
    async (signal) => await examine(prepared, { runs: flags.runs, store: flags.store, probe: flags.probe, signal }),
    () => "nothing was changed",
  );
  if (result === undefined) return code;
  if (flags.json === true) printJson(result);
  else print(checksText(result, { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) }));
  const failed = result.checks.filter(({ status }) => status === "fail");
  if (failed.length === 0) return 0;
  return failed.every(({ name }) => name.startsWith("endpoint ")) ? 4 : 2;
}
