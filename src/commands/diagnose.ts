import { UserError } from "../errors.ts";
import { diagnoseRun, type DiagnoseRunOptions } from "../diagnose.ts";
import { diagnosisMarkdown } from "../report/markdown-diagnosis.ts";
import { diagnosisText } from "../report/terminal-diagnosis.ts";
import { jsonText } from "../runs/atomic.ts";
import { findRun } from "../runs/folder.ts";
import { readRun } from "../runs/read.ts";
import { untilSignalled } from "./signals.ts";
import { checkOutputs, type CommonFlags, hasColor, plainNotices, readEnvironment, widthOf, writeOutputs } from "./output.ts";

export interface DiagnoseFlags extends CommonFlags, Omit<DiagnoseRunOptions, "store" | "env"> {
  readonly envFile?: string;
}

export async function diagnoseCommand(reference: string, flags: DiagnoseFlags): Promise<number> {
  if (flags.offline === true && flags.cache === false)
    throw new UserError("--offline: answers from the cache alone, so --no-cache leaves nothing; give one of them");
  checkOutputs(flags.output ?? [], [".json", ".md"]);
  if (flags.envFile !== undefined) readEnvironment(flags.envFile);
  const run = await readRun(findRun(reference, flags.runs));
  const { result, code } = await untilSignalled(
    async (signal) =>
      await diagnoseRun(run, flags, {
        signal,
        ...plainNotices(flags.quiet === true, run.summary.primary),
        now: Date.now,
      }),
    () => "the same command goes on with what the cache holds",
  );
  if (result === undefined) return code;
  const { rung, diagnosis } = result;
  const title = `${run.summary.name}: ${rung}`;
  const document = { run: run.path, rung, ...diagnosis };
  await writeOutputs(flags.output ?? [], {
    ".json": () => jsonText(document),
    ".md": () => diagnosisMarkdown(title, diagnosis),
  });
  if (flags.json === true) flags.stdout.printJson(document);
  else flags.stdout.print(diagnosisText(title, diagnosis, { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) }));
  return 0;
}
