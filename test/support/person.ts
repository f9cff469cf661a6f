/** One person with a text of their own in every column that may hold one, whatever the classes say of it. */
import type { Database } from "../../src/database/client.ts";
import { TABLES_OF_PEOPLE, type TableOfPeople } from "../../src/people/find/rows.ts";

export const CANARY = "canary-7c1f-é";
/** Of a column of numbers. */
const CANARY_NUMBER = 48.776655;

/** The columns that stay as they are when a person is erased: ids, dates, states, counts. A new column must be added here, or be erased. */
const STAYS: Readonly<Record<TableOfPeople, string>> = {
  applicant: `account id hash created_at company_id company_slug first_seen_at changed_at deleted_at is_partner_newsletter_active
    is_campaign_alert_active is_legals_accepted_by_manager`,
  application: `account id hash campaign_id applicant_id status status_changed_at current_stage is_complete source created_at company_id
    company_slug entity_id first_seen_at changed_at deleted_at`,
  change: "account resource row_id id at kind run_id",
  quarantine: "account resource fingerprint reason run_id first_seen_at last_seen_at row_id part copies resolved_at",
  applicant_import: `id account source intake submitted_by bulk company_id campaign_id is_partner_newsletter_active
    is_campaign_alert_active is_legals_accepted_by_manager consent_at person applicant_state application_state state reason_code
    applicant_id applicant_origin application_id application_origin email_expected attempts resends exists_there lookups absences
    lookup_page looked_up_at not_before queued_at claimed_at unknown_since created_at updated_at finished_at erased_at waived admitted
    dropped_unknown without_resume refusals line dismissed_at`,
  import_event: "id import_id at step from_state to_state reason_code",
  import_resume: "import_id type size sha256 erased_at",
};

/** A document with the text beside a key that stays, and below others. */
const DOCUMENT = JSON.stringify({
  company_slug: "acme",
  note: CANARY,
  [CANARY]: 1,
  address: { city: [CANARY] },
  status_history: [{ value: "new", date: "2026-01-02", author: { name: CANARY }, comment: CANARY }],
});
const HISTORY = JSON.stringify([{ value: "new", date: "2026-01-02", author: { name: CANARY }, comment: CANARY }]);

/** The id of the person at the vendor, and of their application. */
export const PERSON_IDS = { applicant: 17n, application: 117n };

/** Adds the person, their application, changes, an object in quarantine and a finished import with a CV. Returns the id of the import. */
export async function addCanary(database: Database, account: string): Promise<bigint> {
  const { applicant: id, application } = PERSON_IDS;
  const row = { account, hash: "h", raw: {} };
  await database.applicant.create({ data: { ...row, id } });
  await database.application.create({
    data: { ...row, id: application, applicant_id: id, status: "new", created_at: new Date("2026-01-01") },
  });
  const change = { account, kind: "updated" };
  await database.change.createMany({
    data: [
      { ...change, resource: "applicant", rowId: id },
      { ...change, resource: "application", rowId: application, before: { status: null }, after: { status: "new" } },
    ],
  });
  await database.quarantine.create({
    data: { account, resource: "applications", fingerprint: "f", reason: "no id", runId: 1, raw: { applicant_id: 17 } },
  });
  const [added] = await database.$queryRaw<{ id: bigint }[]>`
    insert into public.applicant_import (account, source, intake, email, applicant_state)
    values (${account}, 'careers', 'http', 'lea.martin@example.org', 'ready') returning id`;
  const importId = added?.id ?? 0n;
  await database.importResume.create({ data: { importId, size: 1, sha256: "s", bytes: Buffer.from("x") } });
  await database.importRequest.create({
    data: { account, key: CANARY, fingerprint: "f", answer: { imports: [{ id: String(importId) }], rejected: [] } },
  });
  await database.$executeRaw`update public.applicant_import set applicant_id = ${id} where id = ${importId}`;
  await fill(database);
  return importId;
}

/** Every column of the tables of people that does not stay, as the database lists them. */
async function fillable(database: Database): Promise<readonly { table: string; column: string; type: string }[]> {
  const columns = await database.$queryRaw<{ table: string; column: string; type: string }[]>`
    select table_name as "table", column_name as "column", data_type as type from information_schema.columns
    where table_schema = 'public' and table_name = any(${[...TABLES_OF_PEOPLE]}::text[]) and is_generated = 'NEVER'
    order by table_name, ordinal_position`;
  const stays = (table: string, column: string) =>
    Object.entries(STAYS).some(([name, names]) => name === table && names.split(/\s+/).includes(column));
  return columns.filter(({ table, column }) => !stays(table, column));
}

async function fill(database: Database): Promise<void> {
  const { applicant, application } = PERSON_IDS;
  const columns = await fillable(database);
  const statements = TABLES_OF_PEOPLE.map((table) => {
    const set = columns
      .filter((one) => one.table === table)
      .map(({ column, type }) => `${column} = ${table === "change" ? historyIn(column) : valueOf(column, type)}`);
    return database.$executeRawUnsafe(`update public.${table} set ${set.join(", ")}`);
  });
  await asReplica(database, statements);
  await setState(database, "rejected");

  /** All that stands in the row itself. */
  function historyIn(column: string): string {
    return `coalesce(${column}, '{}') || case resource
      when 'applicant' then (select to_jsonb(a) - 'account' - 'id' from public.applicant a where a.id = ${applicant})
      else (select to_jsonb(a) - 'account' - 'id' - 'status' from public.application a where a.id = ${application}) end`;
  }
}

/** Sets the state of every import, whatever the transitions allow. */
export async function setState(database: Database, state: string): Promise<void> {
  const isFinished = state === "rejected";
  await asReplica(database, [
    database.$executeRaw`
      update public.applicant_import set applicant_state = ${state}, finished_at = case when ${isFinished} then now() end`,
  ]);
}

/** Runs statements in one transaction that fires no trigger. */
async function asReplica(database: Database, statements: readonly Statement[]): Promise<void> {
  await database.$transaction([database.$executeRaw`set local session_replication_role = replica`, ...statements]);
}

type Statement = ReturnType<Database["$executeRaw"]>;

function valueOf(column: string, type: string): string {
  if (type === "double precision") return String(CANARY_NUMBER);
  if (type === "ARRAY") return `array['${CANARY}']`;
  if (type === "bytea") return `convert_to('${CANARY}', 'UTF8')`;
  if (type === "jsonb") return `'${column === "status_history" ? HISTORY : DOCUMENT}'::jsonb`;
  return `'${CANARY}'`;
}

/** The tables of the whole database in which one of the texts still stands; by default what `addCanary` has written. */
export async function remains(
  database: Database,
  texts: readonly string[] = [CANARY, String(CANARY_NUMBER), Buffer.from(CANARY).toString("hex")],
): Promise<readonly string[]> {
  const tables = await database.$queryRaw<{ name: string }[]>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`;
  const found = tables.map(
    ({ name }) => `select '${name}' as name where exists (
      select from (select whole::text as line from ${name} whole offset 0) held, unnest($1::text[]) text where strpos(line, text) > 0)`,
  );
  const rows = await database.$queryRawUnsafe<{ name: string }[]>(found.join(" union all "), [...texts]);
  return rows.map(({ name }) => name.replace("public.", ""));
}
