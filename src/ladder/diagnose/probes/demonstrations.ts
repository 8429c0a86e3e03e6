import { finish } from "../../../program/answer.ts";
import { changed, type Probe } from "./probe.ts";

/** Demonstrations that it shows. */
const SHOWN = 4;

/** Does it act as wanted once it is shown how? The nearest train cases stand in for the program's own demonstrations. */
const demonstrations: Probe = {
  name: "demonstrations",
  about: `the ${SHOWN} nearest train cases as demonstrations`,
  imitates: "demonstrations",
  needs: (_, { demos }) => demos.length > 0,
  async run(kase, bench, lab) {
    const nearest = (await bench.neighbours(kase)).slice(0, SHOWN);
    return await finish(bench.able, changed(await bench.gathered(kase), { program: { demos: nearest.toReversed() } }), lab);
  },
};
export default demonstrations;
