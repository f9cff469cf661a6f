import type { Executor } from "../../../database/client.ts";
import { IDENTITY, sameImport } from "../../import/identity.ts";
import type { SubmittedRow } from "../insert-rows.ts";
import { initialState } from "../../import/initial-state.ts";
import { queryOf, readSwitch } from "../../operations/switch.ts";

export interface DraftRow extends SubmittedRow {
  /** The id of the draft. */
  readonly draft: bigint;
  /** What a person has lifted for it before. */
  readonly waived: readonly string[];
  readonly bulk: boolean;
}

/**
 * Makes imports of drafts that have been checked, unless another import has their key or is the same; of several that are the
 * same, of the first. The outbox must be locked. Returns the ids of those it let in.
 */
export async function admitRows(
  tx: Executor,
  account: string,
  submitted: readonly DraftRow[],
): Promise<readonly bigint[]> {
  const { held } = await readSwitch(queryOf(tx), account);
  const rows = submitted.map(({ draft, waived, ...row }) => {
    const campaignId = row.campaign_id === null ? null : BigInt(row.campaign_id);
    return { ...row, draft: String(draft), ...initialState({ ...row, campaignId, waived: [...waived] }, held) };
  });
  const admitted = await tx.$queryRaw<{ id: bigint }[]>`
    with g as materialized (
      select r.*, public.import_person(r.email) as person
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (n integer, draft bigint, bulk boolean, key text,
        company_id bigint, campaign_id bigint, email text, first_name text, last_name text, locale text, phone_code text,
        phone_number text, iso_country text, avatar_url text, bio_url text, is_partner_newsletter_active boolean,
        is_campaign_alert_active boolean, is_legals_accepted_by_manager boolean, consent_at timestamptz, consent_how text,
        consent_wording text, state text, reason_code text, reason text)),
    first as materialized (
      select distinct on (${IDENTITY}) g.*
      from g where not exists (select from ${sameImport(account)} same where same.id <> g.draft)
      order by ${IDENTITY}, g.n)
    update public.applicant_import d set company_id = f.company_id, email = f.email, first_name = f.first_name,
      key = f.key, last_name = f.last_name, locale = f.locale, phone_code = f.phone_code, phone_number = f.phone_number,
      iso_country = f.iso_country, avatar_url = f.avatar_url, bio_url = f.bio_url,
      is_partner_newsletter_active = f.is_partner_newsletter_active,
      is_campaign_alert_active = f.is_campaign_alert_active,
      is_legals_accepted_by_manager = f.is_legals_accepted_by_manager, consent_at = f.consent_at,
      consent_how = f.consent_how, consent_wording = f.consent_wording, bulk = f.bulk, applicant_state = f.state,
      reason_code = f.reason_code, reason = f.reason
    from first f where d.id = f.draft and d.account = ${account} and d.state = 'draft'
    returning d.id`;
  return admitted.map(({ id }) => id);
}
