/** How far the cases go. */
import { Z_95, Z_POWER_80 } from "../stats/normal.ts";
import type { Experiment } from "../types.ts";
import { type Check, check } from "./check.ts";

/** Below so many, a verdict is a hint at best; the differences of cases are taken to be 0 for three of four, and 1 for the fourth. */
const FEW = 10;
const SPREAD = 0.5;

export function splitChecks({ splits, exploratory, ladder }: Experiment): readonly Check[] {
  const { train, select, confirm, test } = splits;
  const sizes = exploratory
    ? `train ${train.length}, select and confirm the same ${select.length}, test ${test.length}`
    : `train ${train.length}, select ${select.length}, confirm ${confirm.length}, test ${test.length}`;
  const needing = ladder.filter(({ stage }) => stage.needs?.includes("train cases")).map(({ name }) => name);
  const untrained =
    train.length > 0 || needing.length === 0
      ? []
      : [check("train", "warn", `no train cases; skipped: ${needing.join(", ")}`, "give train a share of the data")];
  if (Math.min(confirm.length, test.length) < FEW) {
    const hint = `fewer than ${FEW} cases give no verdict; add cases, or raise the share of confirm and test`;
    return [check("splits", "warn", sizes, hint), ...untrained];
  }
  const detectable = Math.min(1, ((Z_95 + Z_POWER_80) * SPREAD) / Math.sqrt(test.length));
  const detail = `${sizes}\ntest finds a difference of about ${detectable.toFixed(2)} in 8 of 10 runs, where one case in four changes`;
  return [
    exploratory
      ? check("splits", "warn", detail, "every verdict is exploratory; about 200 cases give confirm its own")
      : check("splits", "ok", detail),
    ...untrained,
  ];
}
