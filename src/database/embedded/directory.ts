import { createHash } from "node:crypto";
import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Logger } from "pino";
import { UsageError, codeOf, hasCode } from "../../platform/errors.ts";
import { canEnter, ownerOf, realPathOf, unprivilegedAccount, weAreRoot, type ServerAccount } from "./account.ts";

/** The paths of one embedded server, all absolute. */
export interface DataDirectory {
  readonly home: string;
  /** The data directory in the sense of Postgres. */
  readonly cluster: string;
  readonly log: string;
  /** One entry per process that is starting or stopping the server. */
  readonly lock: string;
  /** One entry per process that uses the server. */
  readonly users: string;
  /** While this file is there, the last user leaves the server running. */
  readonly keep: string;
  /** The account of the server; null: our own. */
  readonly account: ServerAccount | null;
}

/** The directory for root's servers if their account may not enter the wanted one, such as a checkout in /root. */
const SUBSTITUTE_ROOT = "/var/lib/applicant-sync";

/** Finds and creates the directories for `dataDir`. Throws `data_dir_unusable` where we cannot write. */
export async function prepareDataDirectory(dataDir: string, logger: Pick<Logger, "info">): Promise<DataDirectory> {
  const wanted = resolve(dataDir);
  try {
    const directory = await chooseDirectory(wanted);
    if (directory.home !== wanted) {
      logger.info(
        { dataDir: wanted, directory: directory.home },
        "root cannot run Postgres and its substitute may not enter the data directory: the database lives elsewhere",
      );
    }
    await makeHome(directory);
    return directory;
  } catch (error) {
    throw unusable(wanted, error);
  }
}

/** Returns where the embedded database of `dataDir` lies, or would lie, and whether it is there. Creates nothing. */
export async function locateEmbedded(
  dataDir: string,
): Promise<{ readonly directory: string; readonly isThere: boolean }> {
  const { cluster } = await chooseDirectory(resolve(dataDir));
  const isThere = await stat(join(cluster, "PG_VERSION")).then(
    () => true,
    // One that we may not enter may well be there: opening it says what is wrong.
    (error: unknown) => !hasCode(error, "ENOENT", "ENOTDIR"),
  );
  return { directory: cluster, isThere };
}

/** The error for a directory that the system does not let us use. */
export function unusable(path: string, cause: unknown): unknown {
  if (!hasCode(cause, "EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENOENT")) return cause;
  return new UsageError(
    "data_dir_unusable",
    `Cannot write to the data directory ${path} (${codeOf(cause)}): make it a directory of this user, set DATA_DIR to another one, or set DATABASE_URL to use your own Postgres`,
    { cause },
  );
}

/** Where the database of `dataDir` is, or would be made. Creates nothing. */
export function locateDataDirectory(dataDir: string): Promise<DataDirectory> {
  return chooseDirectory(resolve(dataDir));
}

async function chooseDirectory(wanted: string): Promise<DataDirectory> {
  if (!weAreRoot()) return directoryAt(wanted, null);
  const fallback = await unprivilegedAccount();
  const substitute = join(SUBSTITUTE_ROOT, await hashOf(wanted));
  const here = directoryAt(wanted, (await ownerOf(join(wanted, "postgres"))) ?? fallback);
  const there = directoryAt(substitute, (await ownerOf(join(substitute, "postgres"))) ?? fallback);
  // A database that was created elsewhere stays there, even if the wanted directory has become reachable.
  const startedThere = (await exists(there.cluster)) && !(await exists(here.cluster));
  return !startedThere && (await canEnter(wanted, here.account ?? fallback)) ? here : there;
}

function directoryAt(home: string, account: ServerAccount | null): DataDirectory {
  return {
    home,
    account,
    cluster: join(home, "postgres"),
    log: join(home, "postgres.log"),
    lock: join(home, "postgres.lock"),
    users: join(home, "postgres.users"),
    keep: join(home, "postgres.keep"),
  };
}

async function makeHome(directory: DataDirectory): Promise<void> {
  await makeDirectory(directory.home, directory.account ? 0o755 : 0o700);
  await makeDirectory(directory.lock, 0o700);
  await makeDirectory(directory.users, 0o700);
}

/** Unlike `mkdir` with `recursive`, it ignores the umask, which may exclude the account, and ends on any file system. */
async function makeDirectory(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path);
    await chmod(path, mode);
  } catch (error) {
    if (hasCode(error, "EEXIST") && (await stat(path)).isDirectory()) return;
    if (!hasCode(error, "ENOENT") || (await exists(dirname(path)))) throw error;
    await makeDirectory(dirname(path), mode);
    await makeDirectory(path, mode);
  }
}

async function hashOf(wanted: string): Promise<string> {
  return createHash("sha256")
    .update(await realPathOf(wanted))
    .digest("hex")
    .slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
