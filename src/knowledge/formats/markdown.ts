/** Markdown: a file is a document. Its front matter may hold `id` and `title`; else the first heading is the title. */
import { parse } from "yaml";
import { z } from "zod";
import { messageOf } from "../../errors.ts";
import { headingsOf, linesOf } from "../headings.ts";
import type { Format, Reading } from "./format.ts";

export const markdown: Format = {
  extensions: [".md", ".markdown"],
  read(content): Reading {
    const block = /^---[ \t]*\n(?:([\s\S]*?)\n)?---[ \t]*(?:\n|$)/.exec(content);
    if (block === null) return reading(content, {});
    let fields: unknown;
    try {
      fields = parse(block[1] ?? "", { prettyErrors: false });
    } catch (error) {
      return { drafts: [], faults: [`front matter: ${messageOf(error)}; write it as YAML between two lines of ---`] };
    }
    // Text between two rules is not front matter.
    if (typeof fields === "string") return reading(content, {});
    const matter = frontMatter.safeParse(fields ?? {});
    if (!matter.success) return { drafts: [], faults: [`front matter: ${matter.error.issues[0]?.path.join(".") ?? ""} must be a text`] };
    return reading(content.slice(block[0].length), matter.data);
  },
};

const name = z.union([z.string().min(1), z.number().transform(String)]);
const frontMatter = z.object({ id: name.optional(), title: name.optional() });

function reading(body: string, matter: z.output<typeof frontMatter>): Reading {
  const title = matter.title ?? headingsOf(linesOf(body))[0]?.title;
  return { drafts: [{ id: matter.id, title, text: body.replace(/^\s*\n/, "").trimEnd() }], faults: [] };
}
