import { type Check, complaints, exitCodeOf } from "../doctor/check.ts";
import { examine } from "../doctor/examine.ts";
import { UserError } from "../errors.ts";
import { checksText } from "../report/checks.ts";
import { forTerminal } from "../report/escape.ts";
import { type CommonFlags, hasColor, readEnvironment, widthOf } from "./output.ts";
import { whileReading } from "./reading.ts";
import { untilSignalled } from "./signals.ts";

export interface DoctorFlags extends CommonFlags {
  readonly probe?: boolean;
  readonly envFile?: string;
  readonly plugins?: boolean;
}

/** Exit 0 where nothing stands in the way of a run, else what a run would end with. */
export async function doctorCommand(file: string, flags: DoctorFlags): Promise<number> {
  const { stdout, json } = flags;
  if (flags.probe === true && flags.quiet !== true) process.stderr.write("asking the endpoints; each has 10 s to answer\n");
  const environment = flags.envFile === undefined ? [] : environmentChecks(flags.envFile);
  const { result, code } = await untilSignalled(
    async (signal) => await whileReading(flags, async (progress) => await examine(file, { ...flags, signal, progress })),
    () => "nothing was changed",
  );
  if (result === undefined) return code;
  const checks = [...environment, ...result.checks];
  const failed = checks.filter(({ status }) => status === "fail");
  const examined = { ...result, well: failed.length === 0, checks };
  if (json === true) {
    stdout.printJson(examined);
    for (const { name, detail, hint } of failed) {
      process.stderr.write(`${forTerminal([detail.startsWith(name) ? detail : `${name}: ${detail}`, hint].join("; "))}\n`);
    }
  } else stdout.print(checksText(examined, { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) }));
  return exitCodeOf(checks);
}

function environmentChecks(file: string): readonly Check[] {
  try {
    readEnvironment(file);
    return [];
  } catch (error) {
    if (error instanceof UserError) return complaints("environment", error);
    throw error;
  }
}
