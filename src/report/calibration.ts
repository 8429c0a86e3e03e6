/** The result of an A/A calibration for a terminal. */
import { Chalk } from "chalk";
import type { Calibration } from "../ladder/aa.ts";
import { forTerminal } from "./escape.ts";
import { count, coverage, score, usd } from "./figures.ts";
import { hanging } from "./layout.ts";
import type { TerminalOptions } from "./paint.ts";

/** What the program's own noise does to verdicts, in a few lines. Ends without a line break. */
export function calibrationText(found: Calibration, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const { rate, low, high, rounds, alpha } = found.false_alarms;
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const { n, mde } = found.comparison;
  const tooMany = low > alpha;
  const times = found.repeat === 1 ? "twice" : `2 × ${found.repeat} times`;
  const lines = [
    `${count(found.n)} select and confirm cases answered ${times} by ${found.model} (${coverage({ ...found, mean: null, low: null, high: null })})`,
    found.answers_differ === 0
      ? "deterministic: every case got the same answer each time, so no verdict can be an accident of sampling; which cases were drawn is still chance"
      : `${percent(found.answers_differ)} of the cases got different answers, ${percent(found.values_differ)} different values of ${found.primary}`,
    `false alarms: ${percent(rate)} [${percent(low)}, ${percent(high)}] of ${count(rounds)} comparisons of ${count(found.confirm)} cases, at most ${percent(alpha)} are wanted`,
    mde >= 1
      ? `over this noise alone, ${count(n)} confirm cases could show no difference at all`
      : `over this noise alone, ${count(n)} confirm cases show a difference of ±${score(mde)} (80 % power); programs that differ add noise of their own`,
    `${count(found.spend.calls)} calls, ${count(found.spend.cached_calls)} of them cached, cost ${usd(found.spend.usd)}`,
  ];
  const verdict =
    found.comparison.verdict === "too few cases"
      ? chalk.yellow("there are too few cases, or groups of them, for any verdict, true or false")
      : tooMany
        ? chalk.red("verdicts on these cases raise too many false alarms; name what belongs together under data.group, or take more cases")
        : chalk.green("verdicts hold their level");
  return [
    `${chalk.bold(forTerminal(found.name))}  A/A: ${verdict}`,
    "",
    ...lines.flatMap((line) => hanging(chalk.dim("·"), forTerminal(line), width)),
  ].join("\n");
}
