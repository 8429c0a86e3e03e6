/** POST and GET /files: uploads are kept by the hash of their content, so the same file has the same id. */
import { createHash } from "node:crypto";
import path from "node:path";
import { namesIn, readIfThere, readJsonIfWhole, writeWhole } from "./disk.ts";
import { Fault, json, notFound } from "../wire.ts";

export interface Files {
  route(request: Request, path: string): Promise<Response | undefined>;
  /** Keeps a file that the engine made itself; returns its id. */
  keep(data: Uint8Array, filename: string, purpose: string): Promise<string>;
  /** Undefined where there is no such file. */
  content(id: string): Promise<string | undefined>;
}

interface FileObject {
  readonly id: string;
  readonly object: "file";
  readonly bytes: number;
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: "processed";
}

const idPattern = /^file-[0-9a-f]{24}$/;

export function createFiles(folder: string): Files {
  const home = path.join(folder, "files");
  /** The content of a file; undefined where there is none, or another than its id was made of. */
  const read = async (id: string): Promise<Buffer | undefined> => {
    const data = idPattern.test(id) ? await readIfThere(path.join(home, `${id}.data`)) : undefined;
    if (data === undefined) return undefined;
    const { purpose, filename } = await about(id);
    return idOf(data, filename, purpose) === id ? data : undefined;
  };

  async function keep(data: Uint8Array, filename: string, purpose: string): Promise<string> {
    const id = idOf(data, filename, purpose);
    const about: FileObject = { id, object: "file", bytes: data.byteLength, created_at: 0, filename, purpose, status: "processed" };
    await writeWhole(path.join(home, `${id}.data`), data);
    await writeWhole(path.join(home, `${id}.json`), JSON.stringify(about));
    return id;
  }

  async function about(id: string): Promise<FileObject> {
    const known = idPattern.test(id) ? await readJsonIfWhole(path.join(home, `${id}.json`)) : undefined;
    if (known === undefined) throw notFound("file", id);
    return known as FileObject;
  }

  return {
    keep,
    content: async (id) => (await read(id))?.toString("utf8"),
    async route(request, at) {
      if (at === "/files" && request.method === "POST") return json(await about(await upload(request, keep)));
      if (at === "/files" && request.method === "GET") {
        const names = (await namesIn(home, ".json")).map((name) => name.slice(0, -".json".length));
        const data = (await Promise.all(names.map((name) => about(name).catch(() => [])))).flat();
        return json({ object: "list", data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
      }
      const [, id = "", content] = /^\/files\/([^/]+)(\/content)?$/.exec(at) ?? [];
      if (id === "" || request.method !== "GET") return undefined;
      const found = await about(id);
      if (content === undefined) return json(found);
      const bytes = await read(id);
      if (bytes === undefined) throw notFound("file", id);
      return new Response(new Uint8Array(bytes), { headers: { "content-type": "application/octet-stream" } });
    },
  };
}

function idOf(data: Uint8Array, filename: string, purpose: string): string {
  return `file-${createHash("sha256").update(`${purpose}\n${filename}\n`).update(data).digest("hex").slice(0, 24)}`;
}

async function upload(request: Request, keep: Files["keep"]): Promise<string> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch {
    throw new Fault(400, "the body is not multipart/form-data");
  }
  const file = form.get("file");
  const purpose = form.get("purpose");
  if (!(file instanceof File)) throw new Fault(400, "file: must be a file", "file");
  if (typeof purpose !== "string") throw new Fault(400, 'purpose: must be given; "fine-tune" for training data', "purpose");
  return keep(new Uint8Array(await file.arrayBuffer()), file.name, purpose);
}
