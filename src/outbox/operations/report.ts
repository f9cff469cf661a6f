/** One import in full, the person included: for those who may see it, on request. */
import type { Database } from "../../database/client.ts";
import { consentToTell } from "../import/consent.ts";
import { FIELDS, PERSON_FIELDS } from "../import/fields.ts";
import { reasonOf } from "../import/reasons.ts";
import { fill } from "../../platform/language.ts";
import { explain, reasonIn } from "./next-step.ts";
import { conditionOf, type ImportFilter } from "./filter.ts";
import { listImports } from "./list.ts";
import { queryOf, readSwitch, releaseCommandOf } from "./switch.ts";

/** The imports that a name stands for. */
export interface Found {
  readonly ids: readonly bigint[];
  readonly by: "id" | "key" | "e-mail";
  /** Imports that have the name as their key, where it is the id of another. */
  readonly others: readonly string[];
}

/** Finds imports by an id, else by a key, else by the e-mail of a person. The newest first. */
export async function findImports(database: Database, account: string, name: string): Promise<Found> {
  const matching = async (filter: ImportFilter) => {
    const condition = await conditionOf(database, account, filter);
    return (await listImports(database, condition, MOST_FOUND)).map(({ id }) => BigInt(id));
  };
  const byKey = await matching({ keys: [name] });
  const isId = /^[1-9]\d{0,17}$/.test(name);
  const row = isId ? await database.applicantImport.findFirst({ where: { account, id: BigInt(name) } }) : null;
  if (row !== null) return { ids: [row.id], by: "id", others: byKey.filter((other) => other !== row.id).map(String) };
  if (byKey.length > 0) return { ids: byKey, by: "key", others: [] };
  return { ids: await matching({ emails: [name] }), by: "e-mail", others: [] };
}

/** More than one is enough to know that a name is ambiguous. */
const MOST_FOUND = 2;

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
  const ofCode = (code: string | null) => {
    const why = reasonOf(code);
    return why === null ? null : fill(why.text, { campaign: String(row.campaignId) });
  };
  const { applicantState, applicationState, resume } = row;
  return {
    id: String(row.id),
    key: row.key,
    source: row.source,
    /** The name of the file it was last submitted in, and the line; null: another intake. */
    file: row.file,
    line: row.line,
    intake: row.intake,
    state: row.state,
    reasonCode: row.reasonCode,
    reason: row.reason,
    next: explained.next.en,
    /** The reason and the next step in French. */
    french: { reason: reasonIn("fr", row.reason, explained.reason), next: explained.next.fr },
    companyId: row.companyId?.toString() ?? null,
    campaignId: row.campaignId?.toString() ?? null,
    applicant: { state: applicantState, id: row.applicantId?.toString() ?? null, origin: row.applicantOrigin },
    application:
      applicationState === null
        ? null
        : { state: applicationState, id: row.applicationId?.toString() ?? null, origin: row.applicationOrigin },
    /** Null fields were not submitted, or have been erased. */
    person: Object.fromEntries(
      PERSON_FIELDS.map((field) => [field, row[field] ?? (FIELDS[field].sent === "flag" ? false : null)]),
    ),
    consent: {
      submitted: row.is_legals_accepted_by_manager,
      at: row.consent_at?.toISOString() ?? null,
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
        : {
            type: resume.type,
            bytes: resume.size,
            sha256: resume.sha256,
            erasedAt: resume.erasedAt?.toISOString() ?? null,
          },
    attempts: row.attempts,
    lookups: row.lookups,
    notBefore: row.notBefore?.toISOString() ?? null,
    /** What was assumed or left out of it; null: nothing, or another intake than SQL, which reports it in its answer. */
    notes: row.notes,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    dismissedAt: row.dismissedAt?.toISOString() ?? null,
    erasedAt: row.erasedAt?.toISOString() ?? null,
    events: row.events.map(({ at, step, fromState, toState, reasonCode, reason }) => ({
      at: at.toISOString(),
      step,
      from: fromState,
      to: toState,
      reasonCode,
      reason,
      /** The reason in French; null: neither the event nor its code has one. */
      french: reasonIn("fr", reason, ofCode(reasonCode)),
    })),
  };
}
