/** Looks an import up before it is sent if the mirror may not know who is in the account. One request for each step. */
import type { CallContext } from "../../api/client.ts";
import { ApiError } from "../../api/errors.ts";
import { LIST_REFUSED } from "../../api/answer/list-errors.ts";
import { inTransaction, type Executor } from "../../database/client.ts";
import type { InputRules } from "../import/fields.ts";
import { jobOf, type OutboxJob } from "../delivery/jobs.ts";
import { lookUp, type LookupResult } from "./lookup.ts";
import { giveUp, type ReconcileDeps } from "./reconcile.ts";
import { lockImport, moveStep, stepOf, type ImportRow } from "../import/row.ts";
import type { Step } from "../import/states.ts";
import { isWaived } from "../import/waived.ts";

export interface LookupBeforeSendingOptions {
  readonly account: string;
  readonly accountKind: "customer" | "jobboard";
  readonly rules: Pick<InputRules, "scopes">;
}

export type LookupBeforeSendingDeps = LookupBeforeSendingOptions & Omit<ReconcileDeps, "imports">;

/** `send` at once, `look up` first because the mirror may lack it, or `hold` because it may be there and cannot be looked up. */
export type Readiness = "send" | "look up" | "hold";

/** The reason codes of imports that are held because nothing shows whether they were sent. */
const AFTER_RESTORE = "after_restore";
const NOT_LOOKED_UP = "not_looked_up";

/**
 * How long the mirror counts as fresh after its latest run: two ticks of the incremental sync. It lacks what other programs, or
 * another database with the same file, have created since.
 */
const FRESH_MINUTES = 30;
/** How long a lookup that found nothing is valid. An import that waits longer is looked up again. */
const LOOKUP_VALID_MINUTES = 10;

interface Knowledge {
  /** When the database was last found to be restored or copied. */
  readonly foundAt: Date | null;
  /** A full run since then has proven that the mirror shows everybody. */
  readonly isProven: boolean;
  /** A run began within `FRESH_MINUTES`. */
  readonly isRecent: boolean;
  readonly isLookedUp: boolean;
}

/**
 * Decides from the mirror whether the current step of an import may be sent. A customer's import is looked up unless the mirror is proven
 * and fresh. A jobboard can look people up only through their applications, and does so after a restore: an import that was open in the
 * restored database and is not found is held.
 */
export async function readinessOf(
  tx: Executor,
  { accountKind, rules }: LookupBeforeSendingOptions,
  row: ImportRow,
  step: Step,
): Promise<Readiness> {
  const isCustomer = accountKind === "customer";
  const resource = isCustomer ? "applicants" : "applications";
  const { foundAt, isProven, isRecent, isLookedUp } = await knowledgeOf(tx, row, resource);
  const wasOpen = foundAt !== null && row.createdAt < foundAt;
  if (isWaived(row, NOT_LOOKED_UP) || isWaived(row, AFTER_RESTORE)) return "send";
  const canLookUp = rules.scopes.includes(`${resource}_read`);
  if (isCustomer) {
    if (isLookedUp || (isProven && isRecent)) return "send";
    return canLookUp ? "look up" : wasOpen ? "hold" : "send";
  }
  if (foundAt === null || (!wasOpen && isProven)) return "send";
  if (!isLookedUp) return canLookUp ? "look up" : wasOpen ? "hold" : "send";
  return wasOpen && step === "applicant" ? "hold" : "send";
}

async function knowledgeOf(tx: Executor, row: ImportRow, resource: string): Promise<Knowledge> {
  const [found] = await tx.$queryRaw<Knowledge[]>`
    select r.found_at as "foundAt",
      exists (select from public.sync_run s where s.account = a.account and s.resource = ${resource} and s.kind = 'full'
        and s.state = 'proven' and s.started_at > coalesce(r.found_at, '-infinity')) as "isProven",
      exists (select from public.sync_run s where s.account = a.account and s.resource = ${resource}
        and s.state not in ('running', 'failed')
        and s.started_at > clock_timestamp() - make_interval(mins => ${FRESH_MINUTES}::integer)) as "isRecent",
      coalesce(${row.lookedUpAt}::timestamptz > greatest(r.found_at,
        clock_timestamp() - make_interval(mins => ${LOOKUP_VALID_MINUTES}::integer)), false) as "isLookedUp"
    from (select ${row.account}::text as account) a left join public.import_restore r on r.account = a.account`;
  return found ?? { foundAt: null, isProven: false, isRecent: false, isLookedUp: false };
}

/** Holds an import that may have been sent before the database was restored. */
export async function holdAfterRestore(tx: Executor, row: ImportRow): Promise<void> {
  const reason =
    "It was waiting in the database that was restored, and may have been sent since; the API does not show us whether it was. " +
    "Check the account, then release it to send it, or drop it.";
  await moveStep(tx, row, { to: "held", reasonCode: AFTER_RESTORE, reason });
}

/**
 * Makes one lookup step for an import that is `ready`; the last step enqueues the job that sends it. Throws an error that refuses
 * the key or the whole list, because every other import would be refused too.
 */
export async function lookUpBeforeSending(
  deps: LookupBeforeSendingDeps,
  row: ImportRow,
  context: CallContext,
): Promise<void> {
  const result = await lookUp(deps, row, stepOf(row).step, context).catch((error: unknown) => {
    if (isAccessRefused(error)) throw error;
    return giveUp(error);
  });
  const next = await inTransaction(deps.database, (tx) => conclude(tx, deps, row, result));
  if (next !== null) await deps.enqueue(next);
}

/** Returns whether the API refused a lookup because of the key, not because of the person. */
export function isAccessRefused(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || error.disposition !== "fail") return false;
  return error.kind === "unauthorised" || error.kind === "refused" || error.code === LIST_REFUSED;
}

/** Writes the result of a lookup step, unless the import has changed meanwhile. */
async function conclude(
  tx: Executor,
  { account, accountKind }: LookupBeforeSendingDeps,
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
    const reason = `It is unknown whether the person is there. ${result.reason} Check the account, then release it to send it, or drop it.`;
    await moveStep(tx, row, { to: "held", reasonCode: NOT_LOOKED_UP, reason });
    return null;
  }
  const at = result.is === "more" ? result.at : row.lookupPage + 1;
  await tx.$executeRaw`
    update public.applicant_import set lookup_page = ${result.is === "more" ? at : 0}::integer,
      looked_up_at = case when ${result.is === "more"}::boolean then looked_up_at else clock_timestamp() end
    where id = ${row.id}`;
  return jobOf("reconcile", { ...row, lookupPage: at });
}
