/** THE LADDER: one entry a rung, in the order in which they are usually climbed. */
import type { Stage } from "../types.ts";
import fewShot from "./few-shot/index.ts";
import fineTune from "./fine-tune.ts";
import hydeFactCheck from "./hyde-fact-check/index.ts";
import prompt from "./prompt/index.ts";
import ragFineTune from "./rag-fine-tune.ts";
import rag from "./rag/index.ts";

export const stages: readonly Stage[] = [prompt, fewShot, rag, fineTune, hydeFactCheck, ragFineTune];
