import { Client } from "pg";
import { onTestFinished } from "vitest";
import type { World } from "./world.ts";

/** Another application: a connection of its own, as a role of its own if need be. */
export async function connect({ env }: Pick<World, "env">, role?: string): Promise<Client> {
  const client = new Client({ connectionString: env["DATABASE_URL"] });
  await client.connect();
  onTestFinished(() => client.end());
  if (role !== undefined) await client.query(`set role ${role}`);
  return client;
}

/** Inserts a row into import_inbox, and returns the id it is told. */
export async function insert(client: Client, row: Readonly<Record<string, unknown>>): Promise<string> {
  const names = Object.keys(row);
  const { rows } = await client.query<{ id: string }>(
    `insert into import_inbox (${names.join(", ")}) values (${names.map((_, n) => `$${n + 1}`).join(", ")}) returning id`,
    Object.values(row),
  );
  return rows[0]?.id ?? "";
}
