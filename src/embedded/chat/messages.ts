/** Messages as the OpenAI wire has them. */
import { z } from "zod";
import { Fault } from "../wire.ts";

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
export const message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(part), z.null()]).optional(),
});

/** The text of a message; parts that are not text are a 400. */
export function textOf(content: z.output<typeof message>["content"]): string {
  if (content === undefined || content === null) return "";
  if (typeof content === "string") return content;
  return content
    .map((p) => {
      if (p.type !== "text" || p.text === undefined)
        throw new Fault(400, `messages: a part of type "${p.type}" cannot be read; only text can`, "messages");
      return p.text;
    })
    .join("\n");
}
