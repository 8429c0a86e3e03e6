/** Whether a run could write where it must; nothing is written to find out. */
import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { messageOf } from "../errors.ts";
import { type Check, check, failed } from "./check.ts";

/** The nearest folder of the path that is there must take a new one. `flag` names another. */
export async function folderCheck(name: string, folder: string, flag: string): Promise<Check> {
  const refused = (why: string): Check => failed(name, `${folder} cannot be written (${why})`, `give another folder with ${flag}`);
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      if (!(await stat(at)).isDirectory()) return refused(`${at} is a file`);
      await access(at, constants.W_OK | constants.X_OK);
      return check(name, "ok", `${folder}, writable`);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if ((code === "ENOENT" || code === "ENOTDIR") && dirname(at) !== at) continue;
      return refused(messageOf(error));
    }
  }
}
