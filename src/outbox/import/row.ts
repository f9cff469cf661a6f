/** Imports as rows: read one, move a step of one. */
import type { Executor } from "../../database/client.ts";
import { AppError } from "../../platform/errors.ts";
import { isLockTimeout } from "../../database/errors.ts";
import { assertTransition, stepStateOf, type ReasonCode, type Step, type StepState } from "./states.ts";

/** A row of `applicant_import`, with its states as such. */
export type ImportRow = NonNullable<Awaited<ReturnType<typeof findRow>>>;

function findRow(tx: Executor, id: number | bigint) {
  return tx.applicantImport.findUnique({ where: { id } });
}

/** An import; null where there is none of this id in the account. */
export async function loadImport(tx: Executor, account: string, id: number | bigint): Promise<ImportRow | null> {
  const row = await findRow(tx, id);
  return row?.account === account ? row : null;
}

/** Locks an import's row until the end of the transaction. */
export async function lockImport(tx: Executor, account: string, id: number | bigint): Promise<ImportRow | null> {
  await tx.$executeRaw`select from public.applicant_import where id = ${id} for update`;
  return loadImport(tx, account, id);
}

/** The step an import is at, and its state: the applicant until it is there, then the application. */
export function stepOf(row: Pick<ImportRow, "applicantState" | "applicationState">): {
  readonly step: Step;
  readonly state: StepState;
} {
  const applicant = stepStateOf(row.applicantState);
  if (applicant !== "sent" || row.applicationState === null) return { step: "applicant", state: applicant };
  return { step: "application", state: stepStateOf(row.applicationState) };
}

/** Where a step goes, why, and what is known with it. */
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
  /** With `ready`: its job is in the queue still. */
  readonly queued?: boolean;
  readonly emailExpected?: boolean;
  /** What a person's decisions cover from now on (`waivedWith`). */
  readonly waived?: readonly string[];
  /** With `rejected`: a person dropped it while the outcome of its request was unknown. */
  readonly droppedUnknown?: boolean;
  readonly withoutResume?: boolean;
  /** How often in a row this import alone was refused. */
  readonly refusals?: number;
  /** With `held`: no second try by a worker. */
  readonly final?: true;
}

/** `created` by us, `existing` before we asked, `found` by a lookup, `reported` by a person. */
export type Origin = "created" | "existing" | "found" | "reported";

/**
 * Moves the present step of an import, whose row is locked. When the applicant is there, the application is ready in the
 * same moment. Throws `import_transition`.
 */
export async function moveStep(tx: Executor, row: ImportRow, move: Move): Promise<void> {
  const { step, state } = stepOf(row);
  assertTransition(state, move.to);
  const { to, reasonCode = null, reason = null, existsThere, resent, queued, emailExpected, waived } = move;
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
      ...(waived === undefined ? {} : { waived: [...waived] }),
      ...(droppedUnknown === undefined ? {} : { droppedUnknown }),
      ...(withoutResume === undefined ? {} : { withoutResume }),
      ...(refusals === undefined ? {} : { refusals }),
    },
  });
  if (to === "sent" || to === "rejected" || to === "ready") await wakeOthers(tx, row);
}

/** Imports of the same person that waited for this one need wait no longer. */
async function wakeOthers(tx: Executor, { account, person, id }: ImportRow): Promise<void> {
  await tx.applicantImport.updateMany({
    where: { account, person, id: { not: id }, notBefore: { not: null } },
    data: { notBefore: null },
  });
}

/**
 * Serialises what must be decided one after the other: who may be sent now, and what that makes of the caps. Waits at most
 * `waitMs` for it, and for every other lock of the transaction; throws `outbox_busy` then.
 */
export async function lockOutbox(tx: Executor, account: string, waitMs: number = OUTBOX_WAIT_MS): Promise<void> {
  try {
    await tx.$executeRaw`select public.lock_account(${account}, 'outbox', ${waitMs}::integer)`;
  } catch (error) {
    throw isLockTimeout(error) ? outboxBusy(error) : error;
  }
}

/** Longer than any transaction of a process that runs; one that has been stopped is not waited for. */
const OUTBOX_WAIT_MS = 3_000;

function outboxBusy(cause: unknown): AppError {
  const message =
    "Another transaction holds the outbox, and has not let go of it in time. Nothing was done: try again.";
  return new AppError("outbox_busy", message, { cause, disposition: "requeue" });
}
