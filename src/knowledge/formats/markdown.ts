/** Markdown: a file is a document. Its front matter may hold `id` and `title`; else the first heading is the title. */
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, UserError } from "../../errors.ts";
import { headingsOf, linesOf } from "../headings.ts";
import { decode, layoutAfter } from "./decode.ts";
import type { Format } from "./format.ts";

export const markdown: Format = {
  extensions: [".md", ".markdown"],
  read(bytes) {
    const { text: content, layout } = decode(bytes);
    const { matter, end } = frontMatterOf(content);
    const rest = content.slice(end);
    const cut = end + (/^\s*\n/.exec(rest)?.[0].length ?? 0);
    const body = content.slice(cut).trimEnd();
    const title = matter.title ?? headingsOf(linesOf(body))[0]?.title;
    return { drafts: [{ id: matter.id, title, text: body, layout: layoutAfter(content, layout, cut) }], faults: [] };
  },
};

/** What is longer is a text between two rules. */
const MOST = 50_000;

const name = z.union([z.string().min(1), z.number().transform(String)]);
const shape = z.object({ id: name.optional(), title: name.optional() });

/** What stands between two lines of `---` at the beginning, and where it ends. Throws a UserError where it cannot be read. */
function frontMatterOf(content: string): { readonly matter: z.output<typeof shape>; readonly end: number } {
  const block = /^---[ \t]*\n(?:([\s\S]*?)\n)?---[ \t]*(?:\n|$)/.exec(content);
  if (block === null || block[0].length > MOST) return { matter: {}, end: 0 };
  let fields: unknown;
  try {
    fields = parse(block[1] ?? "", { prettyErrors: false });
  } catch (error) {
    throw new UserError(`front matter: ${messageOf(error)}; write it as YAML between two lines of ---`, 2, { cause: error });
  }
  // Text between two rules is not front matter.
  if (typeof fields === "string") return { matter: {}, end: 0 };
  const matter = shape.safeParse(fields ?? {});
  if (matter.success) return { matter: matter.data, end: block[0].length };
  throw new UserError(`front matter: ${matter.error.issues[0]?.path.join(".") ?? ""} must be a text; write it in quotes`);
}
