import type { Executor } from "../../database/client.ts";
import { CHANGEABLE_FIELDS, type CheckedInput } from "../import/fields.ts";
import { initialState } from "../import/initial-state.ts";
import type { Resume } from "../import/resume.ts";
import { lockImport, moveStep, type ImportRow } from "../import/row.ts";
import type { FileLine } from "./store.ts";
import { queryOf, readSwitch } from "../operations/switch.ts";

/** An import that was submitted again, as it is to be now. */
interface Resubmission {
  readonly input: CheckedInput;
  readonly company: string | null;
  readonly resume: Pick<Resume, "sha256"> | null;
  readonly origin: FileLine | undefined;
}

/** Updates a rejected import with what was submitted again, and moves it on. Returns false, and changes nothing, if nothing differs. */
export async function resubmit(tx: Executor, account: string, id: bigint, submitted: Resubmission): Promise<boolean> {
  const row = await lockImport(tx, account, id);
  if (row?.state !== "rejected" || row.droppedUnknown) return false;
  if (!fits(row, submitted) || !(await isDifferent(tx, row, submitted))) return false;
  const { input, company, origin } = submitted;
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
