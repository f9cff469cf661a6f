import { randomBytes } from "node:crypto";
import { appendFile, chmod, chown, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { AppError, UsageError, hasCode } from "../../platform/errors.ts";
import type { ServerAccount } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import type { DataDirectory } from "./directory.ts";
import { runTool } from "./tool.ts";
import { serverSettings } from "./settings.ts";

/** The database in the server, and the name of its owner. */
export const DATABASE = "applicant_sync";

const ACCESS_FILE = "applicant-sync.json";
const SETTINGS_FILE = "applicant-sync.conf";

const INITDB_OPTIONS = [
  `--username=${DATABASE}`,
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
] as const;

const Access = z.object({ password: z.string(), port: z.int() });
/** How to reach the server of one data directory. Kept inside it, so that both appear and vanish together. */
export type Access = Readonly<z.infer<typeof Access>>;

/** Null where there is no data directory yet. */
export async function readAccess(directory: DataDirectory): Promise<Access | null> {
  try {
    return Access.parse(JSON.parse(await readFile(join(directory.cluster, ACCESS_FILE), "utf8")));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** Writes the port, and the settings that name it, for the next start. */
export async function writeAccess(
  directory: DataDirectory,
  access: Access,
  cluster = directory.cluster,
): Promise<void> {
  await writeOwned(join(cluster, SETTINGS_FILE), serverSettings(access.port), directory.account);
  await writeOwned(join(cluster, ACCESS_FILE), JSON.stringify(access), directory.account);
}

/** Throws `data_dir_version` unless the data directory was written by the major version of these programs. */
export async function checkVersion(directory: DataDirectory, binaries: Binaries): Promise<void> {
  const version = (await readFile(join(directory.cluster, "PG_VERSION"), "utf8")).trim();
  if (version === binaries.major) return;
  throw new UsageError(
    "data_dir_version",
    `The data directory ${directory.cluster} was written by Postgres ${version}, this version of applicant-sync brings Postgres ${binaries.major}: set DATA_DIR to another directory, or dump it with the version that wrote it and restore it into a Postgres named by DATABASE_URL`,
  );
}

/**
 * Creates the data directory: UTF-8, sorted by code point the same on every machine, one superuser with a password of
 * its own. It is made beside its final directory and then renamed, so that an interruption leaves nothing half-done.
 */
export async function createCluster(
  directory: DataDirectory,
  binaries: Binaries,
  port: number,
  signal?: AbortSignal,
): Promise<Access> {
  await removeUnfinished(directory);
  const unfinished = `${directory.cluster}.new-${randomBytes(4).toString("hex")}`;
  const passwordFile = `${unfinished}.password`;
  const access: Access = { port, password: randomBytes(24).toString("base64url") };
  await mkdir(unfinished, { mode: 0o700 });
  await own(unfinished, directory.account);
  await writeOwned(passwordFile, access.password, directory.account);
  const { code, output } = await runTool(
    binaries.initdb,
    [...INITDB_OPTIONS, `--pgdata=${unfinished}`, `--pwfile=${passwordFile}`],
    { account: directory.account, cwd: directory.home, signal },
  );
  if (code !== 0) {
    await removeUnfinished(directory);
    signal?.throwIfAborted();
    throw new AppError(
      "database_init_failed",
      `initdb could not create ${directory.cluster} (exit ${code}):\n${output}`,
      {
        disposition: "fail",
      },
    );
  }
  await appendFile(join(unfinished, "postgresql.conf"), `\ninclude_if_exists '${SETTINGS_FILE}'\n`);
  await writeAccess(directory, access, unfinished);
  await rm(passwordFile, { force: true });
  await rename(unfinished, directory.cluster);
  return access;
}

/** What an interrupted creation left. */
async function removeUnfinished(directory: DataDirectory): Promise<void> {
  const prefix = `${basename(directory.cluster)}.new-`;
  const left = (await readdir(directory.home)).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(join(directory.home, name), { recursive: true, force: true })));
}

/** Replaces a file at once, readable by the server's account alone. */
async function writeOwned(path: string, content: string, account: ServerAccount | null): Promise<void> {
  const next = join(dirname(path), `${basename(path)}.next`);
  await writeFile(next, content, { mode: 0o600 });
  await chmod(next, 0o600);
  await own(next, account);
  await rename(next, path);
}

async function own(path: string, account: ServerAccount | null): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}
