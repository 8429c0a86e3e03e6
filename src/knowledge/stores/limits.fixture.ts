/** Disks that give up, for tests. */
import { execFileSync } from "node:child_process";
import { mkdir, rm, symlink } from "node:fs/promises";

/** Whether this machine can limit how large the files of a process may get. */
export const canLimit = process.platform === "linux" && limited(() => {});

/** From now on this process can make no file larger; gives back how to undo it. */
export function limitFiles(bytes: number): () => Promise<void> {
  // The signal would end the process before the write says what is wrong.
  const ignore = () => {};
  process.on("SIGXFSZ", ignore);
  prlimit(String(bytes));
  return async () => {
    prlimit("unlimited");
    process.off("SIGXFSZ", ignore);
  };
}

/** Whatever is written to the file finds the disk full; gives back how to undo it. */
export async function fillDisk(folder: string, file: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  await symlink("/dev/full", `${folder}/${file}`);
  return async () => await rm(`${folder}/${file}`, { force: true });
}

function limited(work: () => void): boolean {
  try {
    prlimit("unlimited");
    work();
    return true;
  } catch {
    return false;
  }
}

function prlimit(most: string): void {
  execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${most}:`], { stdio: "ignore" });
}
