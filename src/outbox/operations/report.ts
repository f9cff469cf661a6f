/** One import in full, the person included: for those who may see it, on request. */
import type { Database } from "../../database/client.ts";
import { consentToTell } from "../import/consent.ts";
import { FIELDS, PERSON_FIELDS } from "../import/fields.ts";
import { explain } from "./next-step.ts";
import { idText } from "./overview.ts";
import { queryOf, readSwitch, releaseCommandOf } from "./switch.ts";

/** Ids as text, times in ISO 8601. */
export type ImportReport = NonNullable<Awaited<ReturnType<typeof readImport>>>;

/** Everything that is known of an import; null where there is none of this id in the account. */
export async function readImport(database: Database, account: string, id: bigint) {
  const row = await database.applicantImport.findFirst({
    where: { account, id },
    include: { events: { orderBy: { id: "asc" } }, resume: { omit: { bytes: true } } },
  });
  if (row === null) return null;
  const releaseAll = releaseCommandOf(await readSwitch(queryOf(database), account));
  const explained = explain(row, releaseAll);
  const { applicantState, applicationState, resume } = row;
  return {
    id: String(row.id),
    key: row.key,
    source: row.source,
    intake: row.intake,
    state: row.state,
    reasonCode: row.reasonCode,
    reason: row.reason,
    next: explained.next.en,
    /** What the reason code says, and the next step, in French. */
    french: { reason: explained.reason?.fr ?? null, next: explained.next.fr },
    companyId: idText(row.companyId),
    campaignId: idText(row.campaignId),
    applicant: { state: applicantState, id: idText(row.applicantId), origin: row.applicantOrigin },
    application:
      applicationState === null
        ? null
        : { state: applicationState, id: idText(row.applicationId), origin: row.applicationOrigin },
    /** Null fields were not submitted, or have been erased. */
    person: Object.fromEntries(
      PERSON_FIELDS.map((field) => [field, row[field] ?? (FIELDS[field].sent === "flag" ? false : null)]),
    ),
    consent: {
      submitted: row.is_legals_accepted_by_manager,
      at: iso(row.consent_at),
      how: row.consent_how,
      wording: row.consent_wording,
      /** What is, or was, reported to the API. */
      reported: consentToTell(row),
    },
    /** Null: not known yet. */
    emailExpected: row.emailExpected,
    resume:
      resume === null
        ? null
        : { type: resume.type, bytes: resume.size, sha256: resume.sha256, erasedAt: iso(resume.erasedAt) },
    attempts: row.attempts,
    lookups: row.lookups,
    notBefore: iso(row.notBefore),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    finishedAt: iso(row.finishedAt),
    erasedAt: iso(row.erasedAt),
    events: row.events.map(({ at, step, fromState, toState, reasonCode, reason }) => ({
      at: at.toISOString(),
      step,
      from: fromState,
      to: toState,
      reasonCode,
      reason,
    })),
  };
}

function iso(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
