/** POST, GET and DELETE /files: uploads are kept by the hash of their content, so the same file has the same id. */
import { createHash } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { namesIn, readIfThere, readJsonIfWhole, removeIfThere, writeWhole } from "./disk.ts";
import { page } from "./page.ts";
import { Fault, json, notFound } from "../wire.ts";

export interface Files {
  /** Of a path that begins with `/files`. */
  route(request: Request, path: string, query: URLSearchParams): Promise<Response>;
  /** Keeps a file that the engine made itself; returns its id. */
  keep(data: Uint8Array, filename: string, purpose: string): Promise<string>;
  /** What it was uploaded for; undefined where there is no such file. */
  purpose(id: string): Promise<string | undefined>;
  /** Text without byte order mark; undefined where there is no such file, a 400 where it is no UTF-8. */
  content(id: string): Promise<string | undefined>;
}

const fileObject = z
  .object({
    id: z.string(),
    object: z.literal("file"),
    bytes: z.number(),
    created_at: z.number(),
    filename: z.string(),
    purpose: z.string(),
    status: z.literal("processed"),
  })
  .readonly();
type FileObject = z.infer<typeof fileObject>;

const idPattern = /^file-[0-9a-f]{24}$/;
/** What the OpenAI wire takes uploads for. */
const purposes = ["fine-tune", "assistants", "batch", "vision", "user_data", "evals"];

/** `seconds`: since 1970, for the time when a file first came. */
export function createFiles(folder: string, seconds: () => number): Files {
  const home = path.join(folder, "files");
  const dataFile = (id: string): string => path.join(home, `${id}.data`);
  const aboutFile = (id: string): string => path.join(home, `${id}.json`);

  async function about(id: string): Promise<FileObject | undefined> {
    const known = fileObject.safeParse(idPattern.test(id) ? await readJsonIfWhole(aboutFile(id)) : undefined);
    return known.data?.id === id ? known.data : undefined;
  }

  /** The content of a file; undefined where there is none, or another than its id was made of. */
  async function read(id: string): Promise<Buffer | undefined> {
    const known = await about(id);
    const data = known === undefined ? undefined : await readIfThere(dataFile(id));
    return known === undefined || data === undefined || idOf(data, known.filename, known.purpose) !== id ? undefined : data;
  }

  async function keep(data: Uint8Array, filename: string, purpose: string): Promise<string> {
    const id = idOf(data, filename, purpose);
    if ((await read(id).catch(() => undefined)) !== undefined) return id;
    const made: FileObject = { id, object: "file", bytes: data.byteLength, created_at: seconds(), filename, purpose, status: "processed" };
    await writeWhole(dataFile(id), data);
    await writeWhole(aboutFile(id), JSON.stringify(made));
    return id;
  }

  async function list(query: URLSearchParams): Promise<Response> {
    const all = (await Promise.all((await namesIn(home, ".json")).map((id) => about(id).catch(() => undefined)))).filter(
      (file) => file !== undefined,
    );
    const wanted = query.get("purpose");
    const shown = all.filter((file) => wanted === null || file.purpose === wanted);
    return page("file", shown, query, { usual: 10_000, most: 10_000 });
  }

  return {
    keep,
    purpose: async (id) => (await about(id))?.purpose,
    async content(id) {
      const data = await read(id);
      return data === undefined ? undefined : decoded(id, data);
    },
    async route(request, at, query) {
      if (at === "/files" && request.method === "POST") return json(await about(await upload(request, keep)));
      if (at === "/files" && request.method === "GET") return list(query);
      const [, id = "", content] = /^\/files\/([^/]+)(\/content)?$/.exec(at) ?? [];
      const found = await about(id);
      if (found === undefined) throw notFound("file", id, "GET /v1/files lists those that do");
      if (request.method === "DELETE") {
        await removeIfThere(aboutFile(id));
        await removeIfThere(dataFile(id));
        return json({ id, object: "file", deleted: true });
      }
      if (content === undefined) return json(found);
      const bytes = await read(id);
      if (bytes === undefined) throw notFound("file", id, "GET /v1/files lists those that do");
      return new Response(new Uint8Array(bytes), { headers: { "content-type": "application/octet-stream" } });
    },
  };
}

function decoded(id: string, data: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    throw new Fault(400, `file: "${id}" is not UTF-8 text; training data is a line of JSON a row, in UTF-8`);
  }
}

function idOf(data: Uint8Array, filename: string, purpose: string): string {
  return `file-${createHash("sha256").update(`${purpose}\n${filename}\n`).update(data).digest("hex").slice(0, 24)}`;
}

async function upload(request: Request, keep: Files["keep"]): Promise<string> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch {
    throw new Fault(400, "body: is not multipart/form-data; send the file and its purpose as a form");
  }
  const file = form.get("file");
  const purpose = form.get("purpose");
  if (!(file instanceof File)) throw new Fault(400, "file: is no file; it must be one, with a name", "file");
  if (typeof purpose !== "string") throw new Fault(400, 'purpose: is missing; it must be "fine-tune" for training data', "purpose");
  if (!purposes.includes(purpose))
    throw new Fault(
      400,
      `purpose: "${purpose}" is not known; it is "fine-tune" for training data, or one of ${purposes.slice(1).join(", ")}`,
      "purpose",
    );
  return keep(new Uint8Array(await file.arrayBuffer()), file.name, purpose);
}
