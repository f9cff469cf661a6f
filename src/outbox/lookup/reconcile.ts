/** The lookups of imports: of those of unknown outcome, and of those that the mirror may not show, before they are sent. */
import type { CallContext } from "../../api/client.ts";
import { ApiError } from "../../api/errors.ts";
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import { closeCircuit } from "../delivery/circuit-breaker.ts";
import { type OutboxContext, type OutboxJob, jobOf } from "../context.ts";
import { LIST_REFUSED } from "../../api/answer/body.ts";
import { existingOf } from "./existing.ts";
import { lookUp, type LookupResult } from "./lookup.ts";
import { releaseWaiting } from "../delivery/refusals.ts";
import { because, reasonCodeOf } from "../import/reasons.ts";
import { sentence } from "../import/sentences.ts";
import { loadImport, lockImport, moveStep, stepOf, type ImportRow } from "../import/row.ts";

/** How many lookups in a row without a match, the last of them after the waiting time, prove absence. */
const LOOKUPS_PROVING_ABSENCE = 2;

/**
 * Looks up an import of unknown outcome, one request at a time. If it is found, it becomes `sent`. If two lookups prove that it is
 * absent, the last of them after `unknownWaitSeconds`, it becomes `ready` again, at most once. Otherwise it becomes `needs_review`.
 */
export async function reconcile(
  context: OutboxContext,
  job: Pick<OutboxJob, "import">,
  call: CallContext,
): Promise<void> {
  const { database, account } = context;
  const row = await loadImport(database, account, job.import);
  if (row === null || stepOf(row).state !== "unknown") return;
  const result = (await knownNow(database, row)) ?? (await lookUp(context, row, stepOf(row).step, call).catch(giveUp));
  const next = await inTransaction(database, (tx) => conclude(tx, context, row, result));
  if (next !== null) await context.enqueue(next);
}

/** Returns `unseen` if the API refuses the lookup for good. Throws any other error. */
function giveUp(error: unknown): LookupResult {
  if (!(error instanceof ApiError) || error.disposition !== "fail") throw error;
  return { is: "unseen", reason: sentence("lookup_refused", { code: error.code }) };
}

/** Returns what the mirror or another import has learned meanwhile, without a request. */
async function knownNow(database: Database, row: ImportRow): Promise<LookupResult | null> {
  const { applicant, application } = await existingOf(database, row);
  const id = stepOf(row).step === "applicant" ? applicant : application;
  return id === null ? null : { is: "there", id };
}

/** Writes the result of a lookup step, unless the import has changed meanwhile. Returns the job that follows at once. */
async function conclude(
  tx: Executor,
  { account, imports, logger }: OutboxContext,
  seen: ImportRow,
  result: LookupResult,
): Promise<OutboxJob | null> {
  const row = await lockImport(tx, account, seen.id);
  if (row === null || stepOf(row).state !== "unknown" || row.attempts !== seen.attempts) return null;
  // Another lookup was recorded meanwhile: two at the same moment count as one.
  if (row.lookups !== seen.lookups || row.lookupPage !== seen.lookupPage) return null;
  if (result.is === "more") {
    await tx.applicantImport.update({ where: { id: row.id }, data: { lookupPage: result.at } });
    return jobOf("reconcile", { ...row, lookupPage: result.at });
  }
  if (result.is === "there") {
    await moveStep(tx, row, { to: "sent", id: result.id, origin: "found" });
    if (stepOf(row).step === "application") await releaseWaiting(tx, row);
    await closeCircuit(tx, account);
    return row.applicationState === "waiting" ? jobOf("deliver", { ...row, applicantState: "sent", resends: 0 }) : null;
  }
  const lookups = row.lookups + 1;
  const absences = result.is === "absent" ? row.absences + 1 : 0;
  await tx.applicantImport.update({ where: { id: row.id }, data: { lookups, absences, lookupPage: 0 } });
  if (lookups < LOOKUPS_PROVING_ABSENCE || !(await hasWaited(tx, row, imports.unknownWaitSeconds))) return null;
  const mayGoAgain = result.is === "absent" && !row.existsThere && row.resends === 0;
  // After a lookup that could not see it, a single absence is no proof.
  if (mayGoAgain && absences < LOOKUPS_PROVING_ABSENCE) return null;
  if (mayGoAgain) {
    const reason = sentence("proven_absent", { count: absences, seconds: imports.unknownWaitSeconds });
    await moveStep(tx, row, { ...because("proven_absent", reason), resent: true });
    return jobOf("deliver", { ...row, resends: row.resends + 1 });
  }
  const reason = adviceFor(row, result);
  await moveStep(tx, row, { to: "needs_review", reasonCode: reasonCodeOf(row.reasonCode), reason });
  logger.warn({ import: Number(row.id), code: row.reasonCode }, "import needs a review");
  return null;
}

async function hasWaited(tx: Executor, row: ImportRow, seconds: number): Promise<boolean> {
  const [found] = await tx.$queryRaw<{ waited: boolean }[]>`
    select unknown_since <= clock_timestamp() - make_interval(secs => ${seconds}::double precision) as waited
    from public.applicant_import where id = ${row.id}`;
  return found?.waited ?? false;
}

function adviceFor(row: ImportRow, result: LookupResult): string {
  const known = row.reason ?? sentence("outcome_unknown");
  const found =
    result.is === "unseen" ? result.reason : row.existsThere ? sentence("not_found") : sentence("resent_already");
  return `${known} ${found} ${sentence("then_resolve", { id: String(row.id) })}`;
}

/**
 * Makes one lookup step for an import that is `ready`; the last step enqueues the job that sends it. Throws an error that refuses
 * the key or the whole list, because every other import would be refused too.
 */
export async function lookUpBeforeSending(context: OutboxContext, row: ImportRow, call: CallContext): Promise<void> {
  const result = await lookUp(context, row, stepOf(row).step, call).catch((error: unknown) => {
    if (isAccessRefused(error)) throw error;
    return giveUp(error);
  });
  const next = await inTransaction(context.database, (tx) => concludeBefore(tx, context, row, result));
  if (next !== null) await context.enqueue(next);
}

/** Returns whether the API refused a lookup because of the key, not because of the person. */
export function isAccessRefused(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || error.disposition !== "fail") return false;
  return error.kind === "unauthorised" || error.kind === "refused" || error.code === LIST_REFUSED;
}

/** Writes the result of a lookup step before sending, unless the import has changed meanwhile. */
async function concludeBefore(
  tx: Executor,
  { account, accountKind }: OutboxContext,
  seen: ImportRow,
  result: LookupResult,
): Promise<OutboxJob | null> {
  const row = await lockImport(tx, account, seen.id);
  if (row === null || stepOf(row).state !== "ready" || row.lookupPage !== seen.lookupPage) return null;
  if (stepOf(row).step !== stepOf(seen).step) return null;
  if (result.is === "there") {
    await moveStep(tx, row, { to: "sent", id: result.id, origin: "existing", emailExpected: false });
    return row.applicationState === "waiting" ? jobOf("deliver", { ...row, applicantState: "sent", resends: 0 }) : null;
  }
  if (result.is === "unseen" && accountKind === "customer") {
    const reason = `${sentence("person_unknown")} ${result.reason} ${sentence("then_release")}`;
    await moveStep(tx, row, because("not_looked_up", reason));
    return null;
  }
  const at = result.is === "more" ? result.at : row.lookupPage + 1;
  await tx.$executeRaw`
    update public.applicant_import set lookup_page = ${result.is === "more" ? at : 0}::integer,
      looked_up_at = case when ${result.is === "more"}::boolean then looked_up_at else clock_timestamp() end
    where id = ${row.id}`;
  return jobOf("reconcile", { ...row, lookupPage: at });
}
