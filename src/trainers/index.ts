/** The built-in trainers, an entry each. */
import existing from "./existing.ts";
import openai from "./openai.ts";

export const trainers = [openai, existing];
