/** Finds files by names that another system may have written differently. */
import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { comparable } from "../../../platform/comparable.ts";

type FoundFile = { readonly path: string } | { readonly fault: "path_not_there" | "path_several" | "path_outside" };

/** Finds a file by its path in a directory, with `/` between its parts. Nothing outside the directory is found. */
export type FindFile = (local: string) => Promise<FoundFile>;

interface Listing {
  readonly changedAt: number;
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/**
 * Finds files in the directory at `root`, a path without symlinks. A directory is listed only when a name is not there as it is written,
 * and listed again only when it has changed.
 */
export function createFileFinder(root: string): FindFile {
  const listings = new Map<string, Listing>();

  /** The names in a directory by their comparable forms: of Unicode, case and white space. */
  async function list(path: string): Promise<Listing["names"]> {
    const { mtimeMs: changedAt } = await stat(path);
    const known = listings.get(path);
    if (known?.changedAt === changedAt) return known.names;
    const names = new Map<string, string[]>();
    for (const name of await readdir(path)) {
      const key = comparable(name);
      names.set(key, [...(names.get(key) ?? []), name]);
    }
    listings.set(path, { changedAt, names });
    return names;
  }

  async function findAlike(local: string): Promise<FoundFile> {
    let at = root;
    for (const part of local.split("/").filter((name) => name !== "" && name !== ".")) {
      const names = await list(at).catch(() => null);
      const [name, ...more] = names?.get(comparable(part)) ?? [];
      const exact = [name, ...more].find((one) => one === part);
      if (name === undefined) return { fault: "path_not_there" };
      if (more.length > 0 && exact === undefined) return { fault: "path_several" };
      at = join(at, exact ?? name);
    }
    return { path: at };
  }

  return async (local) => {
    if (local.includes("\0")) return { fault: "path_not_there" };
    const real = await realpath(join(root, local)).catch(() => null);
    const found = real === null ? await findAlike(local) : { path: real };
    if ("fault" in found) return found;
    const path = await realpath(found.path).catch(() => null);
    if (path === null) return { fault: "path_not_there" };
    const inside = relative(root, path);
    const isOutside = inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
    return isOutside ? { fault: "path_outside" } : { path };
  };
}
