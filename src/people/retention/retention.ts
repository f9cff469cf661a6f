/** Applies the periods of RETENTION: once a day, in batches, for a bounded time. */
import type { Logger } from "pino";
import { WORKER, writeAudit } from "../../database/audit.ts";
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import { requestCleanUp } from "../erase/clean-up.ts";
import { eraseWords, namesOf } from "../erase/words.ts";
import { quarantinedOf } from "../find/quarantined.ts";
import { ROWS } from "../find/rows.ts";
import { lockPeople } from "../suppression/suppress.ts";
import { isPersonClock, namesOf as clocksOf, PERSON_CLOCKS, type Clock, type Periods } from "./clocks.ts";
import { readDue } from "./due.ts";
import { announce, readmit } from "./notice-list.ts";
import { purge } from "./purge.ts";
import { todayOf } from "./preview.ts";

interface RetentionDeps {
  readonly database: Database;
  readonly account: string;
  /** Null: off. */
  readonly retention: Periods | null;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** People of one transaction: no page is written meanwhile. */
const PEOPLE = 50;
/** For how long one pass works; the next one goes on. */
const PASS_MS = 10 * 60_000;

/**
 * Returns the maintenance task that applies retention. It works once a day, and at the start of a process, as the periods may be others.
 * What it erases it notes in the audit, by ids.
 */
export function createRetention({ database, account, retention, logger }: RetentionDeps): () => Promise<void> {
  let appliedOn: string | null = null;
  return async () => {
    if (retention === null) return forget(database, account);
    const today = await todayOf(database, account);
    if (appliedOn === today) return;
    const applied = await applyRetention(database, account, retention, today);
    const { people, readmitted, rows, unapplied } = applied;
    if (people + readmitted + rows > 0) logger.info({ people, readmitted, rows }, "retention applied");
    if (unapplied.length > 0) logger.warn({ clocks: unapplied }, "retention not applied to the end");
    else appliedOn = today;
  };
}

export interface Applied {
  readonly people: number;
  /** People who were active again after they had been erased. */
  readonly readmitted: number;
  /** Rows that were deleted or emptied besides those of people. */
  readonly rows: number;
  /** Clocks that are not applied to the end: the time was up, or it is not known whose applications are open. */
  readonly unapplied: readonly Clock[];
}

/** Applies the periods as of a day (`2026-11-26`, in the time zone of the account). */
export async function applyRetention(
  database: Database,
  account: string,
  retention: Periods,
  today: string,
  now: () => number = Date.now,
): Promise<Applied> {
  const end = now() + PASS_MS;
  const isLate = () => now() >= end;
  const clocks = clocksOf(retention);
  await begin(database, account, clocks);
  const unapplied = new Set<Clock>();
  const readmitted = await inTransaction(database, (tx) => readmit(tx, account), { timeout: PASS_MS });
  await inTransaction(database, (tx) => announce(tx, account, today, retention), { timeout: PASS_MS });
  const isKnown = await knowsApplications(database, account);
  const erased = isKnown
    ? await erasePeople(database, account, retention, today, isLate)
    : { people: 0, isDone: false };
  if (!erased.isDone) clocks.filter(isPersonClock).forEach((clock) => unapplied.add(clock));
  let rows = 0;
  for (const clock of clocks) {
    const purged = await purge(database, account, { clock, period: retention.periods[clock] ?? "", today }, isLate);
    rows += purged.rows;
    // The log of requests holds nobody's data.
    if (purged.rows > 0 && clock !== "requests") await requestCleanUp(database, account);
    if (!purged.isDone) unapplied.add(clock);
  }
  const done = clocks.filter((clock) => !unapplied.has(clock));
  await database.$executeRaw`
    update public.retention_clock set done_on = ${today}::date, done_at = clock_timestamp()
    where account = ${account} and clock = any(${done})`;
  return { people: erased.people, readmitted, rows, unapplied: [...unapplied] };
}

async function begin(database: Database, account: string, clocks: readonly Clock[]): Promise<void> {
  await database.retentionClock.deleteMany({ where: { account, clock: { notIn: [...clocks] } } });
  await database.retentionClock.createMany({ data: clocks.map((clock) => ({ account, clock })), skipDuplicates: true });
}

async function forget(database: Database, account: string): Promise<void> {
  await database.retentionClock.deleteMany({ where: { account } });
  await database.retentionPerson.deleteMany({ where: { account } });
}

/** Whether the mirror shows which applications are open: their list was proven once, and was read within the last week. */
async function knowsApplications(database: Database, account: string): Promise<boolean> {
  const [row] = await database.$queryRaw<{ known: boolean }[]>`
    select exists (select from public.sync_run r where r.account = ${account} and r.resource = 'applications' and r.kind = 'full'
        and r.state = 'proven')
      and exists (select from public.sync_run r where r.account = ${account} and r.resource = 'applications'
        and r.state in ('proven', 'done') and r.finished_at > clock_timestamp() - interval '7 days') as known`;
  return row?.known ?? false;
}

/** Erases the people of the notice list whose day has come, until `isLate`. */
async function erasePeople(
  database: Database,
  account: string,
  retention: Periods,
  today: string,
  isLate: () => boolean,
): Promise<{ readonly people: number; readonly isDone: boolean }> {
  let people = 0;
  for (;;) {
    if (isLate()) return { people, isDone: false };
    const batch = await inTransaction(database, (tx) => eraseBatch(tx, account, retention, today));
    if (batch === null) return { people, isDone: true };
    people += batch;
  }
}

/** Erases the next people, if their period is still over now that nobody else writes. Returns how many; null: there is nobody left. */
async function eraseBatch(tx: Executor, account: string, retention: Periods, today: string): Promise<number | null> {
  await lockPeople(tx, account);
  const listed = await tx.$queryRaw<{ id: bigint }[]>`
    select applicant_id as id from public.retention_person where account = ${account} and erase_on <= ${today}::date
    order by erase_on limit ${PEOPLE}`;
  if (listed.length === 0) return null;
  const ids = listed.map(({ id }) => id);
  const due = (await readDue(tx, account, retention, ids)).filter(({ dueOn }) => dueOn <= today);
  await tx.$executeRaw`delete from public.retention_person where account = ${account} and applicant_id = any(${ids})`;
  if (due.length === 0) return 0;
  const applicants = due.map(({ applicantId }) => applicantId);
  await empty(tx, account, applicants);
  const facts = Object.fromEntries(
    PERSON_CLOCKS.map((clock) => [clock, due.filter((one) => one.clock === clock).length] as const),
  );
  await writeAudit(tx, {
    account,
    by: WORKER,
    what: "retention_applied",
    subjects: applicants.map((id) => `applicant ${id}`),
    facts,
  });
  return due.length;
}

/**
 * Empties the rows of people as those of a suppressed person, which the triggers of the database do once each row is touched. Ids, dates
 * and states stay, so that reports do. The same row at the source fills nothing again; new activity does (`readmit`). Their imports go by
 * IMPORT_RETENTION_DAYS; the reasons of decisions about these go now, as they stay for good in the audit.
 */
async function empty(tx: Executor, account: string, applicants: readonly bigint[]): Promise<void> {
  const ids = [...applicants];
  const rows = await tx.application.findMany({ where: { account, applicant_id: { in: ids } }, select: { id: true } });
  const applications = rows.map(({ id }) => id);
  const handed = await tx.applicantImport.findMany({
    where: { account, applicantId: { in: ids } },
    select: { id: true },
  });
  const subjects = { account, emails: [], applicants, imports: handed.map(({ id }) => id) };
  const names = await namesOf(tx, subjects, { lastNames: false });
  const quarantined = await quarantinedOf(tx, account, { emails: [], applicants, applications });
  const people = {
    account,
    emails: [],
    applicants,
    applications,
    imports: [],
    quarantined,
    requests: [],
    formerly: [],
  };
  await tx.suppression.createMany({
    data: ids.map((id) => ({ account, kind: "retention", hash: String(id), applicantId: id, isErased: true })),
  });
  await tx.$executeRaw`update public.change set before = before where ${ROWS.change(people)}`;
  await tx.$executeRaw`update public.quarantine set raw = raw where ${ROWS.quarantine(people)}`;
  await tx.$executeRaw`update public.application set hash = '' where ${ROWS.application(people)}`;
  await tx.$executeRaw`update public.applicant set hash = '' where ${ROWS.applicant(people)}`;
  await eraseWords(tx, subjects, names);
}
