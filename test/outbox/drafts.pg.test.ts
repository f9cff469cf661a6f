import { expect, describe, inject, it, onTestFinished } from "vitest";
import { admitDrafts } from "../../src/outbox/intake/sql/drafts.ts";
import type { OutboxJob } from "../../src/outbox/context.ts";
import { listenForImports } from "../../src/outbox/intake/sql/listener.ts";
import { createOutbox } from "../../src/outbox/outbox.ts";
import { connect, insert } from "../support/inbox.ts";
import { outboxDepsOf, statesOf } from "../support/outbox.ts";
import { createRole } from "../support/role.ts";
import { silent } from "../support/silent.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

describe("a role that may only insert into import_inbox", () => {
  async function asRole() {
    const world = await openWorld();
    const client = await connect(world);
    const role = await createRole(world.env["DATABASE_URL"] ?? "", "usage on schema public", "insert on import_inbox");
    return { world, owner: client, role, client: await connect(world, role) };
  }

  it("can queue people, and can read nothing", async () => {
    const { world, client, role, owner } = await asRole();
    const row = [world.account, "lea@example.org", Buffer.from("%PDF-1.7")];
    await client.query("insert into import_inbox (account, email, resume) values ($1, $2, $3)", row);
    expect(await statesOf(world)).toEqual(["draft"]);
    for (const table of [
      "import_inbox",
      "applicant_import",
      "import_resume",
      "import_event",
      "import_salt",
      "account",
    ]) {
      await expect(client.query(`select * from ${table}`)).rejects.toThrow(/permission denied/);
    }
    await expect(client.query("update import_control set held = false")).rejects.toThrow(/permission denied/);
    await expect(client.query("delete from import_inbox")).rejects.toThrow(/permission denied/);
    await owner.query(`grant select (id) on import_inbox to ${role}`);
    expect(await insert(client, { account: world.account, email: "lea@example.org" })).toMatch(/^\d+$/);
  });

  it("cannot replace our tables and functions with its own", async () => {
    const { world, client } = await asRole();
    await client.query("create temp table applicant_import (id bigint, account text, email text)");
    await client.query("create temp table account (account text)");
    await client.query("insert into import_inbox (account, email) values ($1, $2)", [world.account, "lea@example.org"]);
    expect(await statesOf(world)).toEqual(["draft"]);
  });
});

describe("drafts", () => {
  it("are accepted exactly once by two workers at the same time", async () => {
    const world = await openWorld();
    const client = await connect(world);
    await client.query(
      "insert into import_inbox (account, email) select $1, 'p' || n || '@example.org' from generate_series(1, 120) n",
      [world.account],
    );
    await Promise.all([1, 2].map(() => admitDrafts(outboxDepsOf(world))));
    const events = await world.database.importEvent.groupBy({
      by: ["toState"],
      _count: true,
      orderBy: { toState: "asc" },
    });
    expect(events.map(({ toState, _count }) => `${toState} ${_count}`)).toEqual(["draft 120", "ready 120"]);
  });

  it("are noticed immediately, before the maintenance task runs", async () => {
    const { world, jobs, outbox } = await withOutbox();
    let received = 0;
    const wake = () => {
      received += 1;
      outbox.wake();
    };
    const listener = listenForImports({
      databaseUrl: world.env["DATABASE_URL"] ?? "",
      account: world.account,
      wake,
      notices: inject("queueUrl") === null,
      logger: silent,
    });
    onTestFinished(listener.close);
    await waitFor("it listens", () => received === 1);
    await insert(await connect(world), { account: world.account, email: "lea@example.org" });
    await waitFor("it has a job", () => jobs.length > 0);
    // Behind a pooler, where nothing is listened to, it is found within seconds.
    const byNotice = inject("queueUrl") === null;
    expect(received > 1 || !byNotice).toBe(true);
    await outbox.settled();
  });

  it("are found by the maintenance task if no notice arrived", async () => {
    const { world, jobs, outbox } = await withOutbox();
    await insert(await connect(world), { account: world.account, email: "lea@example.org" });
    await outbox.reconcilePending();
    expect(jobs).toMatchObject([{ kind: "deliver" }]);
  });

  async function withOutbox() {
    const world = await openWorld();
    const jobs: OutboxJob[] = [];
    return { world, jobs, outbox: createOutbox(outboxDepsOf(world, { enqueue: async (job) => void jobs.push(job) })) };
  }
});
