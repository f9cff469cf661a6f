/** Keeps enough imports in the queue to keep it busy, but never all of them. */
import { inTransaction, type Executor, raw } from "../../database/client.ts";
import { type OutboxContext, type OutboxJob, jobOf } from "../context.ts";
import { draftLots } from "../intake/sql/drafts.ts";
import { gateOf } from "./send-gate.ts";
import { retryRefused } from "./refusals.ts";
import { because } from "../import/reasons.ts";
import { lockImport, moveStep, stepOf } from "../import/row.ts";
import { followSwitch, queryOf } from "../operations/switch.ts";

/** A lane of the queue with fewer than LOW jobs gets up to FILL more: half a minute of work at two requests a second. */
const LOW = 20;
const FILL = 40;
/** A request and its record need far less time, so an import that is `sending` for longer has lost its worker. */
const SENDING_LIVES_SECONDS = 120;
/** How long one maintenance task moves imports into the states that the kill switch asks for. */
const FOLLOW_MS = 5_000;
/** How long after an outcome became unknown the first lookup runs. */
const FIRST_LOOKUP_SECONDS = 10;

/**
 * Enqueues the next imports, single ones before those of a batch, and checks new drafts in small lots, so that thousands of drafts do not
 * delay imports that are ready.
 */
export async function dispatch(context: OutboxContext): Promise<void> {
  const nextLot = draftLots(context);
  do await fillQueue(context);
  while (await nextLot());
}

async function fillQueue(context: OutboxContext): Promise<void> {
  const jobs = await inTransaction(context.database, async (tx) =>
    (await gateOf(tx, context)).open ? fill(tx, context) : [],
  );
  for (const job of jobs) await context.enqueue(job);
}

/** The columns that a job is made of. */
type Queued = Parameters<typeof jobOf>[1];
const QUEUED = raw(
  `id, applicant_state as "applicantState", resends, attempts, lookups, lookup_page as "lookupPage", bulk`,
);

/**
 * Marks the imports that the queue takes next, of both lanes, and returns their jobs. They are chosen first, by themselves: a plan that
 * chose anew for each import would pass the limit.
 */
async function fill(tx: Executor, { account }: OutboxContext): Promise<readonly OutboxJob[]> {
  const rows = await tx.$queryRaw<Queued[]>`
    with due as materialized (
      select i.id from (values (false), (true)) as lane (bulk) cross join lateral (
        select count(*) as queued from public.applicant_import
        where account = ${account} and state = 'ready' and bulk = lane.bulk and queued_at is not null) as q cross join lateral (
        select id from public.applicant_import
        where q.queued < ${LOW} and account = ${account} and state = 'ready' and bulk = lane.bulk and queued_at is null
          and (not_before is null or not_before <= clock_timestamp())
        order by id limit ${FILL} for update skip locked) as i)
    update public.applicant_import set queued_at = clock_timestamp() where id in (select id from due)
    returning ${QUEUED}`;
  return rows
    .toSorted((a, b) => Number(a.bulk) - Number(b.bulk) || Number(a.id - b.id))
    .map((row) => jobOf("deliver", row));
}

/**
 * The maintenance task of the outbox, which makes up for a lost queue, notice or worker: it enqueues again what was in the queue (the
 * queue drops what it still has), moves imports that lost their worker to `unknown`, and enqueues due lookups.
 */
export async function reconcilePending(context: OutboxContext): Promise<void> {
  await expireStaleSends(context);
  await followSwitch(queryOf(context.database), context.account, FOLLOW_MS);
  await retryRefused(context.database, context.account);
  const rows = await context.database.$queryRaw<(Queued & { readonly state: string })[]>`
    select ${QUEUED}, state from public.applicant_import
    where account = ${context.account} and (
      (state = 'ready' and queued_at is not null)
      or (state = 'unknown' and unknown_since <= clock_timestamp() - make_interval(secs =>
        case when lookups = 0 then ${Math.min(FIRST_LOOKUP_SECONDS, context.imports.unknownWaitSeconds)}::double precision
          else ${context.imports.unknownWaitSeconds}::double precision end)))
    order by id limit 500`;
  for (const row of rows) {
    // A lookup that has begun continues at its page.
    await context.enqueue(jobOf(row.state === "unknown" || row.lookupPage > 0 ? "reconcile" : "deliver", row));
  }
  await dispatch(context);
}

/** Moves imports that lost their worker while `sending` to `unknown`. */
async function expireStaleSends({ database, account }: OutboxContext): Promise<void> {
  const lost = await database.$queryRaw<{ id: bigint }[]>`
    select id from public.applicant_import where account = ${account} and state = 'sending'
      and claimed_at < clock_timestamp() - make_interval(secs => ${SENDING_LIVES_SECONDS}::double precision)`;
  for (const { id } of lost) {
    await inTransaction(database, async (tx) => {
      const row = await lockImport(tx, account, id);
      if (row === null || stepOf(row).state !== "sending") return;
      await moveStep(tx, row, because("worker_lost"));
    });
  }
}
