/** New imports into the outbox, whatever their intake: those that are there already change nothing. */
import { inTransaction, type Database, type Executor } from "../database.ts";
import type { ImportConfig } from "../config.ts";
import { consentToTell } from "./consent.ts";
import { holdNewSources } from "./first-n.ts";
import type { CheckedInput, InputFault } from "./input.ts";
import { placeOf } from "./place.ts";
import type { Resume } from "./resume.ts";
import { resubmit } from "./resubmit.ts";
import { controlOf, lockOutbox } from "./store.ts";

export interface AddOptions {
  readonly account: string;
  readonly accountKind: "customer" | "jobboard";
  readonly imports: Pick<ImportConfig, "companyId" | "firstNApproval">;
}

export interface NewImport {
  readonly input: CheckedInput;
  readonly resume: Resume | null;
}

export interface AddedImport {
  readonly id: bigint;
  readonly state: string;
  readonly reasonCode: string | null;
  /** `queued` now; `known` before, and nothing was changed; `resubmitted`: it had been rejected and is other now. */
  readonly outcome: "queued" | "known" | "resubmitted";
  /** Whether the vendor will e-mail the person, as far as is known now. */
  readonly emailForeseen: boolean;
}

export type AddResult = AddedImport | { readonly fault: InputFault };

interface Intake {
  readonly intake: "file" | "http";
  /** One of many: those that come alone go first. */
  readonly bulk: boolean;
}

/** Adds imports in one transaction, and says of each, in their order, what became of it. At most some hundreds at once. */
export function addImports(
  database: Database,
  options: AddOptions,
  intake: Intake,
  rows: readonly NewImport[],
): Promise<readonly AddResult[]> {
  return inTransaction(database, (tx) => addImportsIn(tx, options, intake, rows));
}

/** `addImports` in the caller's transaction. */
export async function addImportsIn(
  tx: Executor,
  options: AddOptions,
  intake: Intake,
  rows: readonly NewImport[],
): Promise<readonly AddResult[]> {
  const companies = await companiesOf(tx, options, rows);
  const given = rows.flatMap(({ input }, n) => {
    const company = companies[n];
    return company === undefined ? [] : [{ ...input, n, company_id: company, source: input.source ?? intake.intake }];
  });
  await lockOutbox(tx, options.account);
  const inserted = new Set(await insertRows(tx, options, intake, given));
  const found = await findRows(tx, options.account, given);
  await holdNewSources(tx, options, inserted);
  const others = new Set<bigint>();
  for (const [n, id] of found) {
    const { input, resume } = at(rows, n);
    if (!inserted.has(id) && (await resubmit(tx, options.account, id, input))) others.add(id);
    if (resume !== null && (inserted.has(id) || others.has(id))) await keepResume(tx, id, resume);
  }
  return resultsOf(tx, rows, found, { inserted, others });
}

/** Says of each row what became of it; of two that are the same import, the first has queued it. */
async function resultsOf(
  tx: Executor,
  rows: readonly NewImport[],
  found: ReadonlyMap<number, bigint>,
  { inserted, others }: { readonly inserted: ReadonlySet<bigint>; readonly others: ReadonlySet<bigint> },
): Promise<readonly AddResult[]> {
  const stored = await tx.applicantImport.findMany({
    where: { id: { in: [...found.values()] } },
    select: { id: true, state: true, reasonCode: true, applicantState: true },
  });
  const byId = new Map(stored.map((row) => [row.id, row]));
  const said = new Set<bigint>();
  return rows.map(({ input }, n): AddResult => {
    const row = byId.get(found.get(n) ?? 0n);
    if (row === undefined) return { fault: { field: "company_id", reason: NO_COMPANY } };
    const isFirst = !said.has(row.id);
    said.add(row.id);
    const outcome =
      isFirst && inserted.has(row.id) ? "queued" : isFirst && others.has(row.id) ? "resubmitted" : "known";
    const emailForeseen = row.applicantState !== "sent" && !consentToTell(input);
    return { id: row.id, state: row.state, reasonCode: row.reasonCode, outcome, emailForeseen };
  });
}

function at<T>(rows: readonly T[], n: number): T {
  const row = rows[n];
  if (row === undefined) throw new RangeError(`There is no row ${n}.`);
  return row;
}

const NO_COMPANY =
  "is needed: the campaign's company is not known here. Give it, set KELIO_COMPANY_ID, or sync campaigns first";

/** The company of each row; null for a customer, undefined where a jobboard's row names none that is known. */
async function companiesOf(
  tx: Executor,
  { account, accountKind, imports }: AddOptions,
  rows: readonly NewImport[],
): Promise<readonly (string | null | undefined)[]> {
  if (accountKind === "customer") return rows.map(() => null);
  const campaigns = rows.flatMap(({ input }) =>
    input.company_id === null && input.campaign_id !== null ? [BigInt(input.campaign_id)] : [],
  );
  const known =
    campaigns.length === 0
      ? []
      : await tx.campaign.findMany({
          where: { account, id: { in: campaigns } },
          select: { id: true, company_id: true },
        });
  const byCampaign = new Map(
    known.map(({ id, company_id: company }) => [String(id), company === null ? null : String(company)]),
  );
  return rows.map(
    ({ input }) => input.company_id ?? byCampaign.get(input.campaign_id ?? "") ?? imports.companyId ?? undefined,
  );
}

type GivenRow = CheckedInput & { readonly n: number; readonly source: string };

/** Returns the ids of those that were not there. */
async function insertRows(
  tx: Executor,
  { account }: AddOptions,
  { intake, bulk }: Intake,
  given: readonly GivenRow[],
): Promise<readonly bigint[]> {
  const { held } = await controlOf(tx, account);
  const rows = given.map((row) => ({ ...row, ...placeOf(row, held) }));
  const inserted = await tx.$queryRaw<{ id: bigint }[]>`
    insert into applicant_import (account, key, source, intake, bulk, company_id, campaign_id, email, first_name, last_name,
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

/** The id of each row's import, by the place of the row. */
async function findRows(
  tx: Executor,
  account: string,
  given: readonly GivenRow[],
): Promise<ReadonlyMap<number, bigint>> {
  const rows = given.map(({ n, key, company_id, campaign_id, email }) => ({ n, key, company_id, campaign_id, email }));
  const found = await tx.$queryRaw<{ n: number; id: bigint }[]>`
    with g as materialized (select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as g (n integer, key text, company_id bigint, campaign_id bigint, email text))
    select g.n, i.id from g join applicant_import i on i.account = ${account} and i.key = g.key
    union all
    select g.n, i.id from g join applicant_import i on i.account = ${account} and i.key is null and g.key is null
      and coalesce(i.company_id, 0) = coalesce(g.company_id, 0) and i.person = import_person(g.email)
      and coalesce(i.campaign_id, 0) = coalesce(g.campaign_id, 0)`;
  return new Map(found.map(({ n, id }) => [n, id]));
}

export async function keepResume(tx: Executor, importId: bigint, { type, bytes, sha256 }: Resume): Promise<void> {
  const data = { type, bytes: Buffer.from(bytes), size: bytes.byteLength, sha256, erasedAt: null };
  await tx.importResume.upsert({ where: { importId }, create: { importId, ...data }, update: data });
}
