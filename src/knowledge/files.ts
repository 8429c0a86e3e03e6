/** Finds the files of the knowledge: paths, folders and globs -> files, each once. */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, matchesGlob, relative, resolve, sep } from "node:path";
import { messageOf } from "../errors.ts";

export interface File {
  readonly path: string;
  /** As messages name it: relative to the experiment's folder. */
  readonly shown: string;
  /** What a document is called that gives no id itself. */
  readonly id: string;
}

export interface Selection {
  /** Paths of files and folders, and globs, relative to the experiment's folder. */
  readonly files: readonly string[];
  /** What is left out of them: names, paths and globs. */
  readonly exclude?: readonly string[] | undefined;
  /** Absolute paths of the cases: no documents unless they are named themselves, since they hold the answers. */
  readonly cases?: readonly string[] | undefined;
}

export interface FileSet {
  /** In the order of the patterns, those of one pattern sorted. */
  readonly files: readonly File[];
  /** Files of formats that nobody reads, as messages name them, that a folder or a glob took in. */
  readonly unknown: readonly string[];
  /** What is wrong with the patterns, as `where: what; what would be right`; nothing can be done without mending it. */
  readonly wrong: readonly string[];
  /** Files and folders that were found and cannot be opened. */
  readonly faults: readonly { readonly id: string; readonly what: string }[];
  /** Exclusions that leave nothing out. */
  readonly idle: readonly string[];
  /** Files of cases that a folder or a glob took in, as messages name them. */
  readonly foreign: readonly string[];
}

/**
 * The files that the patterns match, but for those that `exclude` matches. A pattern is the path of a file, of a folder (all that is in it,
 * at any depth) or a glob (see `path.matchesGlob`), relative to `dir`. Names that begin with a dot are left out unless the pattern spells
 * the dot. Links are followed; a file or folder that is reached twice is taken once.
 */
export async function findFiles(
  { files: patterns, exclude = [], cases = [] }: Selection,
  dir: string,
  extensions: ReadonlySet<string>,
): Promise<FileSet> {
  const found = new Map<string, Omit<File, "id"> & { readonly stem: string }>();
  const unknown = new Map<string, string>();
  const foreign = new Map<string, string>();
  const wrong: string[] = [];
  const faults = new Map<string, FileSet["faults"][number]>();
  const exclusions = createExclusions(exclude);
  const shownOf = (path: string) => slashes(relative(dir, path)) || ".";

  for (const pattern of patterns) {
    const given = resolve(dir, pattern);
    const kind = await kindOf(given);
    if (kind === "none" && !isGlob(pattern)) {
      wrong.push(`${pattern}: there is no such file or folder; paths are relative to the experiment file`);
      continue;
    }
    if (kind === "other") {
      wrong.push(`${pattern}: is neither a file nor a folder; name documents`);
      continue;
    }
    const { base, matches, hidden, depth } =
      kind === "none" ? globOf(pattern, dir) : { ...everything, base: kind === "folder" ? given : dirname(given) };
    const plain = kind === "file";
    const walked = plain
      ? { files: [given], faults: [] }
      : await walk(base, { hidden, depth, leaves: (path) => exclusions.excludes(shownOf(path)) });
    const matched = walked.files.filter((path) => plain || (matches(slashes(relative(base, path))) && !exclusions.excludes(shownOf(path))));
    for (const path of matched) {
      const extension = extname(path).toLowerCase();
      const shown = shownOf(path);
      if (!plain && cases.includes(path)) {
        foreign.set(path, shown);
        continue;
      }
      const stem = withoutExtension(slashes(relative(base, path))).normalize("NFC");
      if (extensions.has(extension)) {
        if (!found.has(path)) found.set(path, { path, shown, stem });
      } else if (plain) wrong.push(`${shown}: ${unknownFormat(extension)}; known are ${[...extensions].join(", ")}`);
      else unknown.set(path, shown);
    }
    for (const { path, what, folder } of walked.faults) {
      const inner = slashes(relative(base, path));
      if (!folder && !(matches(inner) && extensions.has(extname(path).toLowerCase()))) continue;
      faults.set(path, { id: withoutExtension(inner).normalize("NFC"), what: `${shownOf(path)}: ${what}` });
    }
    if (matched.some((path) => extensions.has(extname(path).toLowerCase())) || plain) continue;
    const others = matched.length === 0 ? "" : ` of a known format (${[...extensions].join(", ")})`;
    wrong.push(`${pattern}: ${kind === "folder" ? "holds" : "matches"} no file${others}; paths are relative to the experiment file`);
  }
  return {
    files: named([...found.values()]),
    unknown: [...unknown.values()],
    wrong,
    faults: [...faults.values()],
    idle: exclusions.idle(),
    foreign: [...foreign.values()],
  };
}

const everything = { matches: () => true, hidden: false, depth: Infinity };

/** Ids for files: their paths without extensions; files that differ in that alone keep it. */
function named(files: readonly (Omit<File, "id"> & { readonly stem: string })[]): readonly File[] {
  const counts = new Map<string, number>();
  for (const { stem } of files) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return files.map(({ path, shown, stem }) => ({ path, shown, id: (counts.get(stem) ?? 0) > 1 ? stem + extname(path) : stem }));
}

interface Walked {
  readonly files: readonly string[];
  readonly faults: readonly { readonly path: string; readonly what: string; readonly folder: boolean }[];
}

/** The files below a folder, sorted. What links lead to comes after what is there itself, so that each is found under its own name. */
async function walk(
  base: string,
  { hidden, depth, leaves }: { readonly hidden: boolean; readonly depth: number; readonly leaves: (path: string) => boolean },
): Promise<Walked> {
  const files: string[] = [];
  const faults: { path: string; what: string; folder: boolean }[] = [];
  const links: string[] = [];
  const root = await realpath(base).catch(() => undefined);
  if (root === undefined) return { files, faults };
  const seen = new Set<string>();
  const enter = async (folder: string, real: string): Promise<void> => {
    const open: { readonly path: string; readonly real: string; readonly level: number }[] = [
      { path: folder, real, level: slashes(relative(base, folder)).split("/").filter(Boolean).length + 1 },
    ];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next.real)) continue;
      seen.add(next.real);
      const entries = await readdir(next.path, { withFileTypes: true }).catch((error: unknown) => {
        faults.push({ path: next.path, what: unreadable(error), folder: true });
        return [];
      });
      for (const entry of entries) {
        const path = join(next.path, entry.name);
        if ((!hidden && entry.name.startsWith(".")) || leaves(path)) continue;
        if (entry.isSymbolicLink()) links.push(path);
        else if (entry.isFile()) {
          files.push(path);
          seen.add(join(next.real, entry.name));
        } else if (!entry.isDirectory())
          faults.push({ path, what: "is no file but a device, a pipe or a socket; exclude it", folder: false });
        else if (next.level < depth) open.push({ path, real: join(next.real, entry.name), level: next.level + 1 });
      }
    }
  };
  await enter(base, root);
  // The list grows while it is gone through, by the links of folders that links lead to.
  for (const link of links) {
    const target = await realpath(link).catch(() => undefined);
    if (target === undefined) faults.push({ path: link, what: "is a link that leads nowhere; mend or remove it", folder: false });
    // A link to what the folder itself is in leads round in a circle.
    else if (!seen.has(target) && !`${root}${sep}`.startsWith(`${target}${sep}`)) {
      const kind = await kindOf(target);
      if (kind === "folder") await enter(link, target);
      else if (kind === "file") {
        seen.add(target);
        files.push(link);
      }
    }
  }
  return { files: files.toSorted(), faults };
}

/** A glob as a walk from the folder that its fixed parts name. */
function globOf(pattern: string, dir: string) {
  const parts = pattern.split("/");
  const first = parts.findIndex(isGlob);
  const base = resolve(dir, parts.slice(0, first).join("/") || (pattern.startsWith("/") ? "/" : "."));
  const rest = parts.slice(first);
  const glob = rest.join("/");
  return {
    base,
    matches: (path: string) => matchesGlob(path, glob),
    hidden: rest.some((part) => part.startsWith(".")),
    depth: rest.some((part) => part.includes("**")) ? Infinity : rest.length,
  };
}

function createExclusions(patterns: readonly string[]) {
  const used = new Set<string>();
  const globs = patterns.map((pattern) => ({ pattern, glob: pattern.replace(/^\.\//, "").replace(/\/+$/, "") }));
  return {
    /** A path, below the experiment's folder, that a pattern matches as a whole, or whose name a pattern without a slash matches. */
    excludes: (shown: string): boolean =>
      globs.some(({ pattern, glob }) => {
        const left = shown === glob || shown.startsWith(`${glob}/`) || matchesGlob(glob.includes("/") ? shown : basename(shown), glob);
        if (left) used.add(pattern);
        return left;
      }),
    idle: () => patterns.filter((pattern) => !used.has(pattern)),
  };
}

/** Without the path, which stands before it. */
export function unreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
  return `cannot be read (${code}); check its name and permissions, or exclude it`;
}

function unknownFormat(extension: string): string {
  return extension === "" ? "a file without extension has no known format" : `unknown format "${extension}"`;
}

function isGlob(part: string): boolean {
  return /[*?[{]|[!+@]\(/.test(part);
}

async function kindOf(path: string): Promise<"file" | "folder" | "other" | "none"> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? "folder" : found.isFile() ? "file" : "other";
  } catch {
    return "none";
  }
}

function withoutExtension(path: string): string {
  return path.slice(0, path.length - extname(path).length);
}

function slashes(path: string): string {
  return path.split(sep).join("/");
}
