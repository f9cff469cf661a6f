import { Client } from "pg";
import { expect, inject, it, onTestFinished } from "vitest";
import { createDatabase } from "../../../src/database/client.ts";
import { holdAll } from "../../../src/outbox/operations/hold.ts";
import { PERSON } from "../../support/decider.ts";
import { createTestDatabase } from "../../support/postgres.ts";
import { openImports } from "./support.ts";

async function open() {
  expect(inject("postgresUrl")).not.toBe("");
  const { url, drop } = await createTestDatabase();
  const database = createDatabase(url);
  const other = new Client({ connectionString: url });
  await other.connect();
  onTestFinished(async () => {
    await other.end();
    await database.$disconnect();
    await drop();
  });
  return { database, other, server: await openImports(database) };
}

it("gets 503 while another transaction holds the outbox, and is accepted afterwards", async () => {
  const { other, server } = await open();
  await other.query("begin");
  await other.query("select public.lock_account($1, 'outbox', null)", [server.account]);
  const answers = await Promise.all([1, 2, 3].map((n) => server.post({ email: `p${n}@example.org` })));
  for (const { status, headers, body } of answers) {
    expect({ status, code: body["code"], again: headers.get("retry-after") }).toEqual({
      status: 503,
      code: "busy",
      again: "2",
    });
  }
  await other.query("commit");
  expect(await server.post({ email: "p1@example.org" })).toMatchObject({ status: 202 });
});

it("gets 503 if no connection is free", async () => {
  const { database, server } = await open();
  let release = (): void => {};
  const until = new Promise<void>((resolve) => (release = resolve));
  const busy = Array.from({ length: 10 }, () => database.$transaction(() => until, { timeout: 60_000 }));
  try {
    await expect
      .poll(async () => (await server.post({ email: "p@example.org" })).status, { timeout: 20_000 })
      .toBe(503);
  } finally {
    release();
    await Promise.all(busy);
  }
  expect(await server.post({ email: "p@example.org" })).toMatchObject({ status: 202 });
});

it("accepts imports as held while the kill switch is on, whatever an SQL client leaves open", async () => {
  const { database, other, server } = await open();
  await other.query("begin");
  await other.query("insert into import_inbox (account, email) values ($1, 'x@example.org')", [server.account]);
  await holdAll({ database, account: server.account, by: PERSON }, "stop");
  const { status, body } = await server.post({ email: "x@example.org" });
  expect(status).toBe(202);
  expect(body["imports"]).toMatchObject([{ state: "held" }]);
});
