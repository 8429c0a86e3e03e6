/** `llmopt serve`: the embedded engine for any OpenAI client, until a signal ends it. */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { isLoopback } from "../embedded/serve/guard.ts";
import { serve, type Served } from "../embedded/serve/server.ts";
import { checkFolder } from "../embedded/tuning/disk.ts";
import { messageOf, UserError } from "../errors.ts";
import { type CommonFlags } from "./output.ts";
import { untilSignalled } from "./signals.ts";

interface ServeFlags extends CommonFlags {
  readonly host: string;
  readonly port: number;
  readonly apiKey?: string;
  readonly workers?: number;
  readonly folder?: string;
}

export async function serveCommand(flags: ServeFlags): Promise<number> {
  const { host, apiKey: key, workers = availableParallelism() } = flags;
  const folder = flags.folder ?? join(flags.store, "embedded");
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new UserError("--api-key: is empty or holds what no header can carry; give letters, digits and signs, or leave it out");
  if (key === undefined && !isLoopback(host))
    throw new UserError(`--host ${host}: others could use the server too; give it an --api-key, or --host 127.0.0.1`);
  await prepare(folder);
  const { code } = await untilSignalled(
    async (signal) => {
      const server = await listen(flags, { key, workers, folder });
      const address = host.includes(":") ? `[${host.replace(/^\[|\]$/g, "")}]` : host;
      const baseUrl = `http://${address}:${server.port}/v1`;
      if (flags.json === true) flags.stdout.printJson({ base_url: baseUrl, host, port: server.port, workers, folder });
      else flags.stdout.print(baseUrl);
      if (!signal.aborted) await once(signal, "abort");
      await server.close();
      signal.throwIfAborted();
    },
    () => `files, jobs and tuned models are kept in ${folder}`,
  );
  return code;
}

async function prepare(folder: string): Promise<void> {
  try {
    await checkFolder(folder);
  } catch (error) {
    throw new UserError(`--folder ${messageOf(error)}, or name another one`, 2, { cause: error });
  }
}

async function listen(
  { host, port }: ServeFlags,
  options: { readonly key: string | undefined; readonly workers: number; readonly folder: string },
): Promise<Served> {
  try {
    return await serve({ host: host.replace(/^\[|\]$/g, ""), port, ...options });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const what =
      code === "EADDRINUSE"
        ? `--port ${port}: another program listens there; give another one, or 0 for a free one`
        : code === "EACCES"
          ? `--port ${port}: this user may not listen there; give one above 1023, or 0 for a free one`
          : `--host ${host}: cannot be listened on (${messageOf(error)}); give an address of this machine`;
    throw new UserError(what, 2, { cause: error });
  }
}
