/** Reads, locks and moves rows of `applicant_import`. */
import type { Executor } from "../../database/client.ts";
import { AppError } from "../../platform/errors.ts";
import { isLockTimeout } from "../../database/errors.ts";
import type { ReasonCode } from "./reasons.ts";
import { assertTransition, stepStateOf, type Step, type StepState } from "./states.ts";

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

/** Locks an import's row until the end of the transaction. */
export async function lockImport(tx: Executor, account: string, id: number | bigint): Promise<ImportRow | null> {
  await tx.$executeRaw`select from public.applicant_import where id = ${id} for update`;
  return loadImport(tx, account, id);
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

/**
 * Moves the current step of an import whose row is locked. When the applicant becomes `sent`, the application becomes `ready` with
 * it. Throws `import_transition`.
 */
export async function moveStep(tx: Executor, row: ImportRow, move: Move): Promise<void> {
  const { step, state } = stepOf(row);
  assertTransition(state, move.to);
  const { to, reasonCode = null, reason = null, existsThere, resent, queued, emailExpected } = move;
  const { droppedUnknown, withoutResume, refusals } = move;
  const sent = move.id === undefined ? {} : { id: move.id, origin: move.origin ?? null };
  const opens = step === "applicant" && to === "sent" && row.applicationState === "waiting";
  await tx.applicantImport.update({
    where: { id: row.id },
    data: {
      reasonCode,
      reason,
      ...(step === "applicant"
        ? {
            applicantState: to,
            ...(sent.id === undefined ? {} : { applicantId: sent.id, applicantOrigin: sent.origin }),
          }
        : {
            applicationState: to,
            ...(sent.id === undefined ? {} : { applicationId: sent.id, applicationOrigin: sent.origin }),
          }),
      ...(opens ? { applicationState: "ready", existsThere: false, resends: 0 } : {}),
      ...(existsThere === undefined ? {} : { existsThere }),
      ...(queued === true ? { queuedAt: new Date() } : {}),
      ...(resent === true ? { resends: { increment: 1 } } : {}),
      ...(emailExpected === undefined ? {} : { emailExpected }),
      ...(droppedUnknown === undefined ? {} : { droppedUnknown }),
      ...(withoutResume === undefined ? {} : { withoutResume }),
      ...(refusals === undefined ? {} : { refusals }),
    },
  });
  if (to === "sent" || to === "rejected" || to === "ready") await wakeOthers(tx, row);
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
