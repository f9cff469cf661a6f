/** The rows of the outbox that a file or a request over HTTP brings, and those that are there already. */
import type { Executor } from "../../database/client.ts";
import { IS_OTHER, sameImport } from "../import/identity.ts";
import type { CheckedInput } from "../import/fields.ts";
import { initialState } from "../import/initial-state.ts";
import type { Resume } from "../import/resume.ts";
import { queryOf, readSwitch } from "../operations/switch.ts";

export interface Intake {
  readonly intake: "file" | "http";
  /** One of many: those that come alone go first. */
  readonly bulk: boolean;
}

/** A row that has been checked, and its index among those that came with it. */
export type SubmittedRow = CheckedInput & { readonly n: number; readonly source: string };

/** Inserts the rows whose key, or else identity, no import has yet. Returns the ids of the new imports. */
export async function insertRows(
  tx: Executor,
  account: string,
  { intake, bulk }: Intake,
  submitted: readonly SubmittedRow[],
): Promise<readonly bigint[]> {
  const { held } = await readSwitch(queryOf(tx), account);
  const rows = submitted.map((row) => ({ ...row, ...initialState(row, held) }));
  const inserted = await tx.$queryRaw<{ id: bigint }[]>`
    insert into public.applicant_import (account, key, source, intake, bulk, company_id, campaign_id, email, first_name, last_name,
      locale, phone_code, phone_number, iso_country, avatar_url, bio_url, is_partner_newsletter_active,
      is_campaign_alert_active, is_legals_accepted_by_manager, consent_at, consent_how, consent_wording, applicant_state,
      reason_code, reason)
    select ${account}, g.key, g.source, ${intake}, ${bulk}::boolean, g.company_id, g.campaign_id, g.email, g.first_name,
      g.last_name, g.locale, g.phone_code, g.phone_number, g.iso_country, g.avatar_url, g.bio_url,
      g.is_partner_newsletter_active, g.is_campaign_alert_active, g.is_legals_accepted_by_manager, g.consent_at,
      g.consent_how, g.consent_wording, g.state, g.reason_code, g.reason
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g (n integer, key text, source text, company_id bigint,
      campaign_id bigint, email text, first_name text, last_name text, locale text, phone_code text, phone_number text,
      iso_country text, avatar_url text, bio_url text, is_partner_newsletter_active boolean,
      is_campaign_alert_active boolean, is_legals_accepted_by_manager boolean, consent_at timestamptz, consent_how text,
      consent_wording text, state text, reason_code text, reason text)
    order by g.n
    on conflict do nothing returning id`;
  return inserted.map(({ id }) => id);
}

export interface Found {
  readonly id: bigint;
  /** It has the row's key, and is of another person or campaign. */
  readonly isOther: boolean;
}

/** Each row's import, by the index of the row. */
export async function findRows(
  tx: Executor,
  account: string,
  submitted: readonly SubmittedRow[],
): Promise<ReadonlyMap<number, Found>> {
  const rows = submitted.map(({ n, key, company_id, campaign_id, email }) => ({
    n,
    key,
    company_id,
    campaign_id,
    email,
  }));
  const found = await tx.$queryRaw<({ n: number } & Found)[]>`
    with g as materialized (select r.*, public.import_person(r.email) as person
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r (n integer, key text, company_id bigint, campaign_id bigint, email text))
    select g.n, i.id, ${IS_OTHER} as "isOther" from g cross join lateral ${sameImport(account)} i`;
  return new Map(found.map(({ n, ...one }) => [n, one]));
}

/** Keeps the resume of an import, replacing one that it had. */
export async function keepResume(tx: Executor, importId: bigint, { type, bytes, sha256 }: Resume): Promise<void> {
  const data = { type, bytes: Buffer.from(bytes), size: bytes.byteLength, sha256, erasedAt: null };
  await tx.importResume.upsert({ where: { importId }, create: { importId, ...data }, update: data });
}
