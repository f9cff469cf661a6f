import { randomBytes } from "node:crypto";
import { appendFile, chmod, chown, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { AppError, UsageError } from "../../platform/errors.ts";
import { ifThere } from "../../platform/files.ts";
import type { ServerAccount } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import type { DataDirectory } from "./directory.ts";
import { runTool } from "./tool.ts";

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

const ClusterAccess = z.object({ password: z.string(), port: z.int() });
/** How to reach the server of a data directory. It is stored inside the directory, so that both exist together or not at all. */
export type ClusterAccess = Readonly<z.infer<typeof ClusterAccess>>;

/** Null if there is no data directory yet. */
export async function readAccess(directory: DataDirectory): Promise<ClusterAccess | null> {
  const text = await ifThere(readFile(join(directory.cluster, ACCESS_FILE), "utf8"));
  return text === null ? null : ClusterAccess.parse(JSON.parse(text));
}

/** Writes the access file and the settings, which name the port, for the next start. */
export async function writeAccess(
  directory: DataDirectory,
  access: ClusterAccess,
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
 * Creates the data directory: UTF-8, sorted by code point on every machine, one superuser with a generated password. It is
 * created beside its final path and then renamed, so that an interruption leaves nothing incomplete.
 */
export async function createCluster(
  directory: DataDirectory,
  binaries: Binaries,
  port: number,
  signal?: AbortSignal,
): Promise<ClusterAccess> {
  await removeUnfinished(directory);
  const unfinished = `${directory.cluster}.new-${randomBytes(4).toString("hex")}`;
  const passwordFile = `${unfinished}.password`;
  const access: ClusterAccess = { port, password: randomBytes(24).toString("base64url") };
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
    const message = `initdb could not create ${directory.cluster} (exit ${code}):\n${output}`;
    throw new AppError("database_init_failed", message, { disposition: "fail" });
  }
  await appendFile(join(unfinished, "postgresql.conf"), `\ninclude_if_exists '${SETTINGS_FILE}'\n`);
  await writeAccess(directory, access, unfinished);
  await rm(passwordFile, { force: true });
  await rename(unfinished, directory.cluster);
  return access;
}

/** Removes the files of an interrupted creation. */
async function removeUnfinished(directory: DataDirectory): Promise<void> {
  const prefix = `${basename(directory.cluster)}.new-`;
  const left = (await readdir(directory.home)).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(join(directory.home, name), { recursive: true, force: true })));
}

/** Replaces a file atomically, readable by the server's account alone. */
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

/**
 * How much of a memory of so many bytes Postgres shares between its sessions, in MB: an eighth, from 64 to 512. A mirror is a few
 * gigabytes at most, and reports over a million applications read some hundred MB of it.
 */
export function sharedMegabytes(memory: number): number {
  return Math.floor(Math.min(512, Math.max(64, memory / 8 / 1024 ** 2)));
}

/** Of the machine or container, in bytes. */
function availableMemory(): number {
  // 0 or more than there is where nothing limits it.
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}

/** Our settings of the server, as lines of `postgresql.conf`. They are written at each start; `ALTER SYSTEM` overrides them. */
function serverSettings(port: number): string {
  const settings: Readonly<Record<string, string>> = {
    // Reached from this machine only, by password; no socket file, whose path may not exceed 107 bytes.
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    // Several processes of ours, each with the pools of Prisma and BullMQ, beside a reporting tool.
    max_connections: "200",
    // Most is taken as pages are read. Where reports do not find theirs in it, they wait for each other, and a page write for them.
    shared_buffers: `${sharedMegabytes(availableMemory())}MB`,
    effective_cache_size: "512MB",
    // Each session reads for itself: what helpers read for a report, they read at the priority of a sync.
    io_method: "sync",
    max_wal_size: "512MB",
    // A former file that is kept to be used again holds what was erased since.
    wal_recycle: "off",
    // Compiling costs more than it brings for pages of 50 rows.
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    // Messages of statements that fail hold values, which may be personal data: they go to the client that sent the statement.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  return ["# Written by applicant-sync at each start. Use ALTER SYSTEM to change a setting.", ...lines, ""].join("\n");
}
