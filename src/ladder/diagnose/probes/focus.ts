import { finish } from "../../../program/answer.ts";
import { focused } from "../gold.ts";
import { changed, type Probe } from "./probe.ts";

/** The question's own text cut down to the sentences around the answer: is it the length of the text that hides it? */
const focus: Probe = {
  name: "short context",
  about: "the question's own text cut to the sentences around the answer",
  imitates: undefined,
  needs: (kase) => focused(kase) !== undefined,
  async run(kase, bench, lab) {
    return await finish(bench.able, changed(await bench.gathered(kase), { fields: focused(kase) ?? kase.fields }), lab);
  },
};
export default focus;
