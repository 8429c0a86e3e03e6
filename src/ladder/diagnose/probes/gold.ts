import { finish } from "../../../program/answer.ts";
import { changed, type Probe } from "./probe.ts";

/** Perfect retrieval: what the program would answer if only the passages that hold the answer were in its context. */
const gold: Probe = {
  name: "gold passages",
  about: "only the passages that hold the answer in the context",
  imitates: "knowledge",
  needs: (kase, bench) => bench.gold(kase).length > 0,
  async run(kase, bench, lab) {
    return await finish(bench.able, changed(await bench.gathered(kase), { passages: bench.gold(kase) }), lab);
  },
};
export default gold;
