import { describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { createRequestLog } from "../../src/quota/request-gate.ts";
import { holdAll, releaseAll } from "../../src/outbox/operations/hold.ts";
import { claimImport } from "../../src/outbox/delivery/claim.ts";
import { lockOutbox } from "../../src/outbox/import/row.ts";
import { reconcilePending } from "../../src/outbox/delivery/dispatch.ts";
import { PERSON } from "../support/decider.ts";
import { connect } from "../support/inbox.ts";
import { claimFreshMirror } from "../support/fresh-mirror.ts";
import { outboxDepsOf, people, statesOf, worldWith } from "../support/outbox.ts";
import { createRole } from "../support/role.ts";

const request = { method: "POST", path: "/applicants", job: null };

describe("an import that is being sent", () => {
  it("is left to its job by another one, and is lost only for a job that has begun before", async () => {
    const { world, ids } = await worldWith(people(1));
    const options = outboxDepsOf(world);
    const claim = (isFirst: boolean) =>
      inTransaction(world.database, (tx) => claimImport(tx, options, Number(ids[0]), { isFirst }));
    await claimFreshMirror(world.database, world.account);
    expect(await claim(true)).toMatchObject({ is: "claimed" });
    expect(await claim(true)).toEqual({ is: "skipped" });
    expect(await statesOf(world)).toEqual(["sending"]);
    expect(await claim(false)).toEqual({ is: "skipped" });
    expect(await statesOf(world)).toEqual(["unknown (worker_lost)"]);
  });
});

describe("the kill switch", () => {
  it("waits for nothing while another transaction holds the outbox and a row of it", async () => {
    const { world, ids, deps } = await worldWith(people(3));
    const other = await connect(world);
    await other.query("begin");
    await other.query("select public.lock_account($1, 'outbox', null)", [world.account]);
    await other.query("select from applicant_import where id = $1 for update", [String(ids[0])]);
    expect(await holdAll(deps, "stop")).toEqual({ held: 2, sending: 0, remaining: 1 });
    await other.query("commit");
    // What was locked follows with the next maintenance task.
    await reconcilePending(outboxDepsOf(world));
    expect(await statesOf(world)).toEqual(Array(3).fill("held (kill_switch)"));
    await other.query("begin");
    await other.query("select public.lock_account($1, 'outbox', null)", [world.account]);
    await other.query("select from applicant_import where id = $1 for update", [String(ids[0])]);
    expect(await releaseAll(deps)).toEqual({ released: 2, stillHeld: 1 });
    await other.query("commit");
    await reconcilePending(outboxDepsOf(world));
    expect(await statesOf(world)).toEqual(Array(3).fill("ready (released)"));
  });

  it("is not held by a transaction that claims, counts a failure or closes the circuit breaker", async () => {
    const { world, ids, deps } = await worldWith(people(2));
    const options = outboxDepsOf(world);
    await inTransaction(world.database, async (tx) => {
      await claimImport(tx, options, Number(ids[0]));
      expect(await holdAll(deps, null)).toMatchObject({ held: 1 });
    });
  });

  it("is read last by a request that creates, and by no other", async () => {
    const { world, deps } = await worldWith([]);
    const log = createRequestLog(world.database, { account: world.account, requestsPerMinute: 120 });
    expect(await log.open({ ...request, creates: true })).toMatchObject({ held: false, waitMs: 0 });
    await holdAll(deps, null);
    expect(await log.open({ ...request, creates: true })).toMatchObject({ held: true });
    expect(await log.open({ ...request, method: "GET" })).toMatchObject({ held: false, waitMs: 0 });
    expect(await world.database.apiRequest.count()).toBe(2);
  });

  it("is that of its account", async () => {
    const { world, deps } = await worldWith([]);
    await holdAll({ ...deps, account: "another" }, null);
    const log = createRequestLog(world.database, { account: world.account, requestsPerMinute: 120 });
    expect(await log.open({ ...request, creates: true })).toMatchObject({ held: false });
  });
});

describe("the locks of the outbox and of the request gate", () => {
  it("are waited for no longer than they should be, and named then", async () => {
    const { world } = await worldWith([]);
    const other = await connect(world);
    await other.query("begin");
    await other.query("select public.lock_account($1, 'outbox', null)", [world.account]);
    await other.query("select public.lock_account($1, 'api_request', null)", [world.account]);
    const locked = inTransaction(world.database, (tx) => lockOutbox(tx, world.account, 50));
    await expect(locked).rejects.toMatchObject({ code: "outbox_busy", disposition: "requeue" });
    const log = createRequestLog(world.database, { account: world.account, requestsPerMinute: 120 });
    await expect(log.open(request)).rejects.toMatchObject({ code: "request_gate_busy" });
    await other.query("rollback");
    expect(await log.open(request)).toMatchObject({ waitMs: 0 });
  });

  it("cannot be locked by a role that may only read, by whatever lock", async () => {
    const { world } = await worldWith([]);
    const rights = ["usage on schema public", "select on all tables in schema public"];
    const reader = await connect(world, await createRole(world.env["DATABASE_URL"] ?? "", ...rights));
    const log = createRequestLog(world.database, { account: world.account, requestsPerMinute: 120 });
    await log.open(request);
    for (const lock of [
      "select public.lock_account('x', 'api_request', null)",
      "select from account_lock for update",
      "select from account_lock for share",
      "select from account_lock for key share",
      "begin; lock table account_lock in row share mode",
      "select from import_control for share",
    ]) {
      await expect(reader.query(lock)).rejects.toThrow(/permission denied/);
      await reader.query("rollback");
    }
    await reader.query("begin");
    await reader.query("lock table account_lock, api_request, import_control in access share mode");
    await reader.query("select pg_advisory_lock(hashtextextended('api_request:' || $1, 0))", [world.account]);
    await reader.query("select pg_advisory_lock(hashtextextended('applicant_import:' || $1, 0))", [world.account]);
    expect(await log.open(request)).toMatchObject({ waitMs: 0 });
    await inTransaction(world.database, (tx) => lockOutbox(tx, world.account));
    await holdAll({ ...world, by: PERSON }, null);
    await reader.query("rollback");
  });
});
