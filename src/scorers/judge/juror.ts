/** One judge: asked, read strictly, and asked once more where its reply cannot be read. */
import { z } from "zod";
import { EndpointFault } from "../../errors.ts";
import { renderTemplate } from "../../program/template.ts";
import type { Json, ScoreLab } from "../../types.ts";
import { quote } from "../accepted.ts";
import { readReply, wordingOf, type Form } from "./reply.ts";

/** One judge, asked for one of its votes. */
export interface Juror {
  /**
   * Fills the template of that name (`form` is filled in here) and asks. A reply that is not of the form is asked for once more,
   * with a reminder. `sample`, 0..9, tells apart replies to the same request. Throws an `Unreadable` after the second.
   */
  ask<S extends z.ZodObject>(
    template: string,
    fields: Readonly<Record<string, string>>,
    form: Form<S>,
    sample?: number,
  ): Promise<z.output<S>>;
}

/** A judge's replies hold no verdict: no fault of the answer that is judged. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

type Attempt<S extends z.ZodObject> =
  | { readonly value: z.output<S> }
  | { readonly problem: string; readonly shown: string; readonly cached: boolean };

/** Samples of a vote, in the numbers that keep replies apart in the cache. */
const SAMPLES = 10;

export function jurorOf(model: string, vote: number, params: Readonly<Record<string, Json>>, lab: ScoreLab): Juror {
  return {
    async ask<S extends z.ZodObject>(template: string, fields: Readonly<Record<string, string>>, form: Form<S>, sample = 0) {
      const text = lab.prompts[template];
      if (text === undefined) throw new Error(`prompts: there is no template "${template}"`);
      const prompt = renderTemplate(text, { ...fields, form: wordingOf(form) });
      // Blocks are what others wrote; in the rest of a prompt a verdict may stand as an example.
      const material = Object.values(fields).filter((value) => value.startsWith("<"));
      const { $schema: _, ...schema } = z.toJSONSchema(form.shape) as Record<string, Json>;
      const repeat = vote * SAMPLES + sample;
      const attempt = async (content: string, renew: boolean): Promise<Attempt<S>> => {
        const messages = [{ role: "user" as const, content }];
        const reply = await replyTo(lab.ask({ model, messages, params, repeat, renew, schema: { name: form.name, schema } }));
        if ("fault" in reply) return { problem: "it was empty", shown: reply.fault, cached: false };
        const read = readReply(form, reply.text, material.join("\n"));
        if ("value" in read) return read;
        const cut = reply.cut ? " (cut by its limit on tokens; raise max_tokens under params)" : "";
        return { problem: read.problem, shown: `the last one${cut} was ${quote(reply.text, 200)}`, cached: reply.cached };
      };
      const twice = async (renew: boolean): Promise<Attempt<S>> => {
        const first = await attempt(prompt, renew);
        if ("value" in first) return first;
        // The reminder makes it another request, so that the cache does not give the same reply again.
        const second = await attempt(`${prompt}\n\nA reply to this could not be used: ${first.problem}.\n${wordingOf(form)}`, renew);
        return "value" in second ? second : { ...second, cached: first.cached || second.cached };
      };
      const kept = await twice(false);
      if ("value" in kept) return kept.value;
      // What an earlier run kept is no better now; a judge that was mended since must be heard.
      const second = kept.cached ? await twice(true) : kept;
      if ("value" in second) return second.value;
      const who = model === "judge" ? "the judge" : `judge ${model}`;
      throw new Unreadable(`${who} twice gave no reply that can be used: ${second.problem}; ${second.shown}`);
    },
  };
}

/** Like Promise.all, but waits for all of them, so that no call goes on unseen; then throws the worst fault, if any. */
export async function together<T extends readonly unknown[] | []>(work: T): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const settled = await Promise.allSettled(work);
  const faults: unknown[] = settled.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  if (faults.length > 0) throw worst(faults);
  return await Promise.all(work);
}

/** Whether other calls may go well all the same: this one was not read, or failed by itself. */
export function isOfOneCall(fault: unknown): boolean {
  return fault instanceof Unreadable || (fault instanceof EndpointFault && !fault.systemic && fault.kind !== "offline");
}

/** What ends the run comes before what spoils a call, and that before a reply that cannot be read. */
export function worst(faults: readonly unknown[]): unknown {
  return faults.find((fault) => !isOfOneCall(fault)) ?? faults.find((fault) => !(fault instanceof Unreadable)) ?? faults[0];
}

/** An empty reply is one that cannot be read, as is a page of HTML; other faults of the endpoint are thrown on. */
async function replyTo(
  asked: ReturnType<ScoreLab["ask"]>,
): Promise<{ readonly text: string; readonly cut: boolean; readonly cached: boolean } | { readonly fault: string }> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof EndpointFault && (error.kind === "parse" || error.kind === "cut")) return { fault: error.message };
    throw error;
  }
}
