/** Rows of `applicant_import`: their first state, their lock, their transitions. */
import { IMPORT_FIELDS, raw, type Executor } from "../../database/client.ts";
import { AppError } from "../../platform/errors.ts";
import { isLockTimeout } from "../../database/errors.ts";
import { hasEvidence } from "./consent.ts";
import { IN_APPLICATION, moveColumns, opens } from "./move-columns.ts";
import { because, type ReasonCode } from "./reasons.ts";
import { assertTransition, stepStateOf, type Step, type StepState } from "./states.ts";
import { isWaived, type Waivable } from "./waivers.ts";

/** A row of `applicant_import`, with typed states. */
export type ImportRow = NonNullable<Awaited<ReturnType<typeof findRow>>>;

function findRow(tx: Executor, id: number | bigint) {
  return tx.applicantImport.findUnique({ where: { id } });
}

/** Returns an import; null if the account has none with this id. */
export async function loadImport(tx: Executor, account: string, id: number | bigint): Promise<ImportRow | null> {
  const row = await findRow(tx, id);
  return row?.account === account ? row : null;
}

/** The columns of a row under the names of its fields, which are spelled as the columns but for their capitals. */
const COLUMNS = raw(
  IMPORT_FIELDS.map((field) => `${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} as "${field}"`).join(
    ", ",
  ),
);

/** Locks an import's row until the end of the transaction. */
export async function lockImport(tx: Executor, account: string, id: number | bigint): Promise<ImportRow | null> {
  const [row] = await tx.$queryRaw<ImportRow[]>`
    select ${COLUMNS} from public.applicant_import where id = ${id} for update`;
  return row?.account === account ? row : null;
}

/** Returns the current step of an import and its state: the applicant until it is `sent`, then the application. */
export function stepOf(row: Pick<ImportRow, "applicantState" | "applicationState">): {
  readonly step: Step;
  readonly state: StepState;
} {
  const applicant = stepStateOf(row.applicantState);
  if (applicant !== "sent" || row.applicationState === null) return { step: "applicant", state: applicant };
  return { step: "application", state: stepStateOf(row.applicationState) };
}

/** The first state of a new import, and why. */
export interface InitialState {
  readonly state: "held" | "ready";
  readonly reason_code: ReasonCode | null;
  /** For people. */
  readonly reason: string | null;
}

/**
 * Returns `held` if a person has to decide first, else `ready`. `held`: the kill switch is on; `waived`: the reasons that a person has
 * lifted.
 */
export function initialState(row: Parameters<typeof hasEvidence>[0] & Waivable, held: boolean): InitialState {
  const lacksEvidence = row.is_legals_accepted_by_manager === true && !hasEvidence(row);
  const why =
    lacksEvidence && !isWaived(row, "consent_evidence")
      ? because("consent_evidence")
      : held
        ? because("kill_switch")
        : null;
  if (why === null) return { state: "ready", reason_code: null, reason: null };
  return { state: why.to, reason_code: why.reasonCode, reason: why.reason };
}

/** A transition of a step: its new state, why, and what becomes known with it. */
export interface Move {
  readonly to: StepState;
  readonly reasonCode?: ReasonCode | null;
  /** For people; holds no personal data. */
  readonly reason?: string | null;
  /** With `sent`: the vendor's id, and how it came to be known. */
  readonly id?: bigint;
  readonly origin?: Origin;
  readonly existsThere?: boolean;
  readonly resent?: boolean;
  /** With `ready`: its job is still in the queue. */
  readonly queued?: boolean;
  readonly emailExpected?: boolean;
  /** With `rejected`: a person dropped it while the outcome of its request was unknown. */
  readonly droppedUnknown?: boolean;
  readonly withoutResume?: boolean;
  /** How often in a row this import alone was refused. */
  readonly refusals?: number;
  /** With `held`: a worker does not try it again. */
  readonly final?: true;
}

/** `created` by us, `existing` before we asked, `found` by a lookup, `reported` by a person. */
export type Origin = "created" | "existing" | "found" | "reported";

const TO = "$2::text";
const MOVE = `update public.applicant_import i set ${moveColumns(TO, {
  reason_code: "$3::text",
  reason: "$4::text",
  // An applicant that is to be sent has no id: what a person reported and withdrew must not count as found.
  applicant_id: `case when ${IN_APPLICATION} then i.applicant_id when ${TO} = 'ready' then null
    else coalesce($5::bigint, i.applicant_id) end`,
  applicant_origin: `case when ${IN_APPLICATION} then i.applicant_origin when ${TO} = 'ready' then null
    when $5::bigint is null then i.applicant_origin else $6::text end`,
  application_id: `case when ${IN_APPLICATION} then coalesce($5::bigint, i.application_id) else i.application_id end`,
  application_origin: `case when ${IN_APPLICATION} and $5::bigint is not null then $6::text else i.application_origin end`,
  exists_there: `coalesce($7::boolean, i.exists_there and not ${opens(TO)})`,
  resends: `case when ${opens(TO)} then 0 when $8::boolean then i.resends + 1 else i.resends end`,
  queued_at: `case when $9::boolean then clock_timestamp() when ${TO} = 'ready' or ${opens(TO)} then i.queued_at end`,
  email_expected: "coalesce($10::boolean, i.email_expected)",
  dropped_unknown: "$11::boolean",
  without_resume: "coalesce($12::boolean, i.without_resume)",
  refusals: "coalesce($13::integer, i.refusals)",
})} where i.id = $1::bigint`;

/**
 * Moves the current step of an import whose row is locked. When the applicant becomes `sent`, the application becomes `ready` with
 * it. Throws `import_transition`.
 */
export async function moveStep(tx: Executor, row: ImportRow, move: Move): Promise<void> {
  assertTransition(stepOf(row).state, move.to);
  const { to, reasonCode = null, reason = null, id = null, origin = null, existsThere = null } = move;
  const { resent = false, queued = false, emailExpected = null, droppedUnknown = false } = move;
  const why = [reasonCode, reason, id, origin, existsThere, resent, queued, emailExpected, droppedUnknown];
  await tx.$executeRawUnsafe(MOVE, row.id, to, ...why, move.withoutResume ?? null, move.refusals ?? null);
  if (to === "sent" || to === "rejected" || to === "ready") await wakeOthers(tx, row);
}

/**
 * Moves the applicant of an import back to `needs_review`, so that a person can correct what a person reported. Its application, which
 * was never sent, waits for that; one that is held stays so.
 */
export async function reopenApplicant(tx: Executor, row: ImportRow): Promise<void> {
  assertTransition(stepStateOf(row.applicantState), "needs_review");
  const { to, reasonCode, reason } = because("corrected");
  await tx.$executeRaw`
    update public.applicant_import set applicant_state = ${to}, reason_code = ${reasonCode}, reason = ${reason},
      application_state = case when application_state = 'held' then 'held' else 'waiting' end,
      queued_at = null, not_before = null, dropped_unknown = false, dismissed_at = null, finished_at = null
    where id = ${row.id}`;
}

/** Holds an applicant that is ready for the reason that its application was held for: a person decides once, about both. */
export async function holdApplicant(
  tx: Executor,
  id: bigint,
  why: Pick<ImportRow, "reasonCode" | "reason">,
): Promise<void> {
  await tx.$executeRaw`
    update public.applicant_import set applicant_state = 'held', application_state = 'waiting',
      reason_code = ${why.reasonCode}, reason = ${why.reason}, queued_at = null, not_before = null
    where id = ${id}`;
}

/** Makes imports of the same person that were postponed for this one due at once. */
async function wakeOthers(tx: Executor, { account, person, id }: ImportRow): Promise<void> {
  await tx.applicantImport.updateMany({
    where: { account, person, id: { not: id }, notBefore: { not: null } },
    data: { notBefore: null },
  });
}

/**
 * Locks the outbox of an account until the end of the transaction, because claims and caps must be decided one after the other. Waits
 * at most `waitMs` for it, and for every other lock of the transaction, and then throws `outbox_busy`.
 */
export async function lockOutbox(tx: Executor, account: string, waitMs: number = OUTBOX_WAIT_MS): Promise<void> {
  try {
    await tx.$executeRaw`select public.lock_account(${account}, 'outbox', ${waitMs}::integer)`;
  } catch (error) {
    throw isLockTimeout(error) ? outboxBusy(error) : error;
  }
}

/** Longer than any transaction of a running process; a process that was suspended is not waited for. */
const OUTBOX_WAIT_MS = 3_000;

function outboxBusy(cause: unknown): AppError {
  const message =
    "Another transaction holds the lock of the outbox and has not released it in time. Nothing was done: try again.";
  return new AppError("outbox_busy", message, { cause, disposition: "requeue" });
}
