/** Lists as the OpenAI wire pages them. */
import { Fault, json, notFound } from "../wire.ts";

/** How many items a page has where nobody says, and at most. */
interface Limits {
  readonly usual: number;
  readonly most: number;
}

/** A page of a list, as `after` and `limit` ask; a 404 where `after` names none of the items, a 400 where the limit is no such number. */
export function page(
  what: string,
  items: readonly { readonly id: string }[],
  query: URLSearchParams,
  { usual, most }: Limits = { usual: 20, most: 100 },
): Response {
  const after = query.get("after");
  const last = after === null ? -1 : items.findIndex((item) => item.id === after);
  if (after !== null && last < 0) throw notFound(what, after, "give the id of one on the page before");
  const asked = query.get("limit") ?? String(usual);
  const limit = /^\d+$/.test(asked) ? Number(asked) : 0;
  if (limit < 1 || limit > most) throw new Fault(400, `limit: is "${asked}"; it must be a whole number from 1 to ${most}`, "limit");
  const data = items.slice(last + 1, last + 1 + limit);
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return json({ object: "list", data, ...ends, has_more: items.length > last + 1 + limit });
}
