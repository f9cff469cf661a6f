import { prepared, type Executor } from "../database.ts";
import { withLargeText } from "../large-text.ts";
import type { JsonObject } from "../mapping/canonical.ts";
import { completed, type Item } from "../mapping/item.ts";
import type { MirrorTable, WriteCounts } from "./tables.ts";

/**
 * Writes the objects of one page, at most one of each id, into their table: reads (id, hash) first and writes only what
 * is new or changed, in one statement, ordered by id so that two writers cannot lock each other out. An unchanged row
 * costs no write, also where the answer only left out what the row is to keep. Must run inside the transaction that
 * records the page.
 */
export async function writeItems(
  tx: Executor,
  account: string,
  table: MirrorTable,
  items: readonly Item[],
): Promise<WriteCounts> {
  if (items.length === 0) return { inserted: 0, updated: 0, unchanged: 0 };
  if (table.keeps === "all") await takeTurn(tx, account, table);
  const hashes = await readHashes(
    tx,
    account,
    table,
    items.map((item) => item.id),
  );
  const isFresh = (item: Item) => hashes.get(item.id) !== item.hash;
  const differing = items.filter(isFresh);
  const kept = await readKept(
    tx,
    account,
    table,
    differing.filter((item) => hashes.has(item.id)),
  );
  const fresh = differing.map((item) => completed(item, kept.get(item.id) ?? {})).filter(isFresh);
  if (fresh.length > 0) {
    const rows = fresh
      .toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
      .map((item) => ({ ...item, ...table.map(item.raw) }));
    await withLargeText(JSON.stringify(rows), (page) => tx.$executeRawUnsafe(statementFor(table), account, page));
  }
  const updated = fresh.filter((item) => hashes.has(item.id)).length;
  return { inserted: fresh.length - updated, updated, unchanged: items.length - fresh.length };
}

/** Of two writers that complete the same row, the second must see what the first has written, a row it inserted too. */
async function takeTurn(tx: Executor, account: string, { name }: MirrorTable): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`${name} ${account}`}, 0))`;
}

/** The ids travel as one text: Prisma takes a third of a millisecond for an array of fifty. */
async function readHashes(tx: Executor, account: string, table: MirrorTable, ids: readonly string[]) {
  const known = await tx.$queryRawUnsafe<{ id: bigint; hash: string }[]>(
    `select id, hash from ${table.name} where account = $1 and id = any(string_to_array($2, ',')::bigint[])`,
    account,
    ids.join(","),
  );
  return new Map(known.map(({ id, hash }) => [id.toString(), hash]));
}

/** The parts of the stored objects that the new answer left out and that the row is to keep. */
async function readKept(tx: Executor, account: string, table: MirrorTable, changed: readonly Item[]) {
  const wanted = table.keeps === "all" ? changed : changed.filter((item) => missesAny(item.raw, table.keeps));
  if (wanted.length === 0) return new Map<string, JsonObject>();
  const stored = await tx.$queryRawUnsafe<{ id: bigint; raw: JsonObject }[]>(
    `select id, raw from ${table.name} where account = $1 and id = any($2::bigint[])`,
    account,
    wanted.map((item) => item.id),
  );
  const keeps = (key: string) => table.keeps === "all" || table.keeps.includes(key);
  return new Map(
    stored.map(({ id, raw }): [string, JsonObject] => [
      id.toString(),
      Object.fromEntries(Object.entries(raw).filter(([key]) => keeps(key))),
    ]),
  );
}

function missesAny(raw: JsonObject, keys: readonly string[] | "all"): boolean {
  return keys === "all" || keys.some((key) => !(key in raw));
}

/** Insert or update of a whole page from one JSON parameter. Columns come from our own tables, never from an answer. */
function statementFor(table: MirrorTable): string {
  const columns = { id: "bigint", hash: "text", raw: "jsonb", ...table.columns };
  const read = Object.keys(columns);
  const written = [...read, ...table.copies];
  const copied = table.copies.map((name) => `nullif(raw -> '${name}', 'null')`);
  const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  const updates = written.filter((name) => name !== "id").map((name) => `${name} = excluded.${name}`);
  return prepared(`insert into ${table.name} (account, ${written.join(", ")})
    select $1, ${[...read, ...copied].join(", ")} from jsonb_to_recordset($2::jsonb) as page(${typed.join(", ")})
    on conflict (account, id) do update set ${updates.join(", ")}, changed_at = now()`);
}
