import { prepared } from "../database/client.ts";
import type { Statements } from "../database/statements.ts";
import { canonical, hashOf, type JsonObject } from "./items/canonical.ts";
import { completed, type Item } from "./items/item.ts";
import type { MirrorTable, WriteOrigin, WriteResult } from "./tables.ts";

/**
 * Writes the objects of one page, at most one of each id, into their table. It reads (id, hash) first, and writes only rows
 * that are new, changed or marked as deleted, together with their history, in one statement. The statement orders them by
 * id, so that two writers cannot deadlock. An unchanged row is not written, even if the answer left out parts that the row
 * keeps. A value that no earlier answer had completes the row: it is written but does not count as a change. Must run in
 * the transaction that records the page. `held`: what the caller has read of these rows already, under the lock of the table.
 */
export async function writeItems(
  tx: Statements,
  origin: WriteOrigin,
  table: MirrorTable,
  items: readonly Item[],
  held?: HeldRows,
): Promise<WriteResult> {
  if (items.length === 0) return { inserted: 0, updated: 0, restored: 0, unchanged: 0, written: [] };
  const { account, run } = origin;
  const known = held ?? (await lockAndReadHeld(tx, account, table, items));
  const isKnown = ({ id }: Item) => known.has(id);
  const isFresh = ({ id, hash }: Item) => known.get(id) !== hash;
  const differing = items.filter(isFresh);
  const stored = await readStored(tx, account, table, differing.filter(isKnown));
  const fresh = differing
    .map((item) => mapped(item, () => completed(item, keptOf(table, stored.get(item.id) ?? {}))))
    .filter(isFresh);
  if (fresh.length > 0) {
    const rows = fresh
      .toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
      .map((item) =>
        mapped(item, () => {
          const row = table.map(item.raw);
          const rest = { completed: completedColumns(table, { item, row }, stored.get(item.id)) };
          // Spreading both into a new object takes V8 ten times as long, most of the time of a page of new rows.
          return Object.assign(row, item, rest);
        }),
      );
    const statement = fresh.some(isKnown) ? writeInto(table) : insertInto(table);
    await tx.$executeRawUnsafe(statement, account, JSON.stringify(rows), run);
  }
  const restored = fresh.filter(({ id }) => known.get(id) === null).length;
  const inserted = fresh.filter((item) => !isKnown(item)).length;
  const isCompletion = (item: Item) =>
    typeof known.get(item.id) === "string" && isOnlyCompleted(item, stored.get(item.id) ?? {});
  const updated = fresh.length - inserted - restored - fresh.filter(isCompletion).length;
  const written = fresh.map(({ id }) => id);
  return { inserted, updated, restored, unchanged: items.length - inserted - updated - restored, written };
}

/** An item that the mapping cannot process, for whatever reason. */
export class UnmappableRow extends Error {}

function mapped<T>({ id }: Item, map: () => T): T {
  try {
    return map();
  } catch {
    // Without `cause`: the original error may quote the item.
    throw new UnmappableRow(`The row ${id} cannot be mapped.`);
  }
}

/** The rows of an answer that the mirror holds, by id: the hash of each, or null if it is marked as deleted. */
export type HeldRows = ReadonlyMap<string, string | null>;

async function lockAndReadHeld(tx: Statements, account: string, table: MirrorTable, items: readonly Item[]) {
  const locks = lockOf(table, "$1");
  if (locks !== null) await tx.$executeRawUnsafe(`select ${locks}`, account);
  // Its plan is not kept, and the form whose plan is (`heldOf`) takes longer to plan than to read the rows.
  const statement = `select json_object_agg(id, ${HASH_IF_LIVING}) as held from public.${table.name}
    where account = $1 and id = any(${idArray("$2")})`;
  const ids = items.map(({ id }) => id).join(",");
  const [row] = await tx.$queryRawUnsafe<{ held: HeldJson }[]>(statement, account, ids);
  return heldRows(row?.held ?? null);
}

const HASH_IF_LIVING = "case when deleted_at is null then hash end";

/**
 * The SQL that locks a table which several lists fill; null if only one does. If two writers complete the same row, the
 * second must see what the first wrote, including a row that it inserted.
 */
export function lockOf({ name, keeps }: MirrorTable, account: string): string | null {
  return keeps === "all" ? `public.lock_account(${account}, 'mirror ${name}', 10000)` : null;
}

/**
 * A statement that reads the rows of these ids, as JSON, and whose plan may be kept. `ids`: one text, between commas. Each is looked up by
 * itself, and as a range in the order of the primary key, which no other index has: a plan that is kept from an empty table could take
 * another one, which it would read as a whole for each id.
 */
export function heldOf({ name }: MirrorTable, account: string, ids: string): string {
  return `select json_object_agg(found.id, found.hash) as held from ${idsIn(ids)} as asked(id) cross join lateral (
    select id, ${HASH_IF_LIVING} as hash from public.${name}
    where account = ${account}::text and id between asked.id and asked.id order by id limit 1) as found`;
}

/** The SQL of the ids in a text, between commas, as rows. */
export function idsIn(text: string): string {
  return `unnest(${idArray(text)})`;
}

function idArray(text: string): string {
  return `string_to_array(${text}::text, ',')::bigint[]`;
}

export type HeldJson = Readonly<Record<string, string | null>> | null;

export function heldRows(json: HeldJson): HeldRows {
  return new Map(Object.entries(json ?? {}));
}

/** The stored objects of the rows that may have changed. */
async function readStored(tx: Statements, account: string, { name }: MirrorTable, changed: readonly Item[]) {
  if (changed.length === 0) return new Map<string, JsonObject>();
  const rows = await tx.$queryRawUnsafe<{ id: bigint; raw: JsonObject }[]>(
    `select id, raw from public.${name} where account = $1 and id = any(${idArray("$2")})`,
    account,
    changed.map(({ id }) => id).join(","),
  );
  return new Map(rows.map(({ id, raw }): [string, JsonObject] => [id.toString(), raw]));
}

/** The parts of a stored object that the row keeps if a new answer leaves them out. */
function keptOf({ keeps }: MirrorTable, stored: JsonObject): JsonObject {
  return keeps === "all" ? stored : Object.fromEntries(Object.entries(stored).filter(([key]) => keeps.includes(key)));
}

/** The columns that were null only because the stored object lacked a part. A value for them is not a change. */
function completedColumns(
  table: MirrorTable,
  { item, row }: { readonly item: Item; readonly row: Readonly<Record<string, unknown>> },
  stored: JsonObject | undefined,
): readonly string[] {
  if (stored === undefined || Object.keys(item.raw).every((key) => Object.hasOwn(stored, key))) return [];
  const whole: Readonly<Record<string, unknown>> = table.map({ ...item.raw, ...stored });
  const isSame = (a: unknown, b: unknown) => hashOf(a) === hashOf(b);
  return [
    ...Object.keys(table.columns).filter((name) => isSame(whole[name], row[name])),
    ...table.copies.filter((name) => !Object.hasOwn(stored, name)),
  ];
}

/** Whether an item differs from the stored object only by parts that the stored object lacked. */
function isOnlyCompleted(item: Item, stored: JsonObject): boolean {
  return hashOf(canonical({ ...item.raw, ...stored })) === item.hash;
}

/**
 * Insert or update of a whole page from one JSON parameter ($2), and its history. Columns come from our own tables, never
 * from an answer. Postgres shows a statement the rows as they were before it, so that the history can compare.
 */
function writeInto(table: MirrorTable): string {
  const columns = historyColumns(table);
  const was = columns.map((name) => `'${name}', old.${name}`);
  const is = columns.map((name) => `'${name}', page.${name}`);
  return prepared(`with ${pageOf(table)}, history as (
      insert into public.change (account, resource, row_id, kind, before, after, run_id)
      select $1, '${table.name}', page.id,
        case when old.id is null then 'inserted' when old.deleted_at is not null then 'restored' else 'updated' end,
        diff.before, diff.after, $3::integer
      from page left join public.${table.name} old on old.account = $1 and old.id = page.id
      left join lateral (
        select jsonb_object_agg(key, was.value) as before, jsonb_object_agg(key, is_now.value) as after
        from jsonb_each(jsonb_build_object(${was.join(", ")})) was
        join jsonb_each(jsonb_build_object(${is.join(", ")})) is_now using (key)
        where was.value is distinct from is_now.value
          and not (was.value = 'null' and page.completed ? key)) diff on old.id is not null
      where old.id is null or old.deleted_at is not null or diff.before is not null)
    ${upsert(table)}`);
}

/** The same for a page of which no row is known: of a row that arrives the history holds that it did, the row the rest. */
function insertInto(table: MirrorTable): string {
  return prepared(`with ${pageOf(table)}, history as (
      insert into public.change (account, resource, row_id, kind, run_id)
      select $1, '${table.name}', id, 'inserted', $3::integer from page)
    ${upsert(table)}`);
}

/**
 * What the triggers go by. Those of `application` only note whose facts change: `src/report/facts.ts` makes them in batches.
 * Those that empty the rows of suppressed people look up no row of this statement where the page names none of these people, which
 * the lock of `applicant` keeps so until the page is written.
 */
function forTriggers({ name }: MirrorTable): string {
  const person = name === "applicant" ? "sent.id" : name === "application" ? "sent.applicant_id" : null;
  const nobody = "$1 || ' ' || statement_timestamp()";
  const named = `case when exists (select from sent cross join lateral (select from public.suppression s where s.account = $1
    and s.applicant_id between ${person} and ${person} order by s.applicant_id limit 1) as one) then '' else ${nobody} end`;
  return `(select set_config('applicant_sync.facts', 'later', true),
    set_config('applicant_sync.names_nobody_suppressed', ${person === null ? nobody : named}, true) offset 0) as for_triggers`;
}

/** The common table expressions of the page as rows: the typed columns, and the columns that copy a part of `raw`. */
function pageOf(table: MirrorTable): string {
  const typed = Object.entries({ ...columnsOf(table), completed: "jsonb" }).map(([name, type]) => `${name} ${type}`);
  const copied = table.copies.map((name) => `nullif(raw -> '${name}', 'null') as ${name}`);
  return `sent as (select * from jsonb_to_recordset($2::jsonb) as sent(${typed.join(", ")})),
    page as (select ${["sent.*", ...copied].join(", ")} from sent, ${forTriggers(table)})`;
}

function upsert(table: MirrorTable): string {
  const written = [...Object.keys(columnsOf(table)), ...table.copies];
  const updates = written.filter((name) => name !== "id").map((name) => `${name} = excluded.${name}`);
  return `insert into public.${table.name} (account, ${written.join(", ")}) select $1, ${written.join(", ")} from page
    on conflict (account, id) do update set ${updates.join(", ")}, changed_at = now(), deleted_at = null`;
}

function columnsOf(table: MirrorTable): Readonly<Record<string, string>> {
  return { id: "bigint", hash: "text", raw: "jsonb", ...table.columns };
}

function historyColumns(table: MirrorTable): readonly string[] {
  return [...Object.keys(table.columns), ...table.copies].filter((name) => !table.volatile.includes(name));
}
