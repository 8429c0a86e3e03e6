/** A model asked for JSON: read strictly, and asked once more where its reply cannot be read. */
import type { z } from "zod";
import { EndpointFault } from "../../errors.ts";
import { readReply, type Form } from "../../scorers/judge/reply.ts";
import type { Reply, StepLab } from "../../types.ts";

export type Read<S extends z.ZodObject> = { readonly value: z.output<S> } | { readonly problem: string };

/**
 * What the model replies, or what was wrong with both of its replies. `material` is what others wrote: JSON that stands in it word for word is
 * no reply. A reply that the cache kept from an earlier run is asked for anew before it is given up. Throws what else is wrong with the
 * endpoint.
 */
export async function asked<S extends z.ZodObject>(
  model: "judge" | "writer",
  system: string,
  material: string,
  form: Form<S>,
  lab: Pick<StepLab, "ask">,
): Promise<Read<S>> {
  const attempt = async (reminder: string, renew: boolean): Promise<Read<S> & { readonly cached?: boolean }> => {
    const messages = [{ role: "system", content: system } as const, { role: "user", content: `${material}${reminder}` } as const];
    const reply = await replyTo(lab.ask({ model, messages, renew }));
    if ("fault" in reply) return { problem: reply.fault };
    // A list of nothing is an answer: nothing of what was asked for.
    const text = /^\s*(?:```\w*)?\s*\[\s*\]\s*(?:```)?\s*$/u.test(reply.text) ? `{"${form.key}": []}` : reply.text;
    return { ...readReply(form, text, material), cached: reply.cached };
  };
  const twice = async (renew: boolean): Promise<Read<S> & { readonly cached?: boolean }> => {
    const first = await attempt("", renew);
    if ("value" in first) return first;
    const second = await attempt(`\n\nA reply to this could not be used: ${first.problem}. ${wordingOf(form)}`, renew);
    return { ...second, cached: first.cached === true || second.cached === true };
  };
  const read = await twice(false);
  return "value" in read || read.cached !== true ? read : await twice(true);
}

/** How the form is asked for. */
export function wordingOf({ example }: Pick<Form, "example">): string {
  return `Answer with JSON only, in this form: ${example}`;
}

/** A reply that is empty or cut short cannot be read; other faults are the case's own. */
async function replyTo(reply: Promise<Reply>): Promise<Reply | { readonly fault: string }> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof EndpointFault && (error.kind === "parse" || error.kind === "cut")) return { fault: error.message };
    throw error;
  }
}
