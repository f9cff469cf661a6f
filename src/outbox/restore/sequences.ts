import { ourTables } from "../../database/copy/catalog.ts";
import type { Executor } from "../../database/client.ts";

/** A sequence and the column that it numbers, quoted. */
interface Numbered {
  readonly sequence: string;
  readonly table: string;
  readonly column: string;
}

/**
 * Moves the sequences of our tables behind the rows that are there. A copy may have the rows without them: a subscriber of a logical
 * replication, tables that were restored one by one.
 */
export async function raiseSequences(tx: Executor): Promise<void> {
  const all = await tx.$queryRaw<Numbered[]>`
    select format('public.%I', s.relname) as sequence, format('public.%I', t.relname) as table, quote_ident(a.attname) as column
    from pg_catalog.pg_class s
    join pg_catalog.pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i')
    join pg_catalog.pg_class t on d.refclassid = 'pg_class'::regclass and t.oid = d.refobjid
    join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
    where s.relkind = 'S' and t.relnamespace = 'public'::regnamespace and t.relname = any(${await ourTables()})`;
  for (const { sequence, table, column } of all) {
    await tx.$executeRawUnsafe(
      `select setval($1::regclass, max(${column})) from ${table}
       having max(${column}) >= (select last_value + is_called::integer from ${sequence})`,
      sequence,
    );
  }
}
