/** What the HTTP server tells of an import. */
import type { Database } from "../../database/client.ts";

/** An import without anything personal. Times in ISO 8601. */
export interface ImportStatus {
  readonly id: string;
  readonly key: string | null;
  readonly source: string;
  readonly state: string;
  readonly applicant_state: string;
  /** Null: no application is wanted. */
  readonly application_state: string | null;
  readonly reason_code: string | null;
  readonly reason: string | null;
  readonly applicant_id: string | null;
  readonly application_id: string | null;
  /** Null: not known yet. */
  readonly email_expected: boolean | null;
  readonly attempts: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly finished_at: string | null;
}

/** An import of the account; null where there is none of this id. */
export async function findImport(database: Database, account: string, id: bigint): Promise<ImportStatus | null> {
  const row = await database.applicantImport.findFirst({ where: { account, id } });
  if (row === null) return null;
  return {
    id: String(row.id),
    key: row.key,
    source: row.source,
    state: row.state,
    applicant_state: row.applicantState,
    application_state: row.applicationState,
    reason_code: row.reasonCode,
    reason: row.reason,
    applicant_id: row.applicantId?.toString() ?? null,
    application_id: row.applicationId?.toString() ?? null,
    email_expected: row.emailExpected,
    attempts: row.attempts,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  };
}
