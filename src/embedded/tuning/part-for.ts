/** Which part of a tuned model answers a request; none where it is like nothing that was learnt, and the base knows what to do. */
import { fold } from "../labels/labelling.ts";
import type { Understood } from "../prompt/request.ts";
import { hasOrdersOf, likest, ordersOf } from "./parts.ts";
import type { Part, Tuned } from "./tuned.ts";

/** The part whose rows the request is most like; undefined where its prompt asks for what these rows never did. */
export function partFor({ parts }: Tuned, asked: Understood): Part | undefined {
  const part = likest(parts, asked);
  return part === undefined || !isAskedElse(part, asked) ? part : undefined;
}

/** `no JSON`, `do not answer in JSON`, `plain text`. */
export function forbidsJson(asked: Understood): boolean {
  const pattern =
    /\b(?:no|not|never|without|don['’]t)\b[^.\n]{0,24}\bjson\b|\bplain text\b|\bkein(?:e[nms]?)? json\b|\b(?:sans|sin) json\b|不要[^。\n]{0,8}json/iu;
  return ordersOf(asked).some((order) => pattern.test(order));
}

function isAskedElse(part: Part, asked: Understood): boolean {
  const { extractor, classifier, yesNo, serves } = part;
  const { labels, form } = asked.instructions;
  if (hasOrdersOf(serves, asked)) return false;
  const listed = labels.length >= 2;
  const toRead = asked.passages.length > 0 && asked.question !== "" && !listed;
  // Labels are chosen by those who have learnt them.
  if (listed && classifier === undefined && yesNo === undefined && !labels.every(({ name }) => serves.labels.includes(fold(name))))
    return true;
  if (toRead && serves.passages < 0.1 && (classifier !== undefined || extractor !== undefined)) return true;
  if (extractor === undefined) return false;
  const { kind, keys } = extractor.format;
  if (form.json === undefined) return kind === "json" && forbidsJson(asked);
  return kind !== "json" || (form.json.length > 0 && !form.json.some((field) => keys.some((key) => key.split("/").includes(field))));
}
