#!/usr/bin/env node
/** argv -> one call per command. The only place that prints, exits and catches UserError. */
import { enableCompileCache } from "node:module";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

enableCompileCache();

const REQUIRED = [22, 18] as const;

const program = new Command("llmopt")
  .description("Walks the LLM optimization ladder and says by paired experiment which step really helped.")
  .option("-q, --quiet", "no progress, only results and errors")
  .option("-v, --verbose", "more progress: every race arm, every note")
  .option("--no-color", "no colours (NO_COLOR does the same; FORCE_COLOR forces them)")
  .option("--runs <folder>", "where run folders are kept", "runs")
  .option("--store <folder>", "where the cache, indexes and tuned models are kept", ".llmopt")
  .version(await versionText(), "--version")
  .showSuggestionAfterError()
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

program
  .command("run")
  .argument("<experiment>", "experiment file (YAML)")
  .description("walk the ladder of an experiment; resumes an unfinished run of the same experiment")
  .option("--only <rung...>", "climb only these rungs")
  .option("--filter <pattern>", "only cases whose id, tag, group or input holds the text or /regex/")
  .option("--limit <n>", "only the first n cases", whole)
  .option("--sample <n>", "only n cases, chosen by the seed", whole)
  .option("--repeat <n>", "answer every case n times", whole)
  .option("--concurrency <n>", "requests in flight at each endpoint", whole)
  .option("--max-usd <x>", "stop before spending more", positive)
  .option("--max-calls <n>", "stop before making more calls", whole)
  .option("--dry-run", "print the plan with calls, tokens and cost; make no call")
  .option("--fresh", "start anew although an unfinished run is there")
  .option("--offline", "answer from the cache alone")
  .option("--no-cache", "neither read nor write the cache of answers")
  .option("--against <run>", "compare the winner with another run's when done")
  .option("--gate", "with --against: exit 1 when the winner is worse")
  .option("--shard <i/n>", "not there yet")
  .option("-o, --output <file>", "also write the result there; .json, .md, .html or .xml (JUnit) by extension; repeatable", collect)
  .option("--json", "print one JSON document on stdout and nothing else there")
  .option("--env-file <file>", "read environment variables from a file first")
  .option("--no-plugins", "load none of the experiment's plugins")
  .action(async (experiment: string, options: object) => {
    const { runCommand } = await import("./commands/run.ts");
    process.exitCode = await runCommand(experiment, { ...program.opts(), ...options });
  });

program
  .command("compare")
  .argument("<run-a>", "folder, id, name or latest")
  .argument("<run-b>", "folder, id, name or latest")
  .description("compare the winners of two runs, paired by case; exit 1 when B is worse, 3 when they do not compare")
  .option("--json", "print one JSON document on stdout and nothing else there")
  .option("-o, --output <file>", "also write the result there; .json or .md by extension; repeatable", collect)
  .action(async (a: string, b: string, options: object) => {
    const { compareCommand } = await import("./commands/compare.ts");
    process.exitCode = await compareCommand(a, b, { ...program.opts(), ...options });
  });

program
  .command("report")
  .argument("<run>", "folder, id, name or latest")
  .description("print the table of a finished run")
  .option("--json", "print summary.json on stdout and nothing else there")
  .option("-o, --output <file>", "also write it there; .json, .md, .html or .xml (JUnit) by extension; repeatable", collect)
  .action(async (run: string, options: object) => {
    const { reportCommand } = await import("./commands/report.ts");
    process.exitCode = await reportCommand(run, { ...program.opts(), ...options });
  });

program
  .command("runs")
  .description("list the runs, oldest first")
  .option("--json", "print one JSON document on stdout and nothing else there")
  .action(async (options: object) => {
    const { runsCommand } = await import("./commands/runs.ts");
    process.exitCode = await runsCommand({ ...program.opts(), ...options });
  });

program
  .command("schema")
  .argument("[experiment]", "include the plugins of this experiment")
  .description("print the JSON Schema of the experiment file, for editors")
  .action(async (experiment: string | undefined) => {
    const { schemaCommand } = await import("./commands/schema.ts");
    process.exitCode = await schemaCommand(experiment);
  });

for (const command of [program, ...program.commands]) {
  for (const option of command.options) if (option.long !== "--version") option.env(variableOf(option));
}

await main();

async function main(): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
    process.stderr.write(`llmopt: this is Node ${process.versions.node}; Node ${REQUIRED.join(".")} or newer is needed\n`);
    process.exitCode = 2;
    return;
  }
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = await exitCodeOf(error);
  }
}

/** Says what went wrong and returns the exit code. Commander has said its part itself. */
async function exitCodeOf(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { UserError } = await import("./errors.ts");
  if (error instanceof UserError) {
    process.stderr.write(`${error.message}\n`);
    return error.code;
  }
  process.stderr.write(`llmopt: an error that should not be: ${error instanceof Error ? error.stack : String(error)}\n`);
  return 2;
}

async function versionText(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** `--max-usd` is also LLMOPT_MAX_USD. */
function variableOf(option: Option): string {
  return `LLMOPT_${option
    .attributeName()
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number of 1 or more is needed.");
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || text.trim() === "") throw new InvalidArgumentError("a number above 0 is needed.");
  return value;
}

function collect(file: string, files: readonly string[] = []): readonly string[] {
  return [...files, file];
}
