import { describe, expect, inject, it, onTestFinished, vi } from "vitest";
import {
  createDatabase,
  inTransaction,
  poolOf,
  prepared,
  sql,
  TRANSACTION_MS,
  type Database,
} from "../../src/database/client.ts";
import { databaseErrorOf, sqlStateOf } from "../../src/database/errors.ts";
import { inPlainTransaction, withoutPrisma, type Statements } from "../../src/database/statements.ts";
import { useDatabase } from "../support/database.ts";
import { startRelay } from "../support/relay.ts";

const database = useDatabase();

function oneConnection(): Database {
  const own = createDatabase(inject("postgresUrl"), { connections: 1 });
  onTestFinished(() => own.$disconnect());
  return own;
}

type Run = <T>(database: Database, work: (statements: Statements) => Promise<T>) => Promise<T>;
const WAYS: readonly { readonly way: string; readonly run: Run }[] = [
  { way: "alone", run: (one, work) => work(withoutPrisma(one)) },
  { way: "in a transaction", run: inPlainTransaction },
];

describe.each(WAYS)("a statement that goes $way without Prisma", ({ run }) => {
  it.each([
    sql`select ${7n}::bigint as a, ${2 ** 31 - 1}::int as b, ${0.1}::float8 as c, ${null}::text as d, ${true}::boolean as e`,
    sql`select ${"2026-02-28T23:59:59.123Z"}::timestamptz as at, ${new Date("2026-02-28T23:59:59.123Z")}::timestamptz = ${"2026-02-28T23:59:59.123Z"}::timestamptz as same`,
    sql`select ${["a,b", 'c"d', "{}", "é\\"]}::text[] as texts, ${[1n, 9_007_199_254_740_993n]}::bigint[]::text as ids`,
    sql`select ${JSON.stringify({ a: [1, "é"] })}::jsonb as a, json_build_object('b', null) as b, ${new Uint8Array([0, 255])}::bytea = '\\x00ff' as c`,
    sql`select 1 as one where false`,
  ])("takes and returns the values that Prisma takes and returns: %#", async (statement) => {
    const expected = await database().$queryRaw(statement);
    expect(await run(database(), (statements) => statements.$queryRaw(statement))).toEqual(expected);
  });

  it("takes a template, a text and values, and says how many rows it changed", async () => {
    const changed = await run(database(), async (statements) => [
      await statements.$executeRaw`insert into public.import_control (account) values (${"a"}), (${"b"})`,
      await statements.$executeRawUnsafe("delete from public.import_control where account = any($1)", ["a", "b", "c"]),
      await statements.$queryRaw<{ n: number }[]>`select ${1}::int as n`,
      await statements.$queryRawUnsafe<{ n: number }[]>("select $1::int as n", 2),
    ]);
    expect(changed).toEqual([2, 2, [{ n: 1 }], [{ n: 2 }]]);
  });

  it("keeps the plan of a statement that is prepared", async () => {
    const own = oneConnection();
    const kept = prepared("select $1::int as kept_plan");
    await run(own, (statements) => statements.$queryRawUnsafe(kept, 1));
    await run(own, (statements) => statements.$queryRawUnsafe("select $1::int as other_plan", 1));
    expect(await own.$queryRaw`select statement from pg_prepared_statements where statement like '%\_plan'`).toEqual([
      { statement: kept },
    ]);
  });

  it("fails with one error of ours where Postgres cannot be reached, and where the socket breaks, as with Prisma", async () => {
    const nowhere = createDatabase("postgresql://a@127.0.0.1:9/a");
    onTestFinished(() => nowhere.$disconnect());
    const reach = (one: Database) => run(one, (statements) => statements.$queryRaw`select 1`);
    expect(databaseErrorOf(await reach(nowhere).catch((error: unknown) => error))).toMatchObject({
      code: "database_connection",
    });
    const relay = await startRelay(inject("postgresUrl"));
    const through = createDatabase(relay.url, { connections: 1 });
    onTestFinished(() => through.$disconnect());
    await reach(through);
    const broken = run(through, (statements) => statements.$queryRaw`select pg_sleep(60)`).catch(
      (error: unknown) => error,
    );
    relay.reset();
    expect(databaseErrorOf(await broken)).toMatchObject({ code: "database_connection" });
  });

  it("fails with the error that Postgres gives, and its connection is used again", async () => {
    const own = oneConnection();
    const fail = (text: string) => run(own, (statements) => statements.$executeRawUnsafe(text));
    const refused: unknown = await fail("select 'x'::int").catch((error: unknown) => error);
    expect([sqlStateOf(refused), databaseErrorOf(refused)]).toEqual(["22P02", null]);
    const ended: unknown = await fail("select pg_terminate_backend(pg_backend_pid())").catch((error: unknown) => error);
    expect(databaseErrorOf(ended)).toMatchObject({ code: "database_stopping" });
    expect(await run(own, (statements) => statements.$queryRaw`select 1 as one`)).toEqual([{ one: 1 }]);
  });
});

it("a transaction without Prisma keeps nothing if its work fails, and all of it otherwise", async () => {
  const write = (account: string, fault: Error | null) =>
    inPlainTransaction(database(), async (tx) => {
      await tx.$executeRaw`insert into public.import_control (account) values (${account})`;
      if (fault !== null) throw fault;
    });
  await expect(write("lost", new Error("no"))).rejects.toThrow("no");
  await write("kept", null);
  expect(await database().importControl.findMany({ select: { account: true } })).toEqual([{ account: "kept" }]);
});

it("a transaction without Prisma whose work catches the error of a statement fails: Postgres has kept nothing of it", async () => {
  const caught = inPlainTransaction(database(), async (tx) => {
    await tx.$executeRaw`insert into public.import_control (account) values ('caught')`;
    await tx.$executeRaw`select 'x'::int`.catch(() => null);
  });
  await expect(caught).rejects.toThrow("cannot be committed");
  expect(await database().importControl.count({ where: { account: "caught" } })).toBe(0);
});

it("a transaction without Prisma whose connection breaks while it is committed fails with an error of ours", async () => {
  const relay = await startRelay(inject("postgresUrl"));
  const through = createDatabase(relay.url, { connections: 1 });
  onTestFinished(() => through.$disconnect());
  const broken: unknown = await inPlainTransaction(through, async (tx) => {
    await tx.$queryRaw`select 1`;
    relay.hang();
    setImmediate(() => relay.reset());
  }).catch((error: unknown) => error);
  expect(databaseErrorOf(broken)).toMatchObject({ code: "database_connection" });
});

it("a transaction without Prisma that takes too long is ended, and its connection is replaced", async () => {
  const own = oneConnection();
  await own.$queryRaw`select 1`;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const slow = inPlainTransaction(own, (tx) => tx.$executeRaw`select pg_sleep(100)`).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(0);
  await vi.advanceTimersByTimeAsync(TRANSACTION_MS);
  expect(databaseErrorOf(await slow)).toMatchObject({ code: "database_connection" });
  vi.useRealTimers();
  expect(await inTransaction(own, (tx) => tx.$queryRaw`select 1 as one`)).toEqual([{ one: 1 }]);
});

describe("a client that was disconnected", () => {
  it.each([{ way: "with Prisma", run: (one, work) => work(one) } satisfies (typeof WAYS)[number], ...WAYS])(
    "has no connection left of a statement that went $way, and opens no other one",
    async ({ run }) => {
      const own = createDatabase(inject("postgresUrl"));
      const send = () => run(own, (statements) => statements.$queryRaw`select 1`);
      await send();
      await own.$disconnect();
      expect(poolOf(own).totalCount).toBe(0);
      await expect(send()).rejects.toThrow("Cannot use a pool after calling end");
      await expect(own.$queryRaw`select 1`).rejects.toThrow("Cannot use a pool after calling end");
      await own.$disconnect();
    },
  );
});
