/** Requests that the API refuses because of an offer or a resume: only that offer or that import is held, not the account. */
import type { Executor } from "../../database/client.ts";
import { because } from "../import/reasons.ts";
import { sentence } from "../import/sentences.ts";
import { moveColumns } from "../import/move-columns.ts";
import { moveStep, type ImportRow } from "../import/row.ts";
import { isWaived } from "../import/waivers.ts";
import type { Outcome } from "./outcome.ts";
import type { Step } from "../import/states.ts";

/** After this many refusals an import waits for a person; before that a worker tries it again. */
const FINAL = 2;
/** A worker tries again after this time: by then a 403 with another cause has ended, or has refused other requests too. */
const AGAIN_SECONDS = 60;
/** How many resumes may be refused one by one if no creation has ever been accepted. */
const MOST_RESUMES = 3;

/**
 * Narrows a refusal by what the other imports and the request log show. A refused application holds its offer, unless another offer, or a
 * request that used to be answered, is refused too. A refused resume holds its import, unless creations without it are refused too.
 * Otherwise the refusal is about the account, and all imports are held.
 */
export async function narrow(tx: Executor, row: ImportRow, outcome: Outcome): Promise<Outcome> {
  const { alone, api, move } = outcome;
  if (alone === undefined) return outcome;
  const refusals = move.final === true ? FINAL : row.refusals + 1;
  if (api !== "closed") return { ...outcome, move: { ...move, refusals } };
  const isGeneral = alone === "offer" ? await isAnotherRefused(tx, row) : await areCreationsRefused(tx, row);
  if (isGeneral) return outcome;
  const why =
    alone === "offer"
      ? because("offer_refused", sentence("offer_or_scope"))
      : because("resume_refused", sentence("resume_or_scope"));
  return { move: { ...why, refusals }, api: "untouched", rethrow: false };
}

/** Returns whether an application for another offer, or a request that used to be answered, was refused and none was answered since. */
async function isAnotherRefused(tx: Executor, { account, campaignId }: ImportRow): Promise<boolean> {
  const [found] = await tx.$queryRaw<{ offer: boolean; other: boolean }[]>`
    select exists (select from public.applicant_import i where i.account = ${account} and i.state = 'held'
        and i.reason_code = 'offer_refused' and i.refusals > 0 and i.campaign_id <> ${campaignId}
        and i.claimed_at > coalesce((select max(r.at) from public.api_request r where r.account = ${account}
          and r.method = 'POST' and r.path = '/jobboards/applications' and r.status between 200 and 299), '-infinity')) as offer,
      exists (select from public.api_request r where r.account = ${account} and r.status = 403 and r.error_kind = 'refused'
        and r.at > statement_timestamp() - interval '10 minutes'
        and not (r.method = 'POST' and r.path = '/jobboards/applications')
        and exists (select from public.api_request a where a.account = r.account and a.method = r.method and a.path = r.path
          and a.status between 200 and 299 and a.at < r.at)
        and not exists (select from public.api_request a where a.account = r.account and a.method = r.method
          and a.path = r.path and a.status between 200 and 299 and a.at > r.at)) as other`;
  return found?.offer === true || found?.other === true;
}

/** Returns whether several resumes were refused and no creation was ever accepted: then their size is not the cause. */
async function areCreationsRefused(tx: Executor, { account }: ImportRow): Promise<boolean> {
  const where = { account, state: "held", reasonCode: "resume_refused", refusals: { gt: 0 } };
  return (await tx.applicantImport.count({ where })) >= MOST_RESUMES;
}

/** Holds an import if its offer is refused, or if its resume is at least as large as a refused one. Returns whether it was held. */
export async function holdRefused(tx: Executor, row: ImportRow, step: Step): Promise<boolean> {
  const offer = await refusedOffer(tx, row);
  if (offer !== null) {
    const facts = { campaign: String(row.campaignId), id: String(offer) };
    const reason = sentence("offer_refused_before", facts);
    await moveStep(tx, row, { ...because("offer_refused", reason), refusals: 0 });
    return true;
  }
  const resume = step === "applicant" ? await refusedResume(tx, row) : null;
  if (resume === null) return false;
  const reason = sentence("resume_no_larger", { id: String(resume) });
  await moveStep(tx, row, { ...because("resume_refused", reason), refusals: 0 });
  return true;
}

async function refusedOffer(tx: Executor, row: ImportRow): Promise<bigint | null> {
  if (row.campaignId === null || isWaived(row, "offer_refused")) return null;
  // An import that is itself tried again does not wait for another that will be.
  const least = row.refusals > 0 ? FINAL : 1;
  const [found] = await tx.$queryRaw<{ id: bigint }[]>`
    select id from public.applicant_import where account = ${row.account} and state = 'held' and id <> ${row.id}
      and reason_code = 'offer_refused' and campaign_id = ${row.campaignId} and refusals >= ${least}::integer
    order by id limit 1`;
  return found?.id ?? null;
}

async function refusedResume(tx: Executor, row: ImportRow): Promise<bigint | null> {
  if (row.withoutResume || isWaived(row, "resume_refused")) return null;
  const [found] = await tx.$queryRaw<{ id: bigint }[]>`
    select i.id from public.applicant_import i join public.import_resume r on r.import_id = i.id
    where i.account = ${row.account} and i.state = 'held' and i.id <> ${row.id} and i.reason_code = 'resume_refused'
      and i.refusals >= ${FINAL}::integer and r.size <= (
        select size from public.import_resume where import_id = ${row.id} and bytes is not null)
    order by i.id limit 1`;
  return found?.id ?? null;
}

/**
 * Retries what was refused once: one import of each offer, and each import whose resume was refused. A minute later, the quota of another
 * program or a ban can no longer be mistaken for a refusal of the offer or the resume. If the refused import of an offer has ended in a
 * way that says nothing about the offer, the next import that waited for it is tried first.
 */
export async function retryRefused(tx: Executor, account: string): Promise<void> {
  const again = moveColumns("'ready'", {
    reason_code: "'tried_again'",
    reason: "null",
    refusals: "greatest(i.refusals, 1)",
  });
  const sql = `
    update public.applicant_import i set ${again}
    where i.account = $1 and i.state = 'held' and i.id in (
      select distinct on (r.reason_code, case when r.reason_code = 'offer_refused' then r.campaign_id end) r.id
      from public.applicant_import r
      where r.account = $1 and r.state = 'held' and r.reason_code in ('offer_refused', 'resume_refused') and (
        (r.refusals > 0 and r.refusals < ${FINAL} and r.claimed_at < clock_timestamp() - interval '${AGAIN_SECONDS} s')
        or (r.refusals = 0 and r.reason_code = 'offer_refused' and not exists (
          select from public.applicant_import f where f.account = r.account and f.campaign_id = r.campaign_id
            and f.refusals > 0 and f.state in ('held', 'ready', 'sending', 'unknown'))))
      order by r.reason_code, case when r.reason_code = 'offer_refused' then r.campaign_id end, r.id)
      and not exists (select from public.import_control c where c.account = $1 and c.held)`;
  await tx.$executeRawUnsafe(sql, account);
}

/** Releases what waited for an offer, once the API has answered an application for it, unless a person has to decide. */
export async function releaseWaiting(tx: Executor, { id, account, campaignId, refusals }: ImportRow): Promise<void> {
  if (refusals === 0 || campaignId === null) return;
  await tx.applicantImport.update({ where: { id }, data: { refusals: 0 } });
  const released = moveColumns("'ready'", { reason_code: "'released'", reason: "null" });
  const sql = `
    update public.applicant_import i set ${released}
    where i.id in (
      select w.id from public.applicant_import w where w.account = $1 and w.campaign_id = $2::bigint
        and w.state = 'held' and w.reason_code = 'offer_refused' and w.refusals = 0
        and not exists (select from public.applicant_import f where f.account = w.account
          and f.campaign_id = w.campaign_id and f.state = 'held' and f.reason_code = 'offer_refused'
          and f.refusals >= ${FINAL})
      for update of w skip locked)`;
  await tx.$executeRawUnsafe(sql, account, campaignId);
}
