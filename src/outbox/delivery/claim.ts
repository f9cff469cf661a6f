/** Claims an import before its request: checks that it may be sent now and has not been done already. */
import type { Executor } from "../../database/client.ts";
import { consentToTell } from "../import/consent.ts";
import { because } from "../import/reasons.ts";
import { sentence } from "../import/sentences.ts";
import type { OutboxSettings } from "../context.ts";
import { isTrialInFlight } from "./circuit-breaker.ts";
import { gateOf, type Gate } from "./send-gate.ts";
import { existingOf, knownCampaign } from "../lookup/existing.ts";
import { holdRefused } from "./refusals.ts";
import { othersOfPerson } from "../import/identity.ts";
import { lockImport, lockOutbox, moveStep, stepOf, type ImportRow, type Move } from "../import/row.ts";
import { isSuppressed, rejectSuppressed } from "../import/suppressed.ts";
import { isWaived } from "../import/waivers.ts";
import type { Step } from "../import/states.ts";

/** Another import of the same person is in flight: this one is tried again after this time, or as soon as that one has ended. */
const WAIT_FOR_OTHER_SECONDS = 60;
/** A trial request is in flight, to see whether the API answers again. */
const WAIT_FOR_TRIAL_SECONDS = 2;
/** The new campaigns are being read. */
const WAIT_FOR_CAMPAIGNS_SECONDS = 20;

export type Claim =
  /** The row is `sending` and belongs to this attempt. */
  | { readonly is: "claimed"; readonly row: ImportRow; readonly step: Step }
  /** The step needed no request; the next one may be claimed. */
  | { readonly is: "known" }
  /** Nothing is sent now. `stale`: the campaigns of the mirror must be read before it can be sent. */
  | { readonly is: "skipped"; readonly stale?: true }
  /** It stays `ready`, and must be looked up before it may be claimed. */
  | { readonly is: "needs-lookup"; readonly row: ImportRow }
  | { readonly is: "closed"; readonly gate: Gate };

/**
 * Claims the current step of an import: `ready → sending`, committed before the request is sent. An import that an earlier attempt of this
 * job left in `sending` becomes `unknown`, and must be looked up before it may be sent again. At the first attempt (`isFirst`) another job
 * is sending it: the maintenance task enqueues an import again while its next job is on its way.
 */
export async function claimImport(
  tx: Executor,
  settings: OutboxSettings,
  id: number,
  { isFirst = false }: { readonly isFirst?: boolean } = {},
): Promise<Claim> {
  const { account } = settings;
  await lockOutbox(tx, account);
  const row = await lockImport(tx, account, id);
  if (row === null) return { is: "skipped" };
  const { step, state } = stepOf(row);
  if (state === "sending") return isFirst ? { is: "skipped" } : skip(tx, row, because("worker_lost"));
  if (state !== "ready") return { is: "skipped" };
  if (await isSuppressed(tx, settings, row)) {
    await rejectSuppressed(tx, row);
    return { is: "skipped" };
  }
  // Read before the gate: the outcome of a trial and the next pause are committed together.
  const isOnTrial = await isTrialInFlight(tx, account);
  const gate = await gateOf(tx, settings);
  if (!gate.open) return closed(tx, row, gate);
  if (isOnTrial) return postpone(tx, row, WAIT_FOR_TRIAL_SECONDS);
  if (await otherOnItsWay(tx, row, step)) return postpone(tx, row, WAIT_FOR_OTHER_SECONDS);
  return claimStep(tx, settings, row, step);
}

/** Moves an import that the kill switch stops to `held`, where a person sees it. Any other gate leaves it `ready` for later. */
async function closed(tx: Executor, row: ImportRow, gate: Gate): Promise<Claim> {
  if (gate.code === "kill_switch") await moveStep(tx, row, because("kill_switch", gate.reason));
  else await tx.applicantImport.update({ where: { id: row.id }, data: { queuedAt: null, notBefore: gate.until } });
  return { is: "closed", gate };
}

async function otherOnItsWay(tx: Executor, row: ImportRow, step: Step): Promise<boolean> {
  const busy = ["sending", "unknown", "needs_review"];
  const others = await tx.applicantImport.count({
    where: {
      ...othersOfPerson(row),
      ...(step === "applicant"
        ? { applicantState: { in: busy } }
        : { applicationState: { in: busy }, campaignId: row.campaignId }),
    },
  });
  return others > 0;
}

async function claimStep(tx: Executor, settings: OutboxSettings, row: ImportRow, step: Step): Promise<Claim> {
  const { applicant, application, isDeleted } = await existingOf(tx, row);
  const isApplicant = step === "applicant";
  const id = isApplicant ? applicant : application;
  if (id !== null) {
    await moveStep(tx, row, { to: "sent", id, origin: "existing", ...(isApplicant ? { emailExpected: false } : {}) });
    return { is: "known" };
  }
  if (isDeleted && !isWaived(row, "deleted_there")) {
    const reason = sentence(isApplicant ? "person_deleted" : "application_deleted");
    return skip(tx, row, because("deleted_there", reason));
  }
  // The offer must be online before a person is created, and e-mailed, because of it.
  const stop = await stopWithoutCampaign(tx, row);
  if (stop !== null) return stop;
  const readiness = await readinessOf(tx, settings, row, step);
  if (readiness === "look up") return { is: "needs-lookup", row };
  if (readiness === "hold") return skip(tx, row, because("after_restore"));
  if (await holdRefused(tx, row, step)) return { is: "skipped" };
  await moveStep(tx, row, { to: "sending", ...(isApplicant ? { emailExpected: !consentToTell(row) } : {}) });
  const sending = await tx.applicantImport.findUniqueOrThrow({ where: { id: row.id } });
  return { is: "claimed", row: sending, step };
}

async function skip(tx: Executor, row: ImportRow, why: Move): Promise<Claim> {
  await moveStep(tx, row, why);
  return { is: "skipped" };
}

/** Holds an import whose offer is not online. Has the campaigns read first, because the offer may be new. */
async function stopWithoutCampaign(tx: Executor, row: ImportRow): Promise<Claim | null> {
  if (row.campaignId === null || isWaived(row, "campaign_not_online")) return null;
  const campaign = await knownCampaign(tx, row, row.campaignId);
  if (campaign === "listed" || campaign === "unread") return null;
  if (campaign === "stale") {
    await postpone(tx, row, WAIT_FOR_CAMPAIGNS_SECONDS);
    return { is: "skipped", stale: true };
  }
  const facts = { campaign: String(row.campaignId) };
  const details = campaign === "elsewhere" ? sentence("campaign_elsewhere", facts) : facts;
  return skip(tx, row, because("campaign_not_online", details));
}

/** Leaves an import `ready`, to be tried again after `seconds`. */
async function postpone(tx: Executor, row: ImportRow, seconds: number): Promise<Claim> {
  await tx.$executeRaw`
    update public.applicant_import set queued_at = null,
      not_before = clock_timestamp() + make_interval(secs => ${seconds}::double precision)
    where id = ${row.id}`;
  return { is: "skipped" };
}

/** `send` at once, `look up` first because the mirror may lack it, or `hold` because it may be there and cannot be looked up. */
type Readiness = "send" | "look up" | "hold";

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
async function readinessOf(
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
