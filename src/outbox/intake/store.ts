/** The rows that an intake writes to the outbox: new ones of a file or a request, and drafts of the SQL intake. */
import { raw, sql, type Executor } from "../../database/client.ts";
import { FIELDS, STORED_FIELDS, type CheckedInput } from "../import/fields.ts";
import { IDENTITY, sameImport } from "../import/identity.ts";
import type { Resume } from "../import/resume.ts";
import { moveColumns } from "../import/move-columns.ts";
import { initialState } from "../import/row.ts";
import { queryOf, readSwitch } from "../operations/switch.ts";

export interface Intake {
  readonly intake: "file" | "http";
  /** Whether the row is one of many. Single imports are sent first. */
  readonly bulk: boolean;
}

/** Where a row begins: the name of its file, without the directory, and the line. */
export interface FileLine {
  readonly file: string;
  readonly line: number;
}

/** A checked row, and its index among those that came with it. */
export type SubmittedRow = CheckedInput & Partial<FileLine> & { readonly n: number; readonly source: string };

export interface DraftRow extends SubmittedRow {
  /** The id of the draft. */
  readonly draft: bigint;
  /** The reasons that a person has lifted for it before. */
  readonly waived: readonly string[];
  readonly bulk: boolean;
}

const COLUMNS = raw(STORED_FIELDS.join(", "));
const TYPES = raw(STORED_FIELDS.map((field) => `${field} ${FIELDS[field].column}`).join(", "));
const ADMITTED = raw(moveColumns("f.state", { reason_code: "f.reason_code", reason: "f.reason" }));
const VALUES = raw(STORED_FIELDS.map((field) => `${field} = f.${field}`).join(", "));

/** The rows as a table, with the state in which each begins. */
async function recordset(tx: Executor, account: string, rows: readonly (SubmittedRow & Partial<DraftRow>)[]) {
  const { held } = await readSwitch(queryOf(tx), account);
  const records = rows.map(({ draft, waived = [], ...row }) => {
    const campaignId = row.campaign_id === null ? null : BigInt(row.campaign_id);
    return { ...row, draft: draft?.toString(), ...initialState({ ...row, campaignId, waived }, held) };
  });
  return sql`jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
    as r (n integer, draft bigint, bulk boolean, file text, line integer, ${TYPES}, state text, reason_code text, reason text)`;
}

/** Inserts the rows that are not the same as an import of the outbox. Returns the ids of the new imports. */
export async function insertRows(
  tx: Executor,
  account: string,
  { intake, bulk }: Intake,
  submitted: readonly SubmittedRow[],
): Promise<readonly bigint[]> {
  const inserted = await tx.$queryRaw<{ id: bigint }[]>`
    insert into public.applicant_import (account, intake, bulk, file, line, ${COLUMNS}, applicant_state, reason_code, reason)
    select ${account}, ${intake}, ${bulk}::boolean, r.file, r.line, ${COLUMNS}, r.state, r.reason_code, r.reason
    from ${await recordset(tx, account, submitted)}
    order by r.n
    on conflict do nothing returning id`;
  return inserted.map(({ id }) => id);
}

/**
 * Makes imports of checked drafts, unless they are the same as an import of the outbox; of several that are the same, of the first.
 * The outbox must be locked. Returns the ids of those that were accepted.
 */
export async function admitDraftRows(
  tx: Executor,
  account: string,
  submitted: readonly DraftRow[],
): Promise<readonly bigint[]> {
  const admitted = await tx.$queryRaw<{ id: bigint }[]>`
    with g as materialized (
      select r.*, public.import_person(r.email) as person from ${await recordset(tx, account, submitted)}),
    first as materialized (
      select distinct on (${IDENTITY}) g.*
      from g where not exists (select from ${sameImport(account)} same where same.id <> g.draft)
      order by ${IDENTITY}, g.n)
    update public.applicant_import i
    set ${VALUES}, bulk = f.bulk, ${ADMITTED}
    from first f where i.id = f.draft and i.account = ${account} and i.state = 'draft'
    returning i.id`;
  return admitted.map(({ id }) => id);
}

/** Keeps the resume of an import, replacing one that it had. */
export async function keepResume(tx: Executor, importId: bigint, { type, bytes, sha256 }: Resume): Promise<void> {
  const data = { type, bytes: Buffer.from(bytes), size: bytes.byteLength, sha256, erasedAt: null };
  await tx.importResume.upsert({ where: { importId }, create: { importId, ...data }, update: data });
}
