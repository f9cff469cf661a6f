import { Client } from "pg";
import { onTestFinished } from "vitest";
import { admitDrafts } from "../../src/outbox/intake/sql/drafts.ts";
import { outboxDepsOf } from "./outbox.ts";
import { asSuperuser } from "./postgres.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

type Row = Readonly<Record<string, unknown>>;

/** Another application: a connection of its own, as a role of its own if need be. */
export async function connect({ env }: Pick<World, "env">, role?: string): Promise<Client> {
  const url = env["DATABASE_URL"] ?? "";
  // Only its owner may set any role, and only on a session of its own.
  const client = new Client({ connectionString: role === undefined ? url : asSuperuser(url) });
  await client.connect();
  onTestFinished(() => client.end());
  if (role !== undefined) await client.query(`set role ${role}`);
  return client;
}

/** Inserts a row into import_inbox, and returns the id it receives. */
export async function insert(client: Client, row: Row): Promise<string> {
  const names = Object.keys(row);
  const { rows } = await client.query<{ id: string }>(
    `insert into import_inbox (${names.join(", ")}) values (${names.map((_, n) => `$${n + 1}`).join(", ")}) returning id`,
    Object.values(row),
  );
  return rows[0]?.id ?? "";
}

/** A client of the SQL intake that begins, inserts a person whom others import too, and never ends its transaction. */
export async function hang(url: string, account: string, email: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("begin");
  await client.query("insert into public.import_inbox (account, email) values ($1, $2)", [account, email]);
  return client;
}

/** A world, another application of its, and the check that a worker makes of what that inserts. */
export async function openInbox(options: WorldOptions = {}) {
  const world = await openWorld(options);
  const client = await connect(world);
  const { account } = world;
  return {
    world,
    client,
    insert: (row: Row) => insert(client, { account, ...row }),
    admit: () => admitDrafts(outboxDepsOf(world)),
    read: (id: string) =>
      world.database.applicantImport.findUniqueOrThrow({ where: { id: BigInt(id) }, include: { resume: true } }),
  };
}
