/** Erases personal data of finished imports. Imports that are held or need a review are never touched. */
import type { Logger } from "pino";
import type { ImportConfig } from "../config/config.ts";
import { raw, type Database } from "../database/client.ts";
import { columnsOf, ERASED } from "../people/classes.ts";
import { requestCleanUp } from "../people/erase/clean-up.ts";
import { emptied } from "../people/erase/emptied.ts";
import { TABLES } from "../people/tables.ts";

interface RetentionOptions {
  readonly database: Database;
  readonly account: string;
  readonly imports: Pick<ImportConfig, "resumeRetentionDays" | "retentionDays">;
}

/** The daily maintenance task: runs `eraseOld`, and logs a line if anything was erased. */
export async function keepRetention(
  options: RetentionOptions & { readonly logger: Pick<Logger, "info"> },
): Promise<void> {
  const erased = await eraseOld(options);
  if (Object.values(erased).every((count) => count === 0)) return;
  await requestCleanUp(options.database, options.account);
  options.logger.info(erased, "erased personal data of old imports");
}

/** How many of each kind were erased. */
interface Erased {
  readonly resumes: number;
  readonly imports: number;
  readonly requests: number;
}

/** SQL: what erases a row. An import keeps its key, its file and its line, which an erasure of the person takes away. */
const IMPORT = raw(
  columnsOf(TABLES.applicant_import, ERASED)
    .map((column) => `${column} = null`)
    .join(", "),
);
const [EVENT, RESUME] = [raw(emptied("import_event")), raw(emptied("import_resume"))];

/** Rows of one transaction: few, so that deliveries do not wait long for its locks. */
const BATCH = 1_000;

/**
 * Erases, by the clock of the database: a CV `resumeRetentionDays` after its import was done; all personal data of an import, its CV
 * included, `retentionDays` after it was done or rejected; and the stored answers to requests of that age. The hash of the person, the
 * key, ids, states and times stay, so that the same person is recognised when imported again.
 */
export async function eraseOld({ database, account, imports }: RetentionOptions): Promise<Erased> {
  const { resumeRetentionDays, retentionDays } = imports;
  return {
    resumes: await inBatches(() => eraseResumes(database, account, resumeRetentionDays)),
    imports: await inBatches(() => eraseImports(database, account, retentionDays)),
    requests: await database.$executeRaw`
      delete from public.import_request where account = ${account}
        and at < clock_timestamp() - make_interval(days => ${retentionDays}::integer)`,
  };
}

async function inBatches(erase: () => Promise<number>): Promise<number> {
  let erased = 0;
  for (;;) {
    const batch = await erase();
    erased += batch;
    if (batch < BATCH) return erased;
  }
}

function eraseResumes(database: Database, account: string, days: number): Promise<number> {
  return database.$executeRaw`
    update public.import_resume set ${RESUME}
    where import_id in (
      select i.id from public.import_resume r join public.applicant_import i on i.id = r.import_id
      where r.bytes is not null and i.account = ${account} and i.state = 'done'
        and i.finished_at < clock_timestamp() - make_interval(days => ${days}::integer)
      limit ${BATCH})`;
}

async function eraseImports(database: Database, account: string, days: number): Promise<number> {
  const [batch] = await database.$queryRaw<{ erased: number }[]>`
    with old as materialized (
      select id from public.applicant_import
      where account = ${account} and erased_at is null and state in ('done', 'rejected')
        and finished_at < clock_timestamp() - make_interval(days => ${days}::integer)
      order by id limit ${BATCH} for update skip locked),
    events as (
      update public.import_event set ${EVENT} where import_id in (select id from old) and reason is not null),
    resumes as (
      update public.import_resume set ${RESUME} where import_id in (select id from old)),
    imports as (
      update public.applicant_import set erased_at = clock_timestamp(), ${IMPORT}
      where id in (select id from old) returning 1)
    select count(*)::int as erased from imports`;
  return batch?.erased ?? 0;
}
