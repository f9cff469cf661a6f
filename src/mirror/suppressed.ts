/**
 * What the mirror keeps of a suppressed person: ids, dates and states. Triggers of the database do the same to whoever's statement
 * names a suppressed id; only here is a person recognised by their e-mail.
 */
import type { Statements } from "../database/statements.ts";
import { emailKey } from "../platform/email-key.ts";
import { canonical, hashOf, type JsonObject } from "./items/canonical.ts";
import { isObject, type Item } from "./items/item.ts";
import type { MirrorTable } from "./tables.ts";
import { idsIn } from "./write-page.ts";

/** A key by which people are suppressed. */
interface SuppressionKey {
  readonly id: string;
  readonly hash: (account: string, kind: "email" | "applicant", value: string) => string;
}

/** The keys of this process, the current one first. `with` throws if it lacks one of these. */
export interface SuppressionKeys {
  readonly with: (ids: readonly string[]) => readonly SuppressionKey[];
}

/** What the database knows of the people of an answer. Ids are decimal digits. */
export interface SuppressionFacts {
  /** The keys by which anybody of the account is suppressed; null: nobody is. */
  readonly keys: readonly string[] | null;
  /** Those of the people of the answer who are suppressed. */
  readonly applicants: readonly string[] | null;
  /** Those of the applications that name no person whose person in the mirror is. */
  readonly applications: readonly string[] | null;
  /** The database lacks an erasure that is known outside it: it was restored from a backup before that. */
  readonly isRestored: boolean;
}

/**
 * The SQL that reads `SuppressionFacts` as JSON. `people`, `applications`: texts with ids between commas. `latest`: the id of the erasure
 * that the database must know; empty: none.
 */
export function suppressionFactsOf(account: string, people: string, applications: string, latest: string): string {
  return `json_build_object(
    'isRestored', ${latest}::text <> '' and not exists (select from public.erasure where id = nullif(${latest}::text, '')::uuid),
    'keys', (select json_agg(id) from public.privacy_key where account = ${account}::text),
    'applicants', (select json_agg(asked.id::text) from ${idsIn(people)} as asked(id)
      cross join lateral (${suppressionOf(account, "asked.id")}) as one),
    'applications', (select json_agg(asked.id::text) from ${idsIn(applications)} as asked(id)
      cross join lateral (select applicant_id from public.application
        where account = ${account}::text and id between asked.id and asked.id order by id limit 1) as a
      cross join lateral (${suppressionOf(account, "a.applicant_id")}) as one))`;
}

/** Looked up one by one, as the rows of a page are (`heldOf`). */
function suppressionOf(account: string, applicant: string): string {
  return `select from public.suppression where account = ${account}::text
    and applicant_id between ${applicant} and ${applicant} order by applicant_id limit 1`;
}

/**
 * The e-mails that are suppressed, of those that people have: by the e-mail, the ids of whoever has it. Suppresses new ids of such an
 * e-mail, and a new e-mail of an id that is suppressed. `known`: the ids that are.
 */
export async function suppressByEmail(
  tx: Statements,
  account: string,
  keys: readonly SuppressionKey[],
  people: ReadonlyMap<string, readonly string[]>,
  known: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const emails = new Map<string, string>();
  for (const email of people.keys()) {
    const comparable = emailKey(email);
    for (const key of comparable === "" ? [] : keys) emails.set(key.hash(account, "email", comparable), email);
  }
  if (emails.size === 0) return new Set();
  const found = await tx.$queryRaw<{ hash: string; keyId: string; isErased: boolean; ticket: string | null }[]>`
    select hash, key_id as "keyId", is_erased as "isErased", ticket from public.suppression
    where account = ${account} and kind = 'email' and hash = any(string_to_array(${[...emails.keys()].join(",")}, ','))`;
  for (const { hash, keyId, isErased, ticket } of found) {
    const email = emails.get(hash) ?? "";
    const [key] = keys;
    if (key === undefined) continue;
    if (keyId !== key.id) await renew(tx, account, hash, key, email);
    const ids = (people.get(email) ?? []).filter((id) => !known.has(id));
    if (ids.length === 0) continue;
    const rows = ids.map((id) => ({ id, hash: key.hash(account, "applicant", id) }));
    await tx.$executeRaw`
      with learned as (
        insert into public.suppression (account, kind, hash, applicant_id, key_id, is_erased, ticket)
        select ${account}, 'applicant', hash, id, ${key.id}, ${isErased}::boolean, ${ticket}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id bigint, hash text) on conflict do nothing
        returning applicant_id as id)
      insert into public.erasure (id, account, what, key_id, emails, applicants, ticket)
      select gen_random_uuid(), ${account}, case when ${isErased}::boolean then 'erased' else 'suppressed' end, ${keyId}, array[${hash}],
        array_agg(id), ${ticket} from learned having count(*) > 0`;
    // What is there of a person who has the e-mail only now.
    await tx.$executeRaw`select public.empty_people(${account}, string_to_array(${ids.join(",")}, ',')::bigint[])`;
  }
  const suppressed = new Set(found.map(({ hash }) => emails.get(hash) ?? ""));
  const others = [...people].filter(([email]) => emailKey(email) !== "" && !suppressed.has(email));
  const changed = others.flatMap(([email, ids]) => ids.filter((id) => known.has(id)).map((id) => ({ id, email })));
  if (changed.length > 0) await suppressChanged(tx, account, keys, changed);
  return suppressed;
}

/** Suppresses the e-mails that suppressed people have now; those of whom retention erased data stay free. */
async function suppressChanged(
  tx: Statements,
  account: string,
  [key]: readonly SuppressionKey[],
  changed: readonly { readonly id: string; readonly email: string }[],
): Promise<void> {
  if (key === undefined) return;
  const rows = changed.map(({ id, email }) => ({ id, hash: key.hash(account, "email", emailKey(email)) }));
  await tx.$executeRaw`
    with theirs as (
      select distinct on (r.hash) r.hash, s.applicant_id, s.is_erased, s.ticket
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id bigint, hash text)
      join public.suppression s on s.account = ${account} and s.applicant_id = r.id and s.kind = 'applicant'),
    learned as (
      insert into public.suppression (account, kind, hash, key_id, is_erased, ticket)
      select ${account}, 'email', hash, ${key.id}, is_erased, ticket from theirs on conflict do nothing returning hash),
    used as (
      insert into public.privacy_key (account, id) select distinct ${account}, ${key.id} from theirs on conflict do nothing)
    insert into public.erasure (id, account, what, key_id, emails, applicants, ticket)
    select gen_random_uuid(), ${account}, case when is_erased then 'erased' else 'suppressed' end, ${key.id}, array[hash],
      array[applicant_id], ticket from theirs join learned using (hash)`;
}

/** Moves a suppression from a former key to the current one: only who sees the e-mail can. */
async function renew(tx: Statements, account: string, hash: string, key: SuppressionKey, email: string): Promise<void> {
  const renewed = key.hash(account, "email", emailKey(email));
  await tx.$executeRaw`insert into public.privacy_key (account, id) values (${account}, ${key.id}) on conflict do nothing`;
  await tx.$executeRaw`
    update public.suppression s set hash = ${renewed}, key_id = ${key.id} where account = ${account} and kind = 'email' and hash = ${hash}
      and not exists (select from public.suppression n where n.account = s.account and n.kind = s.kind and n.hash = ${renewed})`;
}

/** The item with its ids, dates and states alone. */
export function stripped(table: MirrorTable, item: Item): Item {
  const raw = canonical({ ...keptOf(table, item.raw), id: item.raw["id"] });
  return isObject(raw) ? { id: item.id, raw, hash: hashOf(raw) } : item;
}

function keptOf(table: MirrorTable, raw: JsonObject): JsonObject {
  try {
    const row: Readonly<Record<string, unknown>> = table.map(raw);
    const kept = table.keptOfSuppressed.filter((name) => row[name] !== null).map((name) => [name, row[name]]);
    const history = table.copies.includes("status_history") && Object.hasOwn(raw, "status_history");
    return { ...Object.fromEntries(kept), ...(history ? { status_history: statesOnly(raw["status_history"]) } : {}) };
  } catch {
    // It cannot be mapped: of such a one only the id is sure to be no personal data.
    return {};
  }
}

/** Former statuses with their moments, as `states_only` of the database has them. */
function statesOnly(history: unknown): readonly JsonObject[] {
  if (!Array.isArray(history)) return [];
  return history.map((entry: unknown) => {
    if (!isObject(entry)) return {};
    const status = isObject(entry["status"]) ? entry["status"] : {};
    const words = [entry["value"], status["value"], status["name"], entry["status"]];
    const value = firstOf([...words, entry["name"], entry["slug"], entry["label"], entry["title"]]);
    const dates = ["changed_at", "date", "updated_at", "created_at", "at"].map((name) => entry[name]);
    const at = firstOf([...dates, status["changed_at"], status["date"]]);
    return { ...(value === null ? {} : { value }), ...(at !== null && DATE.test(at) ? { changed_at: at } : {}) };
  });
}

const DATE = /^\d{4}-\d\d-\d\d[\dT:.Z+-]*$/;

function firstOf(values: readonly unknown[]): string | null {
  const found = values.find((one) => typeof one === "string" || typeof one === "number");
  return found === undefined ? null : String(found);
}
