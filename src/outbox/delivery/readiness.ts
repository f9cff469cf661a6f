/** Whether an import may be sent without a lookup: what the mirror can prove about the person. */
import type { Executor } from "../../database/client.ts";
import type { OutboxSettings } from "../context.ts";
import { isWaived } from "../import/reasons.ts";
import type { ImportRow } from "../import/row.ts";
import type { Step } from "../import/states.ts";

/** `send` at once, `look up` first because the mirror may lack it, or `hold` because it may be there and cannot be looked up. */
export type Readiness = "send" | "look up" | "hold";

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
  { accountKind, scopes }: OutboxSettings,
  row: ImportRow,
  step: Step,
): Promise<Readiness> {
  const isCustomer = accountKind === "customer";
  const resource = isCustomer ? "applicants" : "applications";
  const { foundAt, isProven, isRecent, isLookedUp } = await knowledgeOf(tx, row, resource);
  const wasOpen = foundAt !== null && row.createdAt < foundAt;
  if (isWaived(row, "not_looked_up") || isWaived(row, "after_restore")) return "send";
  const canLookUp = scopes.includes(`${resource}_read`);
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
