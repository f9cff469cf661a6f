import type { Executor } from "../../database/client.ts";
import { CHANGEABLE_FIELDS, type CheckedInput } from "../import/fields.ts";
import type { Resume } from "../import/resume.ts";
import { initialState, lockImport, moveStep, type ImportRow } from "../import/row.ts";
import type { FileLine } from "./store.ts";
import { queryOf, readSwitch } from "../operations/switch.ts";

/** An import that was submitted again, as it is to be now. */
interface Resubmission {
  readonly input: CheckedInput;
  readonly company: string | null;
  readonly resume: Pick<Resume, "sha256"> | null;
}

/** Updates a rejected import with what was submitted again, and moves it on. Returns false, and changes nothing, if nothing differs. */
export async function resubmit(
  tx: Executor,
  account: string,
  id: bigint,
  submitted: Resubmission & { readonly origin: FileLine | undefined },
): Promise<boolean> {
  const row = await lockImport(tx, account, id);
  const input = row === null ? null : await fixedInput(tx, row, submitted);
  if (row === null || input === null) return false;
  const { company, origin } = submitted;
  const { held } = await readSwitch(queryOf(tx), account);
  const campaignId = toId(input.campaign_id);
  const { waived } = await tx.applicantImport.update({
    where: { id },
    select: { waived: true },
    data: {
      ...Object.fromEntries(CHANGEABLE_FIELDS.map((field) => [field, input[field]])),
      companyId: toId(company),
      campaignId,
      ...origin,
      ...(row.applicantState === "sent" ? {} : { applicationState: campaignId === null ? null : "waiting" }),
      erasedAt: null,
    },
  });
  const { state: to, reason_code: reasonCode, reason } = initialState({ ...input, campaignId, waived }, held);
  await moveStep(tx, row, { to, reasonCode: reasonCode ?? "resubmitted", reason });
  return true;
}

/**
 * Returns what a rejected import becomes when it is submitted again; null: nothing differs, or it must stay as it is. Its consent is kept
 * where the submission is silent about it, so that a file without these columns cannot cause an e-mail; a `no` withdraws it.
 */
export async function fixedInput(tx: Executor, row: ImportRow, submitted: Resubmission): Promise<CheckedInput | null> {
  if (row.state !== "rejected" || row.droppedUnknown || !fits(row, submitted)) return null;
  const { input } = submitted;
  const fixed = input.is_legals_accepted_by_manager === false ? input : { ...input, ...keptConsent(row, input) };
  return (await isDifferent(tx, row, { ...submitted, input: fixed })) ? fixed : null;
}

function keptConsent(row: ImportRow, input: CheckedInput) {
  return {
    is_legals_accepted_by_manager: input.is_legals_accepted_by_manager ?? row.is_legals_accepted_by_manager,
    consent_at: input.consent_at ?? row.consent_at,
    consent_how: input.consent_how ?? row.consent_how,
    consent_wording: input.consent_wording ?? row.consent_wording,
  };
}

/** With the applicant there, only the application is left. It must not be created for another person or company. */
function fits(row: ImportRow, { input, company }: Resubmission): boolean {
  if (row.applicantState !== "sent") return true;
  return row.email === input.email && row.companyId === toId(company) && input.campaign_id !== null;
}

async function isDifferent(tx: Executor, row: ImportRow, { input, company, resume }: Resubmission): Promise<boolean> {
  if (CHANGEABLE_FIELDS.some((field) => row[field]?.valueOf() !== input[field]?.valueOf())) return true;
  if (row.companyId !== toId(company) || row.campaignId !== toId(input.campaign_id)) return true;
  if (resume === null || row.applicantState === "sent") return false;
  const stored = await tx.importResume.findUnique({ where: { importId: row.id }, select: { sha256: true } });
  return stored?.sha256 !== resume.sha256;
}

function toId(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
