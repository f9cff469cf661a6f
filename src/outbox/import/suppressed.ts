/** Imports of suppressed people: they are refused by every intake, and before every request. */
import { raw, type Executor } from "../../database/client.ts";
import { requestCleanUp } from "../../people/erase/clean-up.ts";
import { emptied } from "../../people/erase/emptied.ts";
import { suppressedAmong } from "../../people/suppression/suppress.ts";
import type { IntakeSettings } from "../context.ts";
import { fault } from "./faults.ts";
import { because } from "./reasons.ts";
import { moveStep, type ImportRow } from "./row.ts";

/** The fault of an import of a suppressed person. Nothing that was submitted is kept. */
export const SUPPRESSED = fault("email", "suppressed");

type Settings = Pick<IntakeSettings, "account" | "keyring">;

/** Those of e-mails, in any spelling, whose people are suppressed. Throws `privacy_key_unknown` if this process cannot check them. */
export async function suppressedEmails(
  executor: Executor,
  { account, keyring }: Settings,
  emails: readonly string[],
): Promise<ReadonlySet<string>> {
  return (await suppressedAmong(executor, account, keyring, { emails, applicantIds: [] })).emails;
}

/** Whether the person of an import is suppressed, by their e-mail or by their id in the account. */
export async function isSuppressed(
  tx: Executor,
  { account, keyring }: Settings,
  { email, applicantId }: ImportRow,
): Promise<boolean> {
  const person = {
    emails: email === null ? [] : [email],
    applicantIds: applicantId === null ? [] : [applicantId],
  };
  const found = await suppressedAmong(tx, account, keyring, person);
  return found.emails.size + found.applicantIds.size > 0;
}

/** Rejects an import of a suppressed person, whose row is locked, and erases what it holds of them, its key and its file included. */
export async function rejectSuppressed(tx: Executor, row: ImportRow): Promise<void> {
  await tx.$executeRaw`update public.import_event set ${raw(emptied("import_event"))} where import_id = ${row.id}`;
  await tx.$executeRaw`update public.import_resume set ${raw(emptied("import_resume"))} where import_id = ${row.id}`;
  await tx.$executeRaw`update public.applicant_import set ${raw(emptied("applicant_import"))} where id = ${row.id}`;
  await moveStep(tx, row, because("suppressed"));
  await requestCleanUp(tx, row.account);
}
