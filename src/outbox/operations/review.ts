/** What a person can decide about a single import: to retry it, to resolve it by what they found in the account, or to drop it. */
import type { Executor } from "../../database/client.ts";
import { jobOf, type DecisionStore, type OutboxContext } from "../context.ts";
import { because, reasonOf } from "../import/reasons.ts";
import { othersOfPerson } from "../import/identity.ts";
import {
  initialState,
  holdApplicant,
  lockImport,
  moveStep,
  reopenApplicant,
  stepOf,
  type ImportRow,
} from "../import/row.ts";
import type { Step, StepState } from "../import/states.ts";
import { fill } from "../../platform/language.ts";
import { decide, done, mailNote, refuse, verdict, type Decided, type Verdict } from "./decide-one.ts";
import { holdOf, isAboutApplicant, isApplicationHeld, UNSENT } from "./reported.ts";
import { queryOf, readSwitch } from "./switch.ts";

/** What a person found in the account (it is there with this id, or absent), or that the import is reopened or dropped. */
export type Resolution =
  | { readonly is: "applicant" | "application"; readonly id: bigint }
  | { readonly is: "absent" }
  /** What a person reported is withdrawn. */
  | { readonly is: "review" }
  | { readonly is: "drop" };

/** Retries a rejected import as it is, or has one of unknown outcome looked up at once. */
export async function retryImport(
  context: DecisionStore & Pick<OutboxContext, "enqueue">,
  id: bigint,
): Promise<Decided> {
  const { job, ...decided } = await decide(context, id, { what: "import_retried" }, retryRow);
  if (job !== undefined) await context.enqueue(job);
  return decided;
}

/** Resolves an import by what a person found in the account. */
export async function resolveImport(store: DecisionStore, id: bigint, resolution: Resolution): Promise<Decided> {
  const { is } = resolution;
  const what = is === "drop" ? "import_dropped" : is === "review" ? "import_reopened" : "import_resolved";
  const facts = "id" in resolution ? { found: is, id: String(resolution.id) } : is === "absent" ? { found: is } : {};
  return decide(store, id, { what, facts }, (tx, row) => resolveRow(tx, row, resolution));
}

/** Dismisses a rejected import: it stays rejected, but waits for nobody. A retry takes that back. */
export async function dismissImport(store: DecisionStore, id: bigint): Promise<Decided> {
  return decide(store, id, { what: "import_dismissed" }, async (tx, row) => {
    const { step, state } = stepOf(row);
    if (state !== "rejected") return refuse("only_rejected_dismissed", { state });
    if (row.dismissedAt !== null) return done("dismissed_already");
    await tx.$executeRaw`update public.applicant_import set dismissed_at = clock_timestamp() where id = ${id}`;
    const { reasonCode, reason } = because("dismissed");
    const event = { importId: id, step, fromState: state, toState: state, reasonCode, reason };
    await tx.importEvent.create({ data: event });
    return done("dismissed");
  });
}

async function retryRow(tx: Executor, row: ImportRow): Promise<Verdict> {
  const { state } = stepOf(row);
  const id = String(row.id);
  if (state === "unknown") return { ...done("looked_up_at_once"), job: jobOf("reconcile", row) };
  if (state === "needs_review") return refuse("needs_review", { id });
  if (state !== "rejected") return refuse("only_rejected_retried", { state });
  if (row.email === null) return refuse("erased");
  if (row.droppedUnknown) return refuse("dropped_unknown_before", { id });
  if (needsCheck(row)) {
    await moveStep(tx, row, { to: "draft" });
    return done("checked_again");
  }
  const { held } = await readSwitch(queryOf(tx), row.account);
  const initial = initialState(row, held);
  await moveStep(tx, row, { to: initial.state, reasonCode: initial.reason_code ?? "retried", reason: initial.reason });
  const why = reasonOf(initial.reason_code);
  if (initial.reason === null || why === null) return done("tried_again", {}, mailNote(row));
  return verdict(true, { en: initial.reason, fr: fill(why.text, { campaign: String(row.campaignId) }).fr });
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
  if (resolution.is === "review") return done("reviewed_again");
  if (resolution.is === "drop") return dropRow(tx, row);
  const { step, state } = stepOf(row);
  if (state !== "needs_review" && state !== "unknown") {
    return refuse("only_review_resolved", { state });
  }
  if (resolution.is === "absent") {
    await moveStep(tx, row, { ...because("reported_absent"), existsThere: false, resent: true });
    if (isApplicationHeld(row)) await holdApplicant(tx, row.id, holdOf(before));
    return done(isApplicationHeld(row) ? "sent_once_released" : "sent_once_more", {}, mailNote(row));
  }
  if (resolution.is !== step) return otherStep(step);
  await moveStep(tx, row, { ...because("reported"), id: resolution.id, origin: "reported", reason: null });
  // Its applicant was corrected meanwhile, but it is still held for a reason of its own, by which it is released.
  if (isApplicationHeld(row)) await tx.applicantImport.update({ where: { id: row.id }, data: holdOf(before) });
  const isFollowed = step === "applicant" && row.applicationState !== null;
  const code = isFollowed ? "there_application_follows" : (`there_as_${step}` as const);
  return done(code, { id: String(resolution.id) });
}

/**
 * Moves an import back to `needs_review` whose step a person reported, or that waits to be sent once more, so that they can correct it.
 * What needs a review, or is unknown, stays as it is; anything else is refused.
 */
async function reopen(tx: Executor, row: ImportRow, resolution: Resolution): Promise<ImportRow | Verdict> {
  const { step, state } = stepOf(row);
  const inApplicant = isAboutApplicant(row, resolution.is);
  if (inApplicant && !UNSENT.includes(state)) {
    return refuse("corrected_there_only", { state, applicant: String(row.applicantId) });
  }
  if (!inApplicant && (state === "needs_review" || state === "unknown")) {
    return resolution.is === "review" ? refuse("already", { state }) : row;
  }
  const origin = step === "applicant" ? row.applicantOrigin : row.applicationOrigin;
  const isResent = (state === "ready" || state === "held") && row.resends > 0;
  if (isResent && resolution.is === "absent") return refuse("resent_already", { state });
  const isReported =
    inApplicant ||
    isResent ||
    (state === "sent" && origin === "reported") ||
    (state === "rejected" && row.droppedUnknown);
  if (!isReported) {
    return refuse("only_reported_resolved", { state });
  }
  const isStep = resolution.is === "applicant" || resolution.is === "application";
  if (isStep && resolution.is !== step && !inApplicant) return otherStep(step);
  if (row.email === null && resolution.is === "absent") return refuse("erased");
  const open = await otherUnderReview(tx, row);
  if (open !== null) return refuse("other_open", { id: String(open) });
  await (inApplicant ? reopenApplicant(tx, row) : moveStep(tx, row, because("corrected")));
  return (await lockImport(tx, row.account, row.id)) ?? row;
}

function otherStep(step: Step): Verdict {
  return refuse(`wanted_${step}`);
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
  if (!DROPPABLE.includes(state)) return refuse("only_open_dropped", { state, states: DROPPABLE.join(", ") });
  const droppedUnknown = state === "unknown" || state === "needs_review";
  await moveStep(tx, row, { ...because("dropped"), droppedUnknown });
  return done(droppedUnknown ? `dropped_unknown_${step}` : "dropped");
}
