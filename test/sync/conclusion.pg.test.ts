import { describe, expect, it } from "vitest";
import { makeFacts } from "../../src/report/facts.ts";
import type { SyncJob } from "../../src/sync/jobs.ts";
import { createSync, type Sync } from "../../src/sync/sync.ts";
import { AppError } from "../../src/platform/errors.ts";
import { inTransaction } from "../../src/database/client.ts";
import { lockRun } from "../../src/sync/runs/runs.ts";
import { useDatabase } from "../support/database.ts";
import { keyringOf } from "../support/keyring.ts";

const database = useDatabase();

/** The sync of one process, its list, and the jobs that it has enqueued. `isFull`: the kind of job that the queue refuses. */
function openProcess(account: string) {
  const jobs: SyncJob[] = [];
  const requests: string[] = [];
  const items = [{ id: 1 }];
  const queue: { isFull: SyncJob["kind"] | null } = { isFull: null };
  const list = async (name: string) => {
    requests.push(name);
    return { items, pagination: { total: items.length, currentPage: 1, nextPage: null, lastPage: 1 } };
  };
  const sync = createSync({
    database: database(),
    account,
    keyring: keyringOf(null),
    latestErasure: async () => null,
    accountKind: "customer",
    api: { list, show: () => Promise.reject(new AppError("no_such", "Nothing is shown here.")) },
    slotMs: 1,
    latencyMs: async () => null,
    detailsPerRun: 0,
    enqueue: async (job) => {
      if (job.kind === queue.isFull) throw new Error("OOM command not allowed");
      jobs.push(job);
    },
    makeFacts: () => makeFacts(database(), account),
    logger: { info: () => {}, warn: () => {} },
  });
  return { sync, jobs, requests, items, queue };
}

const stateOf = async (id: number) => (await database().syncRun.findUniqueOrThrow({ where: { id } })).state;

async function startManagers(sync: Sync): Promise<number> {
  const id = await sync.start({ resource: "managers", kind: "full", trigger: "command" });
  if (id === null) throw new Error("No run was started.");
  return id;
}

/** Until the test ends it, no run of this account can get a final state. */
async function forbidConclusions(account: string): Promise<() => Promise<unknown>> {
  const name = `forbid_${account.replaceAll("-", "_")}`;
  await database().$executeRawUnsafe(`
    create function public.${name}() returns trigger language plpgsql as
    $$ begin raise exception 'not now' using errcode = '55P03'; end $$`);
  await database().$executeRawUnsafe(`
    create trigger ${name} before update on public.sync_run for each row
    when (new.account = '${account}' and new.state = 'proven') execute function public.${name}()`);
  return () => database().$executeRawUnsafe(`drop function public.${name}() cascade`);
}

describe("the conclusion of a run", () => {
  it("that fails is made by the next attempt of the job, without a request", async () => {
    const { sync, requests } = openProcess("again");
    const id = await startManagers(sync);
    const permit = await forbidConclusions("again");
    const page = { run: id, walker: 0, step: 0 };
    await expect(sync.page(page, { job: null })).rejects.toThrow("has held a lock");
    expect(await stateOf(id)).toBe("running");
    await permit();
    await sync.page(page, { job: null });
    expect(await stateOf(id)).toBe("proven");
    expect(requests).toEqual(["managers"]);
  });

  it("that has failed five times ends the run with its error", async () => {
    const { sync, requests } = openProcess("bounded");
    const id = await startManagers(sync);
    const permit = await forbidConclusions("bounded");
    await expect(sync.page({ run: id, walker: 0, step: 0 }, { job: null })).rejects.toThrow("has held a lock");
    for (let tries = 0; tries < 3; tries += 1) await sync.resume();
    expect(await stateOf(id)).toBe("running");
    await sync.resume();
    expect(await database().syncRun.findUniqueOrThrow({ where: { id } })).toMatchObject({
      state: "failed",
      errorCode: "database_locked",
    });
    await permit();
    await sync.resume();
    expect(await stateOf(id)).toBe("failed");
    expect(requests).toEqual(["managers"]);
  });

  it("is not given up because the queue accepts no jobs", async () => {
    const { sync, items, queue } = openProcess("no-queue");
    const read = async (): Promise<number> => {
      const id = (await sync.start({ resource: "campaigns", kind: "full", trigger: "command" })) ?? 0;
      await sync.page({ run: id, walker: 0, step: 0 }, { job: null }).catch(() => undefined);
      return id;
    };
    items.push({ id: 2 });
    expect(await stateOf(await read())).toBe("proven");
    items.pop();
    queue.isFull = "confirm";
    const id = await read();
    for (let tries = 0; tries < 6; tries += 1) await sync.resume();
    expect(await stateOf(id)).toBe("running");
  });

  it("is made once where two processes come to it together", async () => {
    const [one, other] = [openProcess("both"), openProcess("both")];
    const id = await startManagers(one.sync);
    const permit = await forbidConclusions("both");
    await expect(one.sync.page({ run: id, walker: 0, step: 0 }, { job: null })).rejects.toThrow("has held a lock");
    await permit();
    await inTransaction(database(), async (tx) => {
      await lockRun(tx, id);
      const both = Promise.all([one.sync.resume(), other.sync.resume()]);
      return { both };
    }).then(({ both }) => both);
    const changes = await database().change.count({ where: { account: "both" } });
    expect(await stateOf(id)).toBe("proven");
    expect(changes).toBe(1);
  });
});
