import type { ClientBase } from "pg";
import { describe, expect, inject, it } from "vitest";
import { errorFields } from "../../src/platform/errors.ts";
import { databaseErrorOf } from "../../src/database/errors.ts";
import { createDatabase, inTransaction, type Database, type Executor } from "../../src/database/client.ts";
import { withClient } from "../../src/database/connect.ts";
import { PostgresPool } from "../../src/database/pool.ts";
import { PostgresClient } from "../../src/database/postgres-client.ts";
import { asSuperuser } from "../support/postgres.ts";
import { waitFor } from "../support/wait-for.ts";

const LOCK = 20_261_125;

/** `locked`, or the code of the error that ends the wait for it. */
function lock(database: Database): Promise<string> {
  return inTransaction(database, (tx) => tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`).then(
    () => "locked",
    (error: unknown) => databaseErrorOf(error)?.code ?? String(error),
  );
}

it("a statement that waits too long for a lock fails with an error that says so", async () => {
  const url = inject("postgresUrl");
  const [holder, other] = [createDatabase(url), createDatabase(url)];
  await inTransaction(holder, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`;
    expect(await lock(other)).toBe("database_locked");
  });
  expect(await lock(other)).toBe("locked");
  await Promise.all([holder.$disconnect(), other.$disconnect()]);
});

it.each([
  "timeout expired",
  "timeout exceeded when trying to connect",
  "Connection terminated unexpectedly",
  "Client has encountered a connection error and is not queryable",
  "Client was closed and is not queryable",
  "Can't reach database server at 127.0.0.1:5432",
  "Raw query failed. Code: `N/A`. Message: `Server has closed the connection.`",
])("what pg says of a server that does not answer is a known error: %s", (said) => {
  expect(databaseErrorOf(new Error(said))).toMatchObject({ code: "database_connection" });
});

it("an error that Prisma wrapped is logged by our name for it, without a stack, and another one with its stack", async () => {
  const database = createDatabase(inject("postgresUrl"));
  const fieldsOf = async (statement: string) =>
    errorFields(await database.$queryRawUnsafe(statement).catch((e: unknown) => e));
  expect(await fieldsOf("select pg_terminate_backend(pg_backend_pid())::text")).toEqual({
    code: "database_stopping",
    message: expect.stringMatching(/^Postgres is stopping/),
    causes: [],
  });
  expect(await fieldsOf("select 1 / 0")).toHaveProperty("stack");
  await database.$disconnect();
});

it.each([
  ["outside a transaction", <T>(database: Database, work: (tx: Executor) => Promise<T>) => work(database)],
  ["in a transaction", inTransaction],
] as const)("an error that Prisma wrapped says what Postgres names, in each language, %s", async (_, within) => {
  const database = createDatabase(inject("postgresUrl"));
  const statement = "insert into pg_catalog.pg_database (oid) values (1)";
  const error = await within(database, (tx) => tx.$executeRawUnsafe(statement)).catch((e: unknown) => e);
  const { code, text } = databaseErrorOf(error) ?? {};
  expect(code).toBe("database_altered");
  expect(text?.fr).toMatch(
    /^Une de nos tables .*\(null value in column "\w+" of relation "pg_database" violates not-null constraint\)$/,
  );
  expect(text?.en).toMatch(
    /^A table or a sequence .*\(null value in column "\w+" of relation "pg_database" violates not-null constraint\)$/,
  );
  await database.$disconnect();
});

it("a transaction whose process is frozen is ended, and its locks are released", async () => {
  const url = inject("postgresUrl");
  const frozen = createDatabase(url);
  const other = createDatabase(url);
  let isLocked = (): void => {};
  const locked = new Promise<void>((resolve) => (isLocked = resolve));
  let wake = (): void => {};
  const asleep = new Promise<void>((resolve) => (wake = resolve));
  const lost = inTransaction(frozen, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`;
    isLocked();
    await asleep;
    await tx.$executeRaw`select 1`;
  }).then(
    () => false,
    () => true,
  );
  await locked;
  await waitFor("the lock", async () => (await lock(other)) === "locked");
  wake();
  expect(await lost).toBe(true);
  expect(await frozen.$queryRaw`select 1 as one`).toEqual([{ one: 1 }]);
  await Promise.all([frozen.$disconnect(), other.$disconnect()]);
}, 55_000);

describe.each<{ readonly owner: string; readonly open: (url: string) => Promise<Owned> }>([
  { owner: "nobody", open: ofNobody },
  { owner: "a pool, and is in use", open: ofPool },
  { owner: "one who no longer listens", open: ofOneWhoLeft },
])("a connection that belongs to $owner", ({ open }) => {
  it("rejects the next statement once it has broken, and the process lives on", async () => {
    const url = asSuperuser(inject("postgresUrl"));
    const { client, close } = await open(url);
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const ended = new Promise((resolve) => client.once("end", resolve));
    await withClient(url, (other) => other.query("select pg_terminate_backend($1)", [rows[0]?.pid]));
    await ended;
    await expect(client.query("select 1")).rejects.toMatchObject({ code: "database_connection" });
    await close();
  });
});

it("a connection that breaks while its pool keeps it for later does not end the process, and is replaced", async () => {
  const url = asSuperuser(inject("postgresUrl"));
  const pool = new PostgresPool(url, 1);
  const pidOf = async () => (await pool.query<{ pid: number }>("select pg_backend_pid() as pid")).rows[0]?.pid;
  const pid = await pidOf();
  await withClient(url, (other) => other.query("select pg_terminate_backend($1)", [pid]));
  await waitFor("the end of the connection", () => pool.totalCount === 0);
  expect(await pidOf()).not.toBe(pid);
  await pool.end();
});

interface Owned {
  readonly client: ClientBase;
  readonly close: () => Promise<void>;
}

async function ofNobody(url: string): Promise<Owned> {
  const client = new PostgresClient({ connectionString: url });
  await client.connect();
  return { client, close: () => client.end() };
}

async function ofPool(url: string): Promise<Owned> {
  const pool = new PostgresPool(url, 1);
  const client = await pool.connect();
  const close = async (): Promise<void> => {
    client.release();
    await pool.end();
  };
  return { client, close };
}

/** As BullMQ closes the connection on which it listens. */
async function ofOneWhoLeft(url: string): Promise<Owned> {
  const owned = await ofPool(url);
  owned.client.on("error", () => {});
  owned.client.removeAllListeners();
  return owned;
}
