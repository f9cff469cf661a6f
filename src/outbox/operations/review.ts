/** What a person can decide about a single import: to retry it, to resolve it by what they found in the account, or to drop it. */
import { inTransaction, type Executor } from "../../database/client.ts";
import { consentToTell } from "../import/consent.ts";
import { releaseAwaiting } from "./source-approval.ts";
import { jobOf, type OutboxContext, type OutboxJob, type OutboxStore } from "../context.ts";
import { initialState } from "../import/initial-state.ts";
import { because, reasonOf } from "../import/reasons.ts";
import { othersOfPerson } from "../import/identity.ts";
import { lockImport, lockOutbox, moveStep, reopenApplicant, stepOf, type ImportRow } from "../import/row.ts";
import type { Step, StepState } from "../import/states.ts";
import { queryOf, readSwitch } from "./switch.ts";

/** The effect of a decision on an import, or why it had none (`isDone` false). */
export interface Decided {
  readonly id: string;
  readonly isDone: boolean;
  /** The state after the decision; null: there is no such import. */
  readonly state: string | null;
  /** For people; holds no personal data. */
  readonly message: string;
}

/** What a person found in the account (it is there with this id, or absent), or that the import is reopened or dropped. */
export type Resolution =
  | { readonly is: "applicant" | "application"; readonly id: bigint }
  | { readonly is: "absent" }
  /** What a person reported is withdrawn. */
  | { readonly is: "review" }
  | { readonly is: "drop" };

/** The result of a decision on a locked row. */
export interface Verdict {
  readonly isDone: boolean;
  readonly message: string;
  readonly job?: OutboxJob;
}

export const refuse = (message: string): Verdict => ({ isDone: false, message });
export const done = (message: string): Verdict => ({ isDone: true, message });

/** Retries a rejected import as it is, or has one of unknown outcome looked up at once. */
export async function retryImport(
  context: Pick<OutboxContext, "account" | "database" | "enqueue">,
  id: bigint,
): Promise<Decided> {
  const { job, ...decided } = await decide(context, id, retryRow);
  if (job !== undefined) await context.enqueue(job);
  return decided;
}

/** Resolves an import by what a person found in the account. */
export async function resolveImport(store: OutboxStore, id: bigint, resolution: Resolution): Promise<Decided> {
  const { job: _, ...decided } = await decide(store, id, (tx, row) => resolveRow(tx, row, resolution));
  return decided;
}

/** Dismisses a rejected import: it stays rejected, but waits for nobody. A retry takes that back. */
export async function dismissImport(store: OutboxStore, id: bigint): Promise<Decided> {
  const { job: _, ...decided } = await decide(store, id, async (tx, row): Promise<Verdict> => {
    const { step, state } = stepOf(row);
    if (state !== "rejected") return refuse(`it is ${state}: only what is rejected can be dismissed`);
    if (row.dismissedAt !== null) return done("it is dismissed already");
    await tx.$executeRaw`update public.applicant_import set dismissed_at = clock_timestamp() where id = ${id}`;
    const { reasonCode, reason } = because("dismissed");
    const event = { importId: id, step, fromState: state, toState: state, reasonCode, reason };
    await tx.importEvent.create({ data: event });
    return done("it is dismissed: nobody is asked to look at it any more");
  });
  return decided;
}

/** Locks an import and applies `verdict`; in the same transaction, releases what waited for the approval of its source. */
export function decide(
  { database, account }: OutboxStore,
  id: bigint,
  verdict: (tx: Executor, row: ImportRow) => Promise<Verdict>,
): Promise<Decided & { readonly job?: OutboxJob }> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    const row = await lockImport(tx, account, id);
    if (row === null)
      return { id: String(id), state: null, ...refuse(`there is no import ${id} in account ${account}`) };
    const said = await verdict(tx, row);
    if (said.isDone && row.reasonCode === "source_approval") await releaseAwaiting(tx, row);
    const now = await lockImport(tx, account, id);
    return { id: String(id), state: now?.state ?? null, ...said };
  });
}

async function retryRow(tx: Executor, row: ImportRow): Promise<Verdict> {
  const { state } = stepOf(row);
  if (state === "unknown") return { ...done("a running worker looks it up at once"), job: jobOf("reconcile", row) };
  if (state === "needs_review") return refuse(`it needs a review: check the account, then imports resolve ${row.id}`);
  if (state !== "rejected") return refuse(`it is ${state}: only what was rejected, or is unknown, can be tried again`);
  if (row.email === null) return refuse("its data has been erased: import the person again");
  if (row.droppedUnknown) {
    return refuse(
      `it was dropped while the outcome of its request was unknown: check the account, then imports resolve ${row.id}`,
    );
  }
  if (needsCheck(row)) {
    await moveStep(tx, row, { to: "draft" });
    return done("a running worker checks it again, and it is sent only if it passes");
  }
  const { held } = await readSwitch(queryOf(tx), row.account);
  const initial = initialState(row, held);
  await moveStep(tx, row, { to: initial.state, reasonCode: initial.reason_code ?? "retried", reason: initial.reason });
  return done(initial.reason ?? `it is tried again${mailNote(row)}`);
}

/** Returns whether our own check has refused the import or has not run yet: it must pass before the import is sent. */
function needsCheck({ applicantState, reasonCode, admitted }: ImportRow): boolean {
  if (applicantState === "sent") return false;
  return !admitted || reasonOf(reasonCode)?.failsCheck === true;
}

async function resolveRow(tx: Executor, before: ImportRow, resolution: Resolution): Promise<Verdict> {
  if (resolution.is === "drop" && DROPPABLE.includes(stepOf(before).state)) return dropRow(tx, before);
  const row = await reopen(tx, before, resolution);
  if ("message" in row) return row;
  if (resolution.is === "review") return done("it needs a review again");
  if (resolution.is === "drop") return dropRow(tx, row);
  const { step, state } = stepOf(row);
  if (state !== "needs_review" && state !== "unknown") {
    return refuse(`it is ${state}: only what needs a review, or is unknown, can be resolved this way`);
  }
  if (resolution.is === "absent") {
    await moveStep(tx, row, { ...because("reported_absent"), existsThere: false, resent: true });
    return done(`it will be sent once more${mailNote(row)}`);
  }
  if (resolution.is !== step) return otherStep(step);
  await moveStep(tx, row, { ...because("reported"), id: resolution.id, origin: "reported", reason: null });
  if (row.applicationState === "held") {
    // Its applicant was corrected meanwhile, but it is still held for a reason of its own, by which it is released.
    const { reasonCode, reason } = before;
    await tx.applicantImport.update({ where: { id: row.id }, data: { reasonCode, reason } });
  }
  return done(
    step === "applicant" && row.applicationState !== null
      ? `it is there as applicant ${resolution.id}; its application follows`
      : `it is there as ${step} ${resolution.id}`,
  );
}

/**
 * Moves an import back to `needs_review` whose step a person reported, or that waits to be sent once more, so that they can correct it.
 * What needs a review, or is unknown, stays as it is; anything else is refused.
 */
async function reopen(tx: Executor, row: ImportRow, resolution: Resolution): Promise<ImportRow | Verdict> {
  const { step, state } = stepOf(row);
  const isApplicantReported = row.applicantOrigin === "reported";
  const inApplicant = resolution.is === "applicant" && step === "application" && isApplicantReported;
  if (inApplicant && !["ready", "held", "rejected"].includes(state)) {
    return refuse(
      `its application is ${state} for applicant ${row.applicantId}: that can be corrected in the account only`,
    );
  }
  if (!inApplicant && (state === "needs_review" || state === "unknown")) {
    return resolution.is === "review" ? refuse(`it is ${state} already`) : row;
  }
  const origin = step === "applicant" ? row.applicantOrigin : row.applicationOrigin;
  const isResent = (state === "ready" || state === "held") && row.resends > 0;
  if (isResent && resolution.is === "absent") return refuse(`it is ${state}, to be sent once more already`);
  const isReported =
    inApplicant ||
    isResent ||
    (state === "sent" && origin === "reported") ||
    (state === "rejected" && row.droppedUnknown);
  if (!isReported) {
    return refuse(
      `it is ${state}: only what needs a review, is unknown, or was reported by a person can be resolved this way`,
    );
  }
  const isStep = resolution.is === "applicant" || resolution.is === "application";
  if (isStep && resolution.is !== step && !inApplicant) return otherStep(step);
  if (row.email === null && resolution.is === "absent")
    return refuse("its data has been erased: import the person again");
  const open = await otherUnderReview(tx, row);
  if (open !== null) return refuse(`import ${open} of the same person is open: resolve that one first`);
  await (inApplicant ? reopenApplicant(tx, row) : moveStep(tx, row, because("corrected")));
  return (await lockImport(tx, row.account, row.id)) ?? row;
}

function otherStep(step: Step): Verdict {
  const wanted = `--${step} with the id of the ${step} found in the account`;
  return refuse(`the outcome of its ${step} is unknown: give ${wanted}, or --absent`);
}

async function otherUnderReview(tx: Executor, row: ImportRow): Promise<bigint | null> {
  const busy = { in: ["sending", "unknown", "needs_review"] };
  const other = await tx.applicantImport.findFirst({
    where: {
      ...othersOfPerson(row),
      OR: [{ applicantState: busy }, { applicationState: busy, campaignId: row.campaignId }],
    },
    select: { id: true },
  });
  return other?.id ?? null;
}

const DROPPABLE: readonly StepState[] = ["draft", "held", "ready", "unknown", "needs_review"];

async function dropRow(tx: Executor, row: ImportRow): Promise<Verdict> {
  const { step, state } = stepOf(row);
  if (!DROPPABLE.includes(state)) return refuse(`it is ${state}: only what is ${DROPPABLE.join(", ")} can be dropped`);
  const droppedUnknown = state === "unknown" || state === "needs_review";
  await moveStep(tx, row, { ...because("dropped"), droppedUnknown });
  return done(
    droppedUnknown
      ? `it is dropped; it is unknown whether the ${step} is there, and another import of the person would create and may e-mail them`
      : "it is dropped",
  );
}

/** Returns a note that the person is e-mailed, or an empty text if no e-mail is expected. */
export function mailNote(row: ImportRow): string {
  const mailed = stepOf(row).step === "applicant" && !consentToTell(row);
  return mailed ? ", and the vendor e-mails the person unless they are there already" : "";
}
