import { finish } from "../../../program/answer.ts";
import { changed, type Probe } from "./probe.ts";

/**
 * Plain retrieval: where no passage can be told to hold the answer ("yes" and "30" stand in many), those that a search with the
 * question finds are tried in its place. It measures less than gold passages do: what it does not find may be there.
 */
const found: Probe = {
  name: "found passages",
  about: "the passages that plain retrieval finds for the question in the context",
  imitates: "knowledge",
  needs: (kase, bench) => bench.searches && !bench.isHeld(kase),
  async run(kase, bench, lab) {
    return await finish(bench.able, changed(await bench.gathered(kase), { passages: await bench.found(kase) }), lab);
  },
};
export default found;
