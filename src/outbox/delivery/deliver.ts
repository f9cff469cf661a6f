import { setTimeout as sleep } from "node:timers/promises";
import type { ApplicantBody, CallContext, CreateContext, Creation } from "../../api/client.ts";
import { ApiError } from "../../api/errors.ts";
import { LARGE_BODY, scopeFor } from "../../api/kelio.ts";
import { WORKER } from "../../database/audit.ts";
import { inTransaction, type Executor } from "../../database/client.ts";
import { DatabaseError } from "../../database/errors.ts";
import { AppError } from "../../platform/errors.ts";
import { type JobCall, type OutboxContext, type OutboxJob, jobOf } from "../context.ts";
import { claimImport } from "./claim.ts";
import { consentToTell } from "../import/consent.ts";
import { FIELDS, PERSON_FIELDS } from "../import/fields.ts";
import { closeCircuit, countFailure } from "./circuit-breaker.ts";
import { outcomeOfAnswer, outcomeOfError, type Outcome } from "./outcome.ts";
import { holdAll } from "../operations/hold.ts";
import { isAccessRefused, lookUpBeforeSending } from "../lookup/reconcile.ts";
import { narrow, releaseWaiting } from "./refusals.ts";
import { lockImport, moveStep, stepOf, type ImportRow } from "../import/row.ts";
import type { StepState } from "../import/states.ts";

/** A claim expires after this time, because another process may consider it lost: the request is not sent any more. */
const CLAIM_LIVES_MS = 30_000;
const RECORD_FOR_MS = 25_000;

/** Sends the current step of an import with one request, if it may be sent now. */
export async function deliver(
  context: OutboxContext,
  job: Pick<OutboxJob, "import">,
  { isFirst = false, ...call }: JobCall,
): Promise<void> {
  const { now = Date.now } = context;
  const claimOnce = () =>
    context.watermark.claim(
      (tx) => claimImport(tx, context, job.import, { isFirst }),
      ({ is }) => is === "claimed",
    );
  let claim = await claimOnce();
  if (claim.is === "known") claim = await claimOnce();
  if (claim.is === "needs-lookup") return lookUpOrHoldAll(context, claim.row, call);
  if (claim.is === "skipped" && claim.stale === true) await context.refreshCampaigns();
  if (claim.is !== "claimed") return;
  const { row, step } = claim;
  const claimedAt = now();
  let requestLeft = false;
  const beforeSend = (): void => {
    if (Math.abs(now() - claimedAt) > CLAIM_LIVES_MS) {
      throw new AppError("claim_expired", `Import ${row.id} was claimed too long ago to be sent now.`);
    }
    requestLeft = true;
  };
  let resumeSize = 0;
  let failure: unknown = null;
  let outcome: Outcome;
  try {
    const body = step === "applicant" ? await bodyOf(context, row) : null;
    resumeSize = body?.resume?.base64.length ?? 0;
    outcome = outcomeOfAnswer(await send(context, row, body, { ...call, beforeSend }));
  } catch (error) {
    failure = error;
    const resume = { withResume: resumeSize > 0, isLarge: resumeSize > LARGE_BODY / 2 };
    outcome = outcomeOfError(error, { requestLeft, again: row.resends > 0, step, ...resume });
  }
  const recorded = await recordWithRetry(context, row, outcome, failure);
  if (recorded.rethrow) throw failure;
}

/** `body`: that of the applicant; null for the application. */
async function send(
  { api }: OutboxContext,
  row: ImportRow,
  body: ApplicantBody | null,
  call: CreateContext,
): Promise<Creation> {
  const company = row.companyId === null ? null : String(row.companyId);
  if (body !== null) return api.createApplicant(company, body, call);
  const ids = { company: company ?? "", campaign: String(row.campaignId), applicant: String(row.applicantId) };
  return api.createApplication(ids, call);
}

async function bodyOf({ database, imports }: OutboxContext, row: ImportRow): Promise<ApplicantBody> {
  const resume = row.withoutResume ? null : await database.importResume.findUnique({ where: { importId: row.id } });
  const mimeType = imports.resumeTypes[resume?.type ?? ""];
  const values = PERSON_FIELDS.filter((field) => FIELDS[field].sent === "value" && row[field] !== null);
  return {
    email: row.email ?? "",
    ...Object.fromEntries(values.map((field) => [field, row[field]])),
    is_partner_newsletter_active: row.is_partner_newsletter_active ?? false,
    is_campaign_alert_active: row.is_campaign_alert_active ?? false,
    is_legals_accepted_by_manager: consentToTell(row),
    ...(resume?.bytes == null || mimeType === undefined
      ? {}
      : { resume: { base64: Buffer.from(resume.bytes).toString("base64"), mime_type: mimeType } }),
  };
}

/** Records the outcome of a request. Retries while the database is down for a moment, because the outcome must not be lost. */
async function recordWithRetry(
  context: OutboxContext,
  row: ImportRow,
  outcome: Outcome,
  failure: unknown,
): Promise<Outcome> {
  const end = Date.now() + RECORD_FOR_MS;
  for (;;) {
    try {
      return await record(context, row, outcome, failure);
    } catch (error) {
      if ((error instanceof AppError && !(error instanceof DatabaseError)) || Date.now() > end) throw error;
      await sleep(500);
    }
  }
}

/** Writes the outcome of an attempt, unless a later one has begun. Returns the outcome, narrowed by what other requests show. */
async function record(context: OutboxContext, attempt: ImportRow, first: Outcome, failure: unknown): Promise<Outcome> {
  const { database, account, logger } = context;
  let outcome = first;
  const next = await inTransaction(database, async (tx) => {
    const row = await lockImport(tx, account, attempt.id);
    if (row === null || row.attempts !== attempt.attempts || stepOf(row).step !== stepOf(attempt).step) return null;
    outcome = await narrow(tx, row, first);
    await recordHealth(tx, account, outcome);
    if (!(await accept(tx, row, outcome))) return null;
    if (stepOf(row).step === "application" && isAnswered(outcome)) await releaseWaiting(tx, row);
    return followUp(row, outcome);
  });
  if (outcome.api === "closed") await holdAll({ ...context, by: WORKER }, whyClosed(failure));
  if (outcome.move.to !== "sent" && outcome.move.to !== "ready") {
    logger.warn({ import: Number(attempt.id), state: outcome.move.to, code: outcome.move.reasonCode }, "import");
  }
  if (next !== null) await context.enqueue(next);
  return outcome;
}

/** Returns whether the API processed the request: it accepted it, or said what is wrong with it. */
function isAnswered({ move }: Outcome): boolean {
  return move.to === "sent" || move.to === "rejected" || move.existsThere === true;
}

/** Looks an import up before it is sent. Holds all imports if the API refuses the key, because it would refuse every lookup. */
async function lookUpOrHoldAll(context: OutboxContext, row: ImportRow, call: CallContext): Promise<void> {
  try {
    await lookUpBeforeSending(context, row, call);
  } catch (error) {
    if (isAccessRefused(error)) await holdAll({ ...context, by: WORKER }, whyClosed(error));
    throw error;
  }
}

/** Describes what was refused, and what a person can do. */
function whyClosed(failure: unknown): string {
  if (!(failure instanceof ApiError)) return "the API refuses this key";
  const { method, path, status } = failure;
  if (status !== 403)
    return `the API does not accept the key (${method} ${path}, HTTP ${status}): applicant-sync doctor`;
  const scope = scopeFor(method, path);
  const need = scope === null ? "" : ` whether the key has the scope ${scope}, and`;
  return `the API refuses ${method} ${path} (HTTP 403): ask the vendor${need} whether the access is open`;
}

/** Returns the job that follows at once: the application of an applicant who is there, or the lookup of one without a known id. */
function followUp(row: ImportRow, { move }: Outcome): OutboxJob | null {
  if (move.to === "unknown" && move.existsThere === true)
    return jobOf("reconcile", { ...row, lookups: 0, lookupPage: 0 });
  const isNext = move.to === "sent" && row.campaignId !== null && row.applicationState === "waiting";
  return isNext ? jobOf("deliver", { ...row, applicantState: "sent", resends: 0 }) : null;
}

/** The states from which each outcome is accepted: an answer outranks what was concluded without it. */
const ACCEPTED_FROM: Readonly<Record<string, readonly StepState[]>> = {
  sent: ["sending", "unknown", "needs_review", "ready"],
  rejected: ["sending", "unknown", "needs_review"],
  ready: ["sending", "unknown"],
  unknown: ["sending"],
  held: ["sending"],
};

async function accept(tx: Executor, row: ImportRow, { move }: Outcome): Promise<boolean> {
  const { state } = stepOf(row);
  // The claim expired meanwhile; that the API has it is the better knowledge.
  if (state === "unknown" && move.existsThere === true) {
    await tx.applicantImport.update({ where: { id: row.id }, data: { existsThere: true } });
  }
  if (!(ACCEPTED_FROM[move.to] ?? []).includes(state)) return false;
  await moveStep(tx, row, move);
  return true;
}

async function recordHealth(tx: Executor, account: string, { api }: Outcome): Promise<void> {
  if (api === "well") await closeCircuit(tx, account);
  if (api === "failing") await countFailure(tx, account);
}
