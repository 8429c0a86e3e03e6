#!/usr/bin/env -S node --
/** argv -> one call per command. The only place that prints, exits and catches UserError. */
import { Console } from "node:console";
import module from "node:module";
import type { Command, Option } from "commander";
import { createStdout } from "./commands/stdout.ts";

const REQUIRED = [22, 18] as const;
/** What Node exits with where nothing is left to do and a promise is still awaited, and above what it exits with at a signal. */
const UNSETTLED = 13;
const SIGNALLED = 128;
/** Values of a variable that leave its switch off. */
const OFF = ["0", "false", "no", ""];

// Before anything is loaded: dependencies may not even parse on an older Node.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
  process.stderr.write(`llmopt: this is Node ${process.versions.node}; Node ${REQUIRED.join(".")} or newer is needed\n`);
  process.exit(2);
}
module.enableCompileCache?.();
const commander = await import("commander");
const stdout = createStdout(process.stdout);

const program = command(new commander.Command("llmopt"), [
  flag("-q, --quiet", "no progress, only results and errors"),
  flag("-v, --verbose", "more progress: every race arm, every note"),
  flag("--no-color", "no colours (NO_COLOR does the same; FORCE_COLOR forces them)"),
  flag("--runs <folder>", "where run folders are kept").default("runs"),
  flag("--store <folder>", "where the cache, indexes and tuned models are kept").default(".llmopt"),
])
  .description("Walks the LLM optimization ladder and says by paired experiment which step really helped.")
  .version(await versionText(), "--version")
  .showSuggestionAfterError()
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

const json = () => flag("--json", "print one JSON document on stdout and nothing else there");
const output = (kinds: string) =>
  flag("-o, --output <file>", `also write the result there; ${kinds} by extension; repeatable`).argParser(collect);

command(program.command("run"), [
  flag("--only <rung...>", "climb only these rungs").argParser(list),
  flag("--filter <pattern>", "only cases whose id, tag, group or input holds the text or /regex/"),
  flag("--limit <n>", "only the first n cases").argParser(whole),
  flag("--sample <n>", "only n cases, chosen by the seed").argParser(whole),
  flag("--repeat <n>", "answer every case n times").argParser(whole),
  flag("--concurrency <n>", "requests in flight at each endpoint").argParser(whole),
  flag("--max-usd <x>", "stop before spending more").argParser(positive),
  flag("--max-calls <n>", "stop before making more calls").argParser(whole),
  flag("--aa", "compare the program as written with itself: how often is a verdict a false alarm? Exit 1 when too often"),
  flag("--dry-run", "print the plan with calls, tokens and cost; make no call"),
  flag("--fresh", "start anew although an unfinished run is there"),
  flag("--offline", "answer from the cache alone"),
  flag("--no-cache", "neither read nor write the cache of answers"),
  flag("--against <run>", "compare the winner with another run's when done, and judge the gates against that run"),
  flag("--gate", "with --against: exit 1 when the winner is worse, 3 when that cannot be judged"),
  flag("--shard <i/n>", "not there yet").hideHelp(),
  output(".json, .md, .html or .xml (JUnit)"),
  json(),
  flag("--env-file <file>", "read environment variables from a file first"),
  flag("--no-plugins", "load none of the experiment's plugins"),
])
  .argument("[experiment]", "experiment file (YAML)")
  .description("walk the ladder of an experiment; resumes an unfinished run of the same experiment")
  .action(async (given: string | undefined, options: { readonly only?: readonly string[] }) => {
    const { runCommand } = await import("./commands/run.ts");
    // `--only rag experiment.yaml`: a flag that takes several values takes the file too.
    const last = options.only?.at(-1);
    const taken = given === undefined && last !== undefined && /\.ya?ml$/i.test(last);
    const experiment = given ?? (taken ? last : undefined);
    if (experiment === undefined) return program.error("error: missing required argument 'experiment'");
    const only = taken ? options.only?.slice(0, -1) : options.only;
    process.exitCode = await runCommand(experiment, { ...program.opts(), ...options, only, stdout });
  });

command(program.command("compare"), [
  flag("--rung <rung...>", "rungs to compare in place of the winners: one for both runs, or A's and B's").argParser(list),
  flag("--gate", "also judge the gates of B's experiment, with A as the baseline"),
  json(),
  output(".json or .md"),
])
  .argument("<run-a>", "folder, id, name or latest")
  .argument("<run-b>", "folder, id, name or latest")
  .description(
    "compare the winners of two runs, or two rungs of one, paired by case; exit 1 when B is worse or a gate fails, 3 when that cannot be judged",
  )
  .action(async (a: string, b: string, options: object) => {
    const { compareCommand } = await import("./commands/compare.ts");
    process.exitCode = await compareCommand(a, b, { ...program.opts(), ...options, stdout });
  });

command(program.command("report"), [json(), output(".json, .md, .html or .xml (JUnit)")])
  .argument("<run>", "folder, id, name or latest")
  .description("print the tables of a finished run: scores, cost, diagnosis, and how the candidates raced")
  .action(async (run: string, options: object) => {
    const { reportCommand } = await import("./commands/report.ts");
    process.exitCode = await reportCommand(run, { ...program.opts(), ...options, stdout });
  });

command(program.command("diagnose"), [
  flag("--rung <name>", "the rung to diagnose; the winner by default"),
  flag("--cases <n>", "failing cases to probe, where more are wanted than are stored").argParser(whole),
  flag("--filter <pattern>", "as the run was made").hideHelp(),
  flag("--limit <n>", "as the run was made").argParser(whole).hideHelp(),
  flag("--sample <n>", "as the run was made").argParser(whole).hideHelp(),
  flag("--concurrency <n>", "requests in flight at each endpoint").argParser(whole),
  flag("--max-usd <x>", "probe as many cases as that pays for").argParser(positive),
  flag("--max-calls <n>", "probe as many cases as so many calls allow").argParser(whole),
  flag("--offline", "probes are answered from the cache alone"),
  flag("--no-cache", "neither read nor write the cache of answers"),
  output(".json or .md"),
  json(),
  flag("--env-file <file>", "read environment variables from a file first"),
  flag("--no-plugins", "load no code of the experiment's own"),
])
  .argument("<run>", "folder, id, name or latest")
  .description("why a rung's select cases fail, found by probes, with examples, and the rung to try next; stored, or probed anew")
  .action(async (run: string, options: object) => {
    const { diagnoseCommand } = await import("./commands/diagnose.ts");
    process.exitCode = await diagnoseCommand(run, { ...program.opts(), ...options, stdout });
  });

command(program.command("export"), [
  flag("--rung <name>", "the rung whose program is written; the winner by default"),
  flag("--cases <n>", "select cases whose exact messages are written; 0 for none").argParser(count).default(5),
  flag("--base-url <url>", "the address that the files ask, in place of the run's"),
  flag("--force", "write into a folder that is not empty"),
  flag("--filter <pattern>", "as the run was made").hideHelp(),
  flag("--limit <n>", "as the run was made").argParser(whole).hideHelp(),
  flag("--sample <n>", "as the run was made").argParser(whole).hideHelp(),
  json(),
  flag("--env-file <file>", "read environment variables from a file first"),
  flag("--no-plugins", "load no code of the experiment's own"),
])
  .argument("<run>", "folder, id, name or latest")
  .argument("<dir>", "a new or empty folder")
  .description("write a program as prompt files, demonstrations, exact messages, a TypeScript snippet and a curl that need no llmopt")
  .action(async (run: string, dir: string, options: { readonly cases: number }) => {
    const { exportCommand } = await import("./commands/export.ts");
    process.exitCode = await exportCommand(run, dir, { ...program.opts(), ...options, stdout });
  });

command(program.command("rescore"), [
  flag("--evals <file>", "a YAML file with evals: { scorers: […] }, or another experiment"),
  flag("--concurrency <n>", "requests in flight at each endpoint").argParser(whole),
  flag("--max-usd <x>", "stop before spending more on judges").argParser(positive),
  flag("--max-calls <n>", "stop before making more calls to judges").argParser(whole),
  flag("--fresh", "start anew although an unfinished one is there"),
  flag("--offline", "judges answer from the cache alone"),
  flag("--no-cache", "neither read nor write the cache of answers"),
  output(".json, .md, .html or .xml (JUnit)"),
  json(),
  flag("--env-file <file>", "read environment variables from a file first"),
  flag("--no-plugins", "load no code of the file's own"),
])
  .argument("<run>", "folder, id, name or latest")
  .description("grade a run's stored test answers with other scorers or judges; makes a run of its own, and no new answers")
  .action(async (run: string, options: object) => {
    const { rescoreCommand } = await import("./commands/rescore.ts");
    process.exitCode = await rescoreCommand(run, { ...program.opts(), ...options, stdout });
  });

command(program.command("runs"), [json()])
  .description("list the runs, oldest first")
  .action(async (options: object) => {
    const { runsCommand } = await import("./commands/runs.ts");
    process.exitCode = await runsCommand({ ...program.opts(), ...options, stdout });
  });

command(program.command("serve"), [
  flag("--host <host>", "the address to listen on; any but this machine's own needs a key").default("127.0.0.1"),
  flag("--port <n>", "the port to listen on; 0 takes a free one").argParser(port).default(8080),
  flag("--api-key <key>", "what clients must send; better in the environment, where no other user sees it"),
  flag("--workers <n>", "threads that answer; by default as many as there are cores").argParser(whole),
  flag("--folder <folder>", "where files, jobs and tuned models are kept; those of the store by default"),
  json(),
])
  .description("answer any OpenAI client with the embedded engine, over HTTP on this machine; prints the base URL")
  .action(async (options: { readonly host: string; readonly port: number }) => {
    const { serveCommand } = await import("./commands/serve.ts");
    process.exitCode = await serveCommand({ ...program.opts(), ...options, stdout });
  });

command(program.command("doctor"), [
  flag(
    "--probe",
    "ask each endpoint in use for its list of models, embedders on this machine for vectors, and a database that holds the index; the only calls over the network",
  ),
  json(),
  flag("--env-file <file>", "read environment variables from a file first"),
  flag("--no-plugins", "load none of the experiment's plugins"),
])
  .argument("<experiment>", "experiment file (YAML)")
  .description("look an experiment over without spending anything: models, prices, keys, cases, knowledge, folders, prompts")
  .action(async (experiment: string, options: object) => {
    const { doctorCommand } = await import("./commands/doctor.ts");
    process.exitCode = await doctorCommand(experiment, { ...program.opts(), ...options, stdout });
  });

command(program.command("lint"), [
  flag("--fix", "mend what is mechanical and undisputed, in the files"),
  flag("--rule <ids>", "only these rules; repeatable, or with commas").argParser(list),
  flag("--max-warnings <n>", "exit 1 when there are more warnings").argParser(count),
  flag("--list", "print the rules"),
  flag("--convert <format>", "print a structured prompt as markdown, json or yaml"),
  flag("--sarif", "print SARIF 2.1.0 on stdout and nothing else there"),
  output(".json or .sarif"),
  json(),
  flag("--env-file <file>", "read environment variables from a file first"),
  flag("--no-plugins", "load none of the experiment's plugins"),
])
  .argument("[prompts...]", "files, folders, globs, or an experiment, whose data then say more")
  .description("look for faults in prompts; exit 1 when one is an error")
  .action(async (prompts: readonly string[], options: object) => {
    const { lintCommand } = await import("./commands/lint.ts");
    process.exitCode = await lintCommand(prompts, { ...program.opts(), ...options, stdout });
  });

program
  .command("schema")
  .argument("[experiment]", "include the plugins of this experiment")
  .description("print the JSON Schema of the experiment file, for editors")
  .action(async (experiment: string | undefined) => {
    const { schemaCommand } = await import("./commands/schema.ts");
    process.exitCode = await schemaCommand(experiment, stdout);
  });

// Set where an exit is this program's own.
let done = false;
// A reader that went away is no fault; a full disk behind the pipe is.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.stderr.write(`stdout: cannot be written (${error.message})\n`);
  done = true;
  process.exit(error.code === "EPIPE" ? 0 : 2);
});
// Plugins and scorers of the user's own may print, fail and end the process as they like: none of that is a result.
globalThis.console = new Console(process.stderr, process.stderr);
process.on("uncaughtException", (error) => {
  process.stderr.write(`llmopt: failed outside of any call: ${error instanceof Error ? error.stack : String(error)}\n`);
  answerFault(2, `llmopt: failed outside of any call: ${String(error)}`);
  done = true;
  process.exit(2);
});
process.on("exit", (code) => {
  if (code > SIGNALLED) answerFault(code, "stopped by a signal; stderr says how to go on");
  if (done || code > SIGNALLED) return;
  const how = code === UNSETTLED ? "waits for what never comes" : `ended the process (${code})`;
  const what = `llmopt: not finished: a plugin or a scorer of your own ${how}; mend it and run again`;
  process.stderr.write(`${what}\n`);
  answerFault(2, what);
  process.exitCode = 2;
});
await main();

async function main(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = await exitCodeOf(error);
  }
  done = true;
}

/** Says what went wrong and returns the exit code. Commander has said its part itself. */
async function exitCodeOf(error: unknown): Promise<number> {
  if (error instanceof commander.CommanderError) {
    const code = error.exitCode === 0 ? 0 : 2;
    answerFault(code, error.message.replace(/^error: /, ""));
    return code;
  }
  const { EndpointFault, UserError } = await import("./errors.ts");
  if (error instanceof EndpointFault) return await complain(4, error.message);
  if (error instanceof UserError) return await complain(error.code, error.message);
  process.stderr.write(`llmopt: an error that should not be: ${error instanceof Error ? error.stack : String(error)}\n`);
  answerFault(2, `llmopt: an error that should not be: ${String(error)}`);
  return 2;
}

/** What is said may hold what a server said, so nothing in it may move the cursor. */
async function complain(code: number, message: string): Promise<number> {
  const { forTerminalLines } = await import("./report/escape.ts");
  process.stderr.write(`${forTerminalLines(message)}\n`);
  answerFault(code, message);
  return code;
}

/** A script that asked for a document reads one, also where there is no result; its flags may not have been understood by then. */
function answerFault(code: number, message: string): void {
  const wanted = process.argv.includes("--json") || !OFF.includes(process.env["LLMOPT_JSON"]?.toLowerCase() ?? "");
  if (wanted && code !== 0 && !stdout.used) stdout.printJson({ error: { code, message } });
}

async function versionText(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** A flag that is also an environment variable: `--max-usd` is LLMOPT_MAX_USD. 0, false, no and nothing leave a switch off. */
function flag(flags: string, description: string): Option {
  const option = new commander.Option(flags, description);
  const name = `LLMOPT_${option.long?.replace(/^--/, "").replaceAll("-", "_").toUpperCase() ?? ""}`;
  const off = !option.required && !option.optional && OFF.includes(process.env[name]?.toLowerCase() ?? "1");
  return off ? option : option.env(name);
}

function command(on: Command, flags: readonly Option[]): Command {
  for (const option of flags) on.addOption(option);
  return on;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new commander.InvalidArgumentError("a whole number of 1 or more is needed.");
  return value;
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new commander.InvalidArgumentError("a whole number of 0 or more is needed.");
  return Number(text);
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new commander.InvalidArgumentError("a whole number, 0 to 65535, is needed.");
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || text.trim() === "") throw new commander.InvalidArgumentError("a number above 0 is needed.");
  return value;
}

/** Values of a repeatable flag; a variable gives several with commas. */
function list(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, ...value.split(",").map((one) => one.trim())].filter((one) => one !== "");
}

function collect(file: string, files: readonly string[] = []): readonly string[] {
  return [...files, file];
}
