/** `database copy-to`: the whole database into another Postgres, which goes on instead. */
import { postgresUrl } from "../config/formats.ts";
import { createDatabase } from "../database/client.ts";
import { copyDatabase, refuseEmptySource, type CopyReport } from "../database/copy/copy.ts";
import { holdForMove } from "../outbox/restore/restore.ts";
import { createWatermark } from "../outbox/restore/watermark.ts";
import { AppError, UsageError } from "../platform/errors.ts";
import type { Context, Stores } from "../process/stores.ts";
import { openQueue } from "../process/queue.ts";
import { table } from "../platform/text.ts";
import { byCommand } from "./decider.ts";
import { describeStores, openExisting } from "./stores.ts";

interface DatabaseCopy extends CopyReport {
  /** Each without its login. */
  readonly from: string;
  readonly to: string;
}

/**
 * Copies the database into the one at `url`, or at COPY_TO_URL. Throws `copy_target_missing`, `copy_target_invalid`,
 * `no_database`, `copy_source_empty`, `worker_running`, `workers_unknown`, and what `copyDatabase` throws.
 */
export async function copyDatabaseTo(context: Context, url: string | null): Promise<DatabaseCopy> {
  const to = targetOf(url ?? context.config.database.copyTo);
  const stores = await openExisting(context);
  const from = describeStores(stores);
  await refuseEmptySource(stores.databaseUrl, from);
  await refuseWorkers(context, stores);
  const report = await move(context, stores, to);
  const { host, pathname } = new URL(to);
  return { ...report, from, to: `${host}${pathname}` };
}

export function renderDatabaseCopy({ from, to, tables, left }: DatabaseCopy): string {
  const filled = tables.filter(({ rows }) => rows > 0);
  const others =
    left.length === 0 ? "" : `\n\nNot copied, because they are not tables of applicant-sync: ${left.join(", ")}.`;
  return `${table(
    ["table", "rows"],
    filled.map(({ name, rows }) => [name, String(rows)]),
  )}

Copied to ${to}, all tables at one moment, from ${from}.${others}

Both databases now hold the same waiting imports, and neither sends any until you release them in one:
  1. Set DATABASE_URL to the new one, and start no worker on the old one again.
  2. applicant-sync start
  3. applicant-sync imports list; then applicant-sync imports release --all --after-restore.`;
}

/**
 * Copies while all imports are held, in both databases for good. If the copy fails, they are as they were; if this process is killed, they
 * stay held, with a reason that says what to do.
 */
async function move(
  { config, lifecycle, logger }: Context,
  { databaseUrl, database }: Stores,
  to: string,
): Promise<CopyReport> {
  const undo = await holdForMove({ database, account: config.account, by: byCommand(null) });
  const copying = copyDatabase({ from: databaseUrl, to, signal: lifecycle.signal });
  lifecycle.add("held imports", () => copying.catch(undo));
  const report = await copying;
  const target = createDatabase(to, { connections: 2 });
  lifecycle.add("new database", () => target.$disconnect());
  // As its first start would: it is a copy, says so, and has an identity of its own from here on.
  const quiet = { warn: logger.debug.bind(logger) };
  await createWatermark({
    database: target,
    account: config.account,
    marks: [],
    directoryId: null,
    logger: quiet,
  }).check();
  return report;
}

function targetOf(url: string | null): string {
  if (url === null || url === "") {
    throw new UsageError("copy_target_missing", {
      en: "There is no target to copy to. Give database copy-to URL, or set COPY_TO_URL (or COPY_TO_URL_FILE, a file that holds it), where other users of this machine cannot see the password.",
      fr: "Il n'y a pas de cible. Donnez database copy-to URL, ou définissez COPY_TO_URL (ou COPY_TO_URL_FILE, un fichier qui la contient), où les autres utilisateurs de cette machine ne voient pas le mot de passe.",
    });
  }
  const checked = postgresUrl.safeParse(url);
  if (checked.success) return url;
  const wanted = checked.error.issues.map(({ message }) => message).join("; ");
  throw new UsageError("copy_target_invalid", {
    en: `The URL to copy to must be ${wanted}.`,
    fr: `L'URL de la cible doit être de la forme : ${wanted}.`,
  });
}

/** A worker names each of its connections to the queue, so it counts as long as it is connected, idle or not. */
async function refuseWorkers(context: Context, stores: Stores): Promise<void> {
  const { config } = context;
  const found = await stores.database.account.findMany({ select: { account: true } });
  for (const account of new Set([config.account, ...found.map((one) => one.account)])) {
    const { queue } = await openQueue({ ...context, config: { ...config, account } }, stores);
    const workers = await queue.workers();
    if (workers === 0) continue;
    if (workers === null) {
      const unknown = `Whether a worker of account ${account} runs is unknown: this user of Redis may not list connections. Allow it with: ACL SETUSER … +client|list. Nothing was copied.`;
      throw new AppError("workers_unknown", unknown, { disposition: "fail" });
    }
    const message = `A worker or a sync of account ${account} is running and would go on with what is copied. Stop it, then copy. Nothing was copied.`;
    throw new AppError("worker_running", message, { disposition: "fail" });
  }
}
