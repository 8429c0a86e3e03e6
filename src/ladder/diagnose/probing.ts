/** Probes every case: a repeat and each probe once, more repeats where answers vary, and again what may have passed by chance. */
import { plain } from "../../program/text.ts";
import type { Case } from "../../types.ts";
import { mapPool } from "../pool.ts";
import type { Asker } from "./asker.ts";
import { VERIFIED } from "./cause.ts";
import { isNeverRight, isNoisy, REPEATS, type Finding, type Sample } from "./finding.ts";
import { probes } from "./probes/index.ts";
import type { Bench, Probe } from "./probes/probe.ts";
import repeat from "./probes/repeat.ts";
import stronger from "./probes/stronger.ts";

/** So many cases whose first repeat says the same again show that answers do not vary: 0.8 to the power of 14 is below 5 %. */
const STEADY = 14;

export interface Probing {
  readonly bench: Bench;
  readonly asker: Asker;
  /** Answers that may be asked for. */
  readonly most: number;
  readonly width: number;
  readonly watch: (done: number, total: number) => void;
}

/** Answers that a case takes at the least: a repeat and every probe that applies to any. */
export function leastTries(cases: readonly Case[], bench: Bench): number {
  return 1 + probes.filter((probe) => cases.some((kase) => probe.needs(kase, bench))).length;
}

/** The findings with what was asked. A phase that does not fit into what may be asked is left out. */
export async function probeAll(first: readonly Finding[], { bench, asker, most, width, watch }: Probing): Promise<readonly Finding[]> {
  const applying = ({ kase }: Finding): readonly Probe[] => probes.filter((probe) => probe.needs(kase, bench));
  const likely = first.reduce((sum, finding) => sum + 1 + applying(finding).length, 0);
  let done = 0;
  let planned = 0;
  const attempt = async (probe: Probe, kase: Case, number: number): Promise<Sample | undefined> => {
    const sample = await asker.sample(kase, (lab) => probe.run(kase, bench, lab), number, probe === stronger);
    watch(++done, Math.max(planned, likely));
    return sample;
  };
  /** All of a phase is planned before its first call, so that what is asked does not depend on who was faster. */
  const phase = async (those: readonly Finding[], tries: (finding: Finding) => number, work: (finding: Finding) => Promise<Finding>) => {
    planned += those.reduce((sum, finding) => sum + tries(finding), 0);
    const results = new Map(await mapPool(those, width, async (finding) => [finding, await work(finding)] as const));
    planned = done;
    return results;
  };
  let findings = first;
  const merge = (changed: ReadonlyMap<Finding, Finding>): void => {
    findings = findings.map((finding) => changed.get(finding) ?? finding);
  };
  const repeated = async (those: readonly Finding[], count: number): Promise<void> => {
    if (planned + those.length * count > most) return;
    const work = async (finding: Finding): Promise<Finding> => {
      const from = finding.asked;
      const samples: Sample[] = [];
      for (let i = from; i < from + count; i++) {
        const sample = await attempt(repeat, finding.kase, i);
        if (sample !== undefined) samples.push(sample);
      }
      return { ...finding, asked: from + count, repeats: [...finding.repeats, ...samples] };
    };
    merge(await phase(those, () => count, work));
  };

  await repeated(findings, 1);
  const once = async (finding: Finding): Promise<Finding> => {
    const tries = new Map<string, readonly Sample[]>();
    const failed = new Set<string>();
    for (const probe of applying(finding)) {
      const sample = await attempt(probe, finding.kase, 0);
      if (sample === undefined) failed.add(probe.name);
      else tries.set(probe.name, [sample]);
    }
    return { ...finding, tries, failed };
  };
  merge(await phase(findings, (finding) => applying(finding).length, once));
  const vary = findings.some(({ row, repeats }) => repeats.some(({ answer }) => plain(answer) !== plain(row.answer)));
  if (vary || findings.length < STEADY) await repeated(findings, REPEATS - 1);
  if (!isNoisy(findings)) return findings;

  // Twice, since the first probe that passed may have passed by chance before one that helps.
  for (let round = 0; round < 2; round++) {
    const open = findings.filter((finding) => unverified(finding) !== undefined);
    const fitting = open.slice(0, Math.max(0, Math.floor((most - planned) / (VERIFIED - 1))));
    const verify = async (finding: Finding): Promise<Finding> => {
      const probe = unverified(finding);
      if (probe === undefined) return finding;
      const own = [...(finding.tries.get(probe.name) ?? [])];
      while (own.length < VERIFIED && own.every(({ right }) => right)) {
        const sample = await attempt(probe, finding.kase, own.length);
        if (sample === undefined) break;
        own.push(sample);
      }
      return { ...finding, tries: new Map([...finding.tries, [probe.name, own]]) };
    };
    merge(await phase(fitting, () => VERIFIED - 1, verify));
  }
  await repeated(
    findings.filter((finding) => finding.reading === undefined && isNeverRight(finding)),
    REPEATS,
  );
  return findings;
}

/** The first probe that was right once and was not tried again, where none before it was right every time. */
function unverified({ tries, reading }: Finding): Probe | undefined {
  const first = probes.find(({ name }) => tries.get(name)?.every(({ right }) => right) === true);
  return reading === undefined && first !== undefined && tries.get(first.name)?.length === 1 ? first : undefined;
}
