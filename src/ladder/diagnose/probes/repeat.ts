import { answer } from "../../../program/answer.ts";
import type { Probe } from "./probe.ts";

/** The program as it is. What changes now changes by itself, and every other probe is measured against it. */
const repeat: Probe = {
  name: "repeat",
  about: "the same question once more, nothing changed",
  imitates: undefined,
  needs: () => true,
  run: (kase, { able }, lab) => answer(able, kase, lab),
};
export default repeat;
