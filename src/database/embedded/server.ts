import { chmod, chown, open, rename, stat, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { AppError } from "../../platform/errors.ts";
import { findBinaries, type Binaries } from "./binaries.ts";
import { checkVersion, createCluster, readAccess, writeAccess, type ClusterAccess } from "./cluster.ts";
import type { DataDirectory } from "./directory.ts";
import { freePort } from "./port.ts";
import { findPostmaster, forgetDeadPostmaster } from "./postmaster.ts";
import { runTool } from "./tool.ts";

type ServerLogger = Pick<Logger, "info" | "warn" | "debug">;

const POLL_MS = 25;
/** Recovery after a power cut reads the log since the last checkpoint, which takes seconds, minutes at worst. */
const PATIENCE_SECONDS = 300;
const START_ATTEMPTS = 5;
const LOG_ROTATE_BYTES = 10_000_000;
const LOG_TAIL_BYTES = 8_000;

/**
 * Makes sure that a server runs on the data directory, and creates the directory if there is none. Uses a server that runs,
 * and waits for one that is starting or stopping. Call it under the lock of the data directory. Throws `database_start_failed` with the
 * last lines of the server's log, `data_dir_version`, or what `findBinaries` throws.
 */
export async function ensureServer(
  directory: DataDirectory,
  logger: ServerLogger,
  signal?: AbortSignal,
): Promise<ClusterAccess> {
  const running = await settledPort(directory, logger);
  const known = await readAccess(directory);
  if (running !== null && known) return { ...known, port: running };
  const binaries = await findBinaries(directory, logger);
  if (known) await checkVersion(directory, binaries);
  else logger.info({ directory: directory.cluster }, "creating the database, once");
  const access = known ?? (await createCluster(directory, binaries, await freePort(), signal));
  return startServer(directory, binaries, access, logger);
}

/** Stops the server, cutting its connections; does nothing if none runs. Call it under the lock of the data directory. */
export async function stopServer(directory: DataDirectory, logger: ServerLogger): Promise<void> {
  if ((await findPostmaster(directory)) === null) return;
  const { pgCtl } = await findBinaries(directory, logger);
  const args = ["stop", "-D", directory.cluster, "-m", "fast", "-w", "-t", "60"];
  const { code, output } = await runTool(pgCtl, args, { account: directory.account, cwd: directory.home });
  if (code !== 0 && (await findPostmaster(directory)) !== null) {
    throw new AppError("database_stop_failed", `Postgres in ${directory.cluster} does not stop: ${output}`);
  }
  logger.debug({ directory: directory.cluster }, "database stopped");
}

/** The port of the running server, once it is ready; null if there is none. */
async function settledPort(directory: DataDirectory, logger: ServerLogger): Promise<number | null> {
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  for (let round = 0; Date.now() < deadline; round += 1) {
    const postmaster = await findPostmaster(directory);
    if (postmaster === null) return null;
    if (postmaster.ready && postmaster.port !== null) return postmaster.port;
    if (round === 40)
      logger.info({ directory: directory.cluster }, "waiting for the database, which is starting or stopping");
    await delay(POLL_MS);
  }
  throw new AppError(
    "database_start_failed",
    `Postgres in ${directory.cluster} neither starts nor stops: see ${directory.log}`,
  );
}

async function startServer(
  directory: DataDirectory,
  binaries: Binaries,
  known: ClusterAccess,
  logger: ServerLogger,
): Promise<ClusterAccess> {
  let access = known;
  for (let attempt = 1; ; attempt += 1) {
    access = { ...access, port: await freePort(access.port) };
    if (access.port !== known.port)
      logger.info({ port: access.port }, "the database's port is in use: using another one");
    await writeAccess(directory, access);
    const problem = await tryStart(directory, binaries);
    if (problem === null) {
      logger.debug({ directory: directory.cluster, port: access.port }, "database started");
      return access;
    }
    // Another process has taken the port, or processes of a killed server are still ending.
    const passing = /Address already in use|could not bind|pre-existing shared memory block/.test(problem);
    if (!passing || attempt === START_ATTEMPTS) {
      throw new AppError(
        "database_start_failed",
        `Postgres does not start in ${directory.cluster}; the last lines of ${directory.log}:\n${problem}`,
        { disposition: "fail" },
      );
    }
    await delay(attempt * 200);
  }
}

/** Null if it runs, otherwise the messages of the server's log or of `pg_ctl`. */
async function tryStart(directory: DataDirectory, binaries: Binaries): Promise<string | null> {
  await forgetDeadPostmaster(directory);
  const from = await prepareLog(directory);
  const { code, output } = await runTool(
    binaries.pgCtl,
    ["start", "-D", directory.cluster, "-l", directory.log, "-w", "-t", String(PATIENCE_SECONDS)],
    { account: directory.account, cwd: directory.home, discardOutput: process.platform === "win32" },
  );
  if (code === 0) return null;
  return (await readLogTail(directory, from)) || output;
}

/** Creates the log file for the server's account and renames a long one. Returns its length in bytes. */
async function prepareLog(directory: DataDirectory): Promise<number> {
  const size = await stat(directory.log).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_ROTATE_BYTES) await rename(directory.log, `${directory.log}.1`);
  await writeFile(directory.log, "", { flag: "a", mode: 0o600 });
  await chmod(directory.log, 0o600);
  if (directory.account) await chown(directory.log, directory.account.uid, directory.account.gid);
  return size > LOG_ROTATE_BYTES ? 0 : size;
}

/** The last lines, at most 20, that were written after byte `from`. */
async function readLogTail(directory: DataDirectory, from: number): Promise<string> {
  const file = await open(directory.log, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - LOG_TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - start)), 0, null, start);
    return buffer.toString("utf8", 0, bytesRead).trim().split("\n").slice(-20).join("\n");
  } finally {
    await file.close();
  }
}
