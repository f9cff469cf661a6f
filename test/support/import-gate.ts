import type { Database } from "../../src/database/client.ts";

export interface ImportGate {
  /** How many transactions wait. */
  readonly waiting: () => Promise<number>;
  readonly release: () => Promise<void>;
  /** Releases, and takes the gate away. */
  readonly remove: () => Promise<void>;
}

/** Keeps every import from being written until it is released; with `email`, that one alone. */
export async function blockImports(database: Database, email?: string): Promise<ImportGate> {
  await database.$executeRaw`create table public.gate (shut boolean)`;
  await database.$executeRaw`insert into public.gate values (true)`;
  await database.$executeRaw`
    create function public.wait_at_gate() returns trigger language plpgsql as $$ begin
      while exists (select from public.gate) loop perform pg_sleep(0.01); end loop;
      return new;
    end $$`;
  const when = email === undefined ? "" : `when (new.email = '${email}')`;
  await database.$executeRawUnsafe(
    `create trigger wait_at_gate before insert on public.applicant_import for each row ${when} execute function public.wait_at_gate()`,
  );
  const release = async () => void (await database.$executeRaw`delete from public.gate`);
  return {
    waiting: async () => {
      const [row] = await database.$queryRaw<{ count: number }[]>`
        select count(*)::int as count from pg_catalog.pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`;
      return row?.count ?? 0;
    },
    release,
    async remove() {
      await release();
      await database.$executeRaw`drop function public.wait_at_gate() cascade`;
      await database.$executeRaw`drop table public.gate`;
    },
  };
}
