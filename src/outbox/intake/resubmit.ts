import type { Executor } from "../../database/client.ts";
import type { CheckedInput } from "../import/fields.ts";
import { initialState } from "../import/initial-state.ts";
import type { Resume } from "../import/resume.ts";
import { lockImport, moveStep, type ImportRow } from "../import/row.ts";
import { queryOf, readSwitch } from "../operations/switch.ts";

/** What a caller may fix of a rejected import. */
const PERSON = [
  "email",
  "first_name",
  "last_name",
  "locale",
  "phone_code",
  "phone_number",
  "iso_country",
  "avatar_url",
  "bio_url",
  "is_partner_newsletter_active",
  "is_campaign_alert_active",
  "is_legals_accepted_by_manager",
  "consent_at",
  "consent_how",
  "consent_wording",
] as const;

/** What a caller gives once more: an import as it is to be now. */
interface Submitted {
  readonly input: CheckedInput;
  readonly company: string | null;
  readonly resume: Pick<Resume, "sha256"> | null;
}

/** Updates what is other in an import that was rejected, and makes it ready again. Returns whether anything was other. */
export async function resubmit(tx: Executor, account: string, id: bigint, submitted: Submitted): Promise<boolean> {
  const row = await lockImport(tx, account, id);
  if (row?.state !== "rejected" || row.droppedUnknown) return false;
  if (!fits(row, submitted) || !(await isOther(tx, row, submitted))) return false;
  const { input, company } = submitted;
  const { held } = await readSwitch(queryOf(tx), account);
  const { waived } = await tx.applicantImport.update({
    where: { id },
    select: { waived: true },
    data: {
      ...Object.fromEntries(PERSON.map((field) => [field, input[field]])),
      companyId: toId(company),
      campaignId: toId(input.campaign_id),
      ...(row.applicantState === "sent" ? {} : { applicationState: input.campaign_id === null ? null : "waiting" }),
      erasedAt: null,
    },
  });
  const initial = initialState({ ...input, campaignId: toId(input.campaign_id), waived }, held);
  await moveStep(tx, row, {
    to: initial.state,
    reasonCode: initial.reason_code ?? "resubmitted",
    reason: initial.reason,
  });
  return true;
}

/** With the applicant there, only the application is left: it must not be made for another person or company. */
function fits(row: ImportRow, { input, company }: Submitted): boolean {
  if (row.applicantState !== "sent") return true;
  return row.email === input.email && row.companyId === toId(company) && input.campaign_id !== null;
}

async function isOther(tx: Executor, row: ImportRow, { input, company, resume }: Submitted): Promise<boolean> {
  if (PERSON.some((field) => valueOf(row[field]) !== valueOf(input[field]))) return true;
  if (row.companyId !== toId(company) || row.campaignId !== toId(input.campaign_id)) return true;
  if (resume === null || row.applicantState === "sent") return false;
  const stored = await tx.importResume.findUnique({ where: { importId: row.id }, select: { sha256: true } });
  return stored?.sha256 !== resume.sha256;
}

function toId(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}

function valueOf(value: string | boolean | Date | null): unknown {
  return value instanceof Date ? value.getTime() : value;
}
