/** Reads and checks drafts before anything is locked. Sizes are checked before values, and one resume is read at a time. */
import type { Database } from "../../../database/client.ts";
import type { IntakeSettings } from "../../context.ts";
import { checkImport, withResume, type CheckedImport, type CheckedPair } from "../../import/check.ts";
import { fault, reasonFor } from "../../import/faults.ts";
import { STORED_FIELDS } from "../../import/fields.ts";
import type { HomeOf } from "../../import/home-country.ts";
import { checkResume, tooLarge, type Resume, type Unacceptable } from "../../import/resume.ts";
import type { ImportRow } from "../../import/row.ts";

export interface Draft {
  readonly row: ImportRow;
  /** The size of its resume in bytes; null: it has none. */
  readonly resumeBytes: number | null;
}

type ResumeFacts = Pick<Resume, "type" | "sha256">;

export type CheckedDraft = { readonly draft: Draft } & CheckedPair<ResumeFacts>;

/** Returns the oldest drafts of an account, except `apart`. The constraints of the table limit the size of a row. */
export async function readDrafts(
  database: Database,
  account: string,
  apart: readonly bigint[],
  limit: number,
): Promise<readonly Draft[]> {
  const rows = await database.applicantImport.findMany({
    where: { account, state: "draft", id: { notIn: [...apart] } },
    orderBy: { id: "asc" },
    take: limit,
  });
  const sizes = await database.$queryRaw<{ id: bigint; bytes: number }[]>`
    select import_id as id, octet_length(bytes) as bytes from public.import_resume
    where import_id = any(${rows.map(({ id }) => id)}::bigint[]) and bytes is not null`;
  const bytesOf = new Map(sizes.map(({ id, bytes }) => [id, bytes]));
  return rows.map((row) => ({ row, resumeBytes: bytesOf.get(row.id) ?? null }));
}

export interface AdmitOptions extends IntakeSettings {
  readonly database: Database;
}

/** Checks a draft like any other row. An error that a value causes in the check is a fault of this draft alone. */
export async function checkDraft(options: AdmitOptions, draft: Draft, homeOf: HomeOf): Promise<CheckedDraft> {
  const resume = await resumeOf(options, draft);
  const submitted = submittedOf(draft);
  return { draft, ...withResume(checkSubmitted(submitted, { ...options, home: homeOf(submitted) }), resume) };
}

/** The fields of a draft as they were inserted. */
export function submittedOf({ row }: Draft): Readonly<Record<string, unknown>> {
  const values: Readonly<Record<string, unknown>> = {
    ...row,
    company_id: row.companyId?.toString(),
    campaign_id: row.campaignId?.toString(),
  };
  return Object.fromEntries(STORED_FIELDS.map((field) => [field, values[field]]));
}

function checkSubmitted(submitted: Readonly<Record<string, unknown>>, settings: IntakeSettings): CheckedImport {
  try {
    return checkImport(submitted, settings);
  } catch {
    return { ok: false, faults: [fault("import", "unreadable_value")] };
  }
}

async function resumeOf(
  { database, imports }: AdmitOptions,
  { row, resumeBytes }: Draft,
): Promise<ResumeFacts | Unacceptable | null> {
  if (resumeBytes === null) return null;
  if (resumeBytes > imports.resumeMaxBytes) return tooLarge(resumeBytes, imports);
  const stored = await database.importResume.findUnique({ where: { importId: row.id }, select: { bytes: true } });
  if (stored?.bytes == null) return null;
  try {
    const checked = await checkResume(stored.bytes, imports);
    return "reason" in checked ? checked : { type: checked.type, sha256: checked.sha256 };
  } catch {
    return { reason: reasonFor("resume_unreadable") };
  }
}
