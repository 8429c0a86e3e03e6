/** What probes work with, made once for a diagnosis. */
import { cutsIn } from "../../knowledge/cuts.ts";
import type { Library } from "../../knowledge/library.ts";
import { gather, ready } from "../../program/answer.ts";
import { nearest, nearestOfEach, wantedAnswer } from "../../program/demos.ts";
import { inputReader, queryOf } from "../../program/render.ts";
import type { Registry } from "../../registry.ts";
import type { Case, Demo, Experiment, Program, Turn } from "../../types.ts";
import type { Asker } from "./asker.ts";
import { createGold, holdsAnswer, PLAIN } from "./gold.ts";
import type { Bench } from "./probes/probe.ts";
import { strongerThan } from "./probes/stronger.ts";
import { formOf } from "./probes/wording.ts";
import { createVotes, voters, type Votes } from "./votes.ts";

/** Train cases that demonstrations and neighbours are chosen from at the most, and those that the odds of votes are learnt from. */
const POOL = 2000;
const LEARNT = 300;

export interface Workbench extends Bench {
  /** Whether the sources that cases name mostly hold their answers. */
  readonly trusted: boolean;
  /** As `gathered`; undefined where its steps failed. */
  turn(kase: Case): Promise<Turn | undefined>;
  /** What the labels of the train cases most like it say; undefined where they could not be embedded. */
  votes(kase: Case): Promise<Votes | undefined>;
}

export function createBench(
  options: {
    readonly program: Program;
    readonly train: readonly Case[];
    readonly cases: readonly Case[];
    readonly registry: Registry;
    readonly library: Library | undefined;
    readonly experiment: Pick<Experiment, "models" | "ladder">;
  },
  asker: Asker,
): Workbench {
  const { program, train, experiment } = options;
  // As the first rung that retrieves cuts, so that a diagnosis embeds nothing that the ladder does not need as well.
  const plain = { ...PLAIN, ...cutsIn(experiment.ladder)[0] };
  const able = ready(program, options.registry.stages);
  const gold = createGold(options.library, [...train, ...options.cases]);
  const demos = train.flatMap((kase): Demo[] => {
    const answer = wantedAnswer(kase);
    return answer === undefined ? [] : [{ id: kase.id, fields: kase.fields, answer }];
  });
  const pool = demos.slice(0, POOL);
  const size = voters(pool.length);
  const inputOf = inputReader(program);
  const turns = memo((kase) => asker.gather(async (lab) => await gather(able, kase, lab)));
  const near = memo(async (kase) => (await asker.gather(async (lab) => await nearest(kase, pool, size, inputOf, lab))) ?? []);
  let learnt: Promise<ReturnType<typeof createVotes> | undefined> | undefined;
  const learn = async (): Promise<ReturnType<typeof createVotes> | undefined> => {
    const others = await asker.gather(async (lab) => await nearestOfEach(pool, LEARNT, size, inputOf, lab));
    return (
      others &&
      createVotes(others.map((neighbours, i) => ({ label: pool[i]?.answer ?? "", neighbours: neighbours.map(({ answer }) => answer) })))
    );
  };
  return {
    able,
    demos,
    form: formOf(train),
    stronger: strongerThan(program, experiment.models),
    gold: gold.passages,
    trusted: gold.trusted,
    isHeld: (kase) => gold.passages(kase).some((passage) => holdsAnswer(passage, kase)),
    searches: options.library !== undefined,
    found: memo(async (kase) => {
      const turn = await turns(kase);
      const passages =
        turn && (await asker.gather(async (lab) => await lab.search(plain, [{ texts: [queryOf(program, kase)] }], plain.top)));
      if (passages === undefined) throw new Error(`${kase.id}: nothing could be searched`);
      return passages;
    }),
    turn: turns,
    async gathered(kase) {
      const turn = await turns(kase);
      if (turn === undefined) throw new Error(`${kase.id}: its steps failed`);
      return turn;
    },
    neighbours: near,
    async votes(kase) {
      learnt ??= learn();
      const [votesOf, neighbours] = [await learnt, await near(kase)];
      return neighbours.length === 0 ? undefined : votesOf?.(neighbours);
    },
  };
}

/** Each case once, however often it is asked for. */
function memo<T>(work: (kase: Case) => Promise<T>): (kase: Case) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (kase) => {
    const result = known.get(kase.id) ?? work(kase);
    known.set(kase.id, result);
    return result;
  };
}
