import { createHash } from "node:crypto";
import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Logger } from "pino";
import { UsageError } from "../errors.ts";
import { canEnter, ownerOf, realPathOf, unprivilegedAccount, weAreRoot, type ServerAccount } from "./account.ts";
import { codeOf, hasCode } from "./system-error.ts";

/** Where everything of one embedded server lives. All paths are absolute. */
export interface Place {
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
  /** Under whom the server runs; null: as we do. */
  readonly account: ServerAccount | null;
}

/** Where root's servers live whose own account may not enter the wanted directory, such as a checkout in /root. */
const SUBSTITUTE_ROOT = "/var/lib/applicant-sync";

/** Finds and creates the directories for `dataDir`. Throws `data_dir_unusable` where we cannot write. */
export async function preparePlace(dataDir: string, logger: Pick<Logger, "info">): Promise<Place> {
  const wanted = resolve(dataDir);
  try {
    const place = await choosePlace(wanted);
    if (place.home !== wanted) {
      logger.info(
        { dataDir: wanted, place: place.home },
        "root cannot run Postgres and its substitute may not enter the data directory: the database lives elsewhere",
      );
    }
    await makeHome(place);
    return place;
  } catch (error) {
    throw unusable(wanted, error);
  }
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

async function choosePlace(wanted: string): Promise<Place> {
  if (!weAreRoot()) return placeAt(wanted, null);
  const fallback = await unprivilegedAccount();
  const substitute = join(SUBSTITUTE_ROOT, await hashOf(wanted));
  const here = placeAt(wanted, (await ownerOf(join(wanted, "postgres"))) ?? fallback);
  const there = placeAt(substitute, (await ownerOf(join(substitute, "postgres"))) ?? fallback);
  // A database that was once put elsewhere stays there, even when the wanted directory has become reachable.
  const startedThere = (await exists(there.cluster)) && !(await exists(here.cluster));
  return !startedThere && (await canEnter(wanted, here.account ?? fallback)) ? here : there;
}

function placeAt(home: string, account: ServerAccount | null): Place {
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

async function makeHome(place: Place): Promise<void> {
  await makeDirectory(place.home, place.account ? 0o755 : 0o700);
  await makeDirectory(place.lock, 0o700);
  await makeDirectory(place.users, 0o700);
}

/** Unlike `mkdir` with `recursive`, this heeds no umask, which may shut the account out, and ends on any file system. */
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
