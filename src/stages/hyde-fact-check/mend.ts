/** Contradicted sentences, put right from what contradicts them and from nothing else. */
import { z } from "zod";
import { GUARD } from "../../scorers/judge/material.ts";
import { numeric } from "../../scorers/judge/reply.ts";
import type { StepLab } from "../../types.ts";
import { asked, wordingOf } from "./asked.ts";
import { refusal } from "./gate.ts";

/** A sentence and the words that contradict it. */
export interface Faulty {
  readonly sentence: string;
  readonly quotes: readonly string[];
  /** All that an edit may take numbers and names from. */
  readonly evidence: string;
}

const FORM = {
  name: "edits",
  key: "edits",
  shape: z.object({ edits: z.array(z.object({ sentence: z.preprocess(numeric, z.int()), text: z.string() })) }),
  example: '{"edits": [{"sentence": 1, "text": "…"}]}',
};

const SYSTEM =
  "Each numbered sentence is contradicted by a quote. Correct what the quote contradicts and leave every other word as it is: same language, same form, " +
  `same length. Add nothing that the quote does not say. Leave out a sentence that cannot be corrected so. ${GUARD} ${wordingOf(FORM)}`;

/**
 * One call for all; undefined where the writer has no edit, or one that the gate refuses (minimal edits: RARR, Gao et al. 2023, arXiv
 * 2210.08726, section 3.3).
 */
export async function mended(faulty: readonly Faulty[], lab: Pick<StepLab, "ask">): Promise<readonly (string | undefined)[]> {
  if (faulty.length === 0) return [];
  const entries = faulty.map(
    ({ sentence, quotes }, i) => `${i + 1}. ${line(sentence)}\n${quotes.map((quote) => `   contradicted by: "${line(quote)}"`).join("\n")}`,
  );
  const read = await asked("writer", SYSTEM, `<statements>\n${entries.join("\n")}\n</statements>`, FORM, lab);
  if ("problem" in read) return faulty.map(() => undefined);
  return faulty.map(({ sentence, evidence }, i) => {
    const edits = read.value.edits.filter((edit) => edit.sentence === i + 1);
    const text = edits.length === 1 ? edits[0]?.text.trim() : undefined;
    return text === undefined || refusal(sentence, text, evidence) !== undefined ? undefined : text;
  });
}

function line(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}
