/** Stops all imports of a database that is a copy or an older backup, or from which another one goes on, until a person decides. */
import { WORKER, writeAudit, type Decision } from "../../database/audit.ts";
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import { OWNED_SEQUENCES, ourTables } from "../../database/copy/catalog.ts";
import type { Identity } from "./database-identity.ts";
import { RESTORE_REASONS, type RestoreCode } from "./decision.ts";

/** Keeps the reason that a person gave before. */
const REASON = `excluded.held_reason || case when c.held and c.reason_code is null and c.held_reason is not null
  then '. It was held before: ' || c.held_reason else '' end`;

/**
 * Throws the kill switch of every account of the database, records why, and gives the database a new identity, in one transaction. Of two
 * processes only the first does so; the second finds another id. Returns the new id; null if another process was first.
 */
export function throwForRestore(
  database: Database,
  { account, code, id, now }: { account: string; code: RestoreCode; id: string; now: Identity },
): Promise<string | null> {
  return inTransaction(database, async (tx) => {
    // A lock on a row that this needs ends the wait with an error, and it is tried again.
    await tx.$executeRaw`select set_config('lock_timeout', '3000', true)`;
    const [renewed] = await tx.$queryRaw<{ id: string }[]>`
      update public.database_identity set id = gen_random_uuid(), system = ${now.system}, database = ${now.database},
        timeline = ${now.timeline}, version = ${now.version}, directory_id = coalesce(${now.directoryId}, directory_id)
      where id = ${id}::uuid returning id::text`;
    if (renewed === undefined) return null;
    await raiseSequences(tx);
    await throwAll(tx, account, code, { by: WORKER, what: "kill_switch_on" });
    return renewed.id;
  });
}

/**
 * Moves the sequences of our tables behind the rows that are there. A copy may have the rows without them: a subscriber of a logical
 * replication, tables that were restored one by one.
 */
async function raiseSequences(tx: Executor): Promise<void> {
  const all = await tx.$queryRawUnsafe<{ sequence: string; table: string; column: string }[]>(
    `select format('public.%I', s.relname) as sequence, format('public.%I', t.relname) as table, (
       select quote_ident(a.attname) from pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attnum = d.refobjsubid) as column
     from ${OWNED_SEQUENCES}`,
    await ourTables(),
  );
  for (const { sequence, table, column } of all) {
    await tx.$executeRawUnsafe(
      `select setval($1::regclass, max(${column})) from ${table}
       having max(${column}) >= (select last_value + is_called::integer from ${sequence})`,
      sequence,
    );
  }
}

/** Throws the switch of every account of the database, `account` among them, and notes why, also in the audit. */
async function throwAll(
  tx: Executor,
  account: string,
  code: RestoreCode,
  thrown: Pick<Decision, "by" | "what">,
): Promise<void> {
  const accounts = await tx.$queryRawUnsafe<{ account: string }[]>(
    `with accounts as (select account from public.account union select account from public.import_control
       union select account from public.import_progress union select $1),
     noted as (
       insert into public.import_restore (account, code) select account, $2 from accounts
       on conflict (account) do update set code = excluded.code, found_at = clock_timestamp(), decided_at = null)
     insert into public.import_control as c (account, held, reason_code, held_reason, held_at)
     select account, true, $2, $3, clock_timestamp() from accounts
     on conflict (account) do update set held = true, reason_code = excluded.reason_code, held_at = excluded.held_at,
       held_reason = ${REASON} returning c.account`,
    account,
    code,
    RESTORE_REASONS[code].en,
  );
  for (const one of accounts) await writeAudit(tx, { ...one, ...thrown, facts: { code } });
}

interface Mover extends Pick<Decision, "account" | "by"> {
  readonly database: Database;
}

/**
 * Holds all imports of a database from which another one is to go on. Returns what undoes it: every switch is as it was, held for an
 * earlier move or not, but one that was thrown meanwhile for another reason.
 */
export async function holdForMove({ database, account, by }: Mover): Promise<() => Promise<void>> {
  const code: RestoreCode = "database_moved";
  const before = await inTransaction(database, async (tx) => {
    const found = { switches: await tx.importControl.findMany(), restores: await tx.importRestore.findMany() };
    await throwAll(tx, account, code, { by, what: "database_copied" });
    return found;
  });
  return () =>
    inTransaction(database, async (tx) => {
      await tx.importRestore.deleteMany({ where: { code } });
      await tx.importRestore.createMany({ data: [...before.restores], skipDuplicates: true });
      const off = { held: false, reasonCode: null, heldReason: null, heldAt: null };
      for (const { account: one } of await tx.importControl.findMany({ where: { reasonCode: code } })) {
        const was = before.switches.find((known) => known.account === one);
        await tx.importControl.update({ where: { account: one }, data: was ?? off });
        await writeAudit(tx, { account: one, by, what: "database_copy_undone" });
      }
    });
}
