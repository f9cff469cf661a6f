/** Ends what is left to do about imports of a person who is erased or suppressed. */
import type { Executor } from "../../database/client.ts";
import { AppError } from "../../platform/errors.ts";
import { fill, type Text } from "../../platform/language.ts";
import { because } from "../import/reasons.ts";
import { lockImport, lockOutbox, moveStep, stepOf, type ImportRow } from "../import/row.ts";
import type { StepState } from "../import/states.ts";
import { rejectSuppressed } from "../import/suppressed.ts";

/** It is not known whether these people were, or are being, created and e-mailed: without their data nobody could find out. */
const IN_FLIGHT: Readonly<Partial<Record<StepState, Text>>> = {
  sending: {
    en: "Import {id} of this person is being sent at this moment. Nothing was done: try again in a minute.",
    fr: "L'import {id} de cette personne est en cours d'envoi. Rien n'a été fait : réessayez dans une minute.",
  },
  unknown: {
    en: "It is not known whether import {id} of this person reached Kelio ATS; it is being looked up. Nothing was done: wait for that, or settle it: applicant-sync imports resolve {id}",
    fr: "On ne sait pas si l'import {id} de cette personne est arrivé dans Kelio ATS ; la recherche est en cours. Rien n'a été fait : attendez-la, ou réglez-le : applicant-sync imports resolve {id}",
  },
  needs_review: {
    en: "It is not known whether import {id} of this person reached Kelio ATS. Nothing was done: look there, then: applicant-sync imports resolve {id}",
    fr: "On ne sait pas si l'import {id} de cette personne est arrivé dans Kelio ATS. Rien n'a été fait : vérifiez-y, puis : applicant-sync imports resolve {id}",
  },
};
const OPEN: readonly StepState[] = ["draft", "held", "ready"];

/** Does `work` with each import that is there, under the lock of the outbox, so that none is claimed before the end of the transaction. */
async function withEach(
  tx: Executor,
  account: string,
  ids: readonly bigint[],
  work: (row: ImportRow, state: StepState) => Promise<void>,
): Promise<void> {
  if (ids.length === 0) return;
  await lockOutbox(tx, account);
  for (const id of ids) {
    const row = await lockImport(tx, account, id);
    if (row !== null) await work(row, stepOf(row).state);
  }
}

/** Rejects the imports that wait: they are never sent. Throws `import_in_flight` if the outcome of one is open. */
export function closeImports(tx: Executor, account: string, ids: readonly bigint[]): Promise<void> {
  return withEach(tx, account, ids, async (row, state) => {
    const text = IN_FLIGHT[state];
    if (text !== undefined) throw new AppError("import_in_flight", fill(text, { id: String(row.id) }));
    if (OPEN.includes(state)) await moveStep(tx, row, because("person_erased"));
  });
}

/**
 * Rejects the imports of a suppressed person that wait, and erases what they hold. Returns those that are being sent, or whose outcome is
 * not known: they cannot be called back. Nothing further is sent for these either: each request is claimed first, and then they are
 * rejected.
 */
export async function rejectImports(tx: Executor, account: string, ids: readonly bigint[]): Promise<readonly bigint[]> {
  const inFlight: bigint[] = [];
  await withEach(tx, account, ids, async (row, state) => {
    if (IN_FLIGHT[state] !== undefined) inFlight.push(row.id);
    if (OPEN.includes(state)) await rejectSuppressed(tx, row);
  });
  return inFlight;
}

/**
 * Rejects every import that is not finished, of people who were erased before a backup was restored: their outcome was settled then, after
 * the backup.
 */
export function closeImportsOfErased(tx: Executor, account: string, ids: readonly bigint[]): Promise<void> {
  return withEach(tx, account, ids, async (row, state) => {
    const isOpen = state !== "rejected" && state !== "sent" && state !== "waiting";
    if (isOpen) await moveStep(tx, row, because("person_erased"));
  });
}
