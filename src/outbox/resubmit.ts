import type { Executor } from "../database.ts";
import type { CheckedInput } from "./input.ts";
import { placeOf } from "./place.ts";
import { controlOf, lockImport, moveStep, wasDroppedUnlooked } from "./store.ts";

/** What a caller may mend of an import that was rejected. */
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

/** Takes what is other in an import that was rejected, and makes it ready again. Returns whether anything was other. */
export async function resubmit(tx: Executor, account: string, id: bigint, input: CheckedInput): Promise<boolean> {
  const row = await lockImport(tx, account, id);
  if (row?.state !== "rejected" || (await wasDroppedUnlooked(tx, id))) return false;
  const isOther = PERSON.some((field) => valueOf(row[field]) !== valueOf(input[field]));
  // With the applicant there, only the application is left: it must not be made for another person.
  if (!isOther || (row.applicantState === "sent" && row.email !== input.email)) return false;
  const { held } = await controlOf(tx, account);
  await tx.applicantImport.update({
    where: { id },
    data: {
      ...Object.fromEntries(PERSON.map((field) => [field, input[field]])),
      erasedAt: null,
      // What SQL gave holds no more.
      givenHash: null,
      givenPerson: null,
    },
  });
  const place = placeOf(input, held);
  await moveStep(tx, row, { to: place.state, reasonCode: place.reason_code ?? "resubmitted", reason: place.reason });
  return true;
}

function valueOf(value: string | boolean | Date | null): unknown {
  return value instanceof Date ? value.getTime() : value;
}
