import { expect, it } from "vitest";
import type { AccountKind } from "../../src/api/kelio.ts";
import { claimFreshMirror } from "../support/fresh-mirror.ts";
import { importSubjects, plainSubjects } from "../support/fault-people.ts";
import { importSamePeople } from "../support/imports.ts";
import { holdAtMoments, lockRecord, lockRequests, MOMENTS } from "../support/moments.ts";
import { describeOnSetups } from "../support/surroundings.ts";
import { openOutboxWorker, type OutboxWorker } from "../support/outbox-worker.ts";
import { startPostgres } from "../support/postgres.ts";
import { letAnHourPass } from "../support/quiet.ts";
import { describeOnBackends, describeWithRedis, startRedis } from "../support/redis.ts";
import { wrongsOf } from "../support/truth.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

const KINDS: readonly AccountKind[] = ["customer", "jobboard"];

/** Brings one person to each moment of a request, applies `lose` to all of them at once, and releases them. */
async function loseAtMoments(world: World, kind: AccountKind, lose: () => Promise<void>): Promise<void> {
  const { account, database, env, sandbox } = world;
  const url = env["DATABASE_URL"] ?? "";
  // Nobody is looked up before they are created: that would wait for the lock of the requests, not claimed yet.
  await claimFreshMirror(database, account);
  const unlocks: (() => Promise<void>)[] = [];
  const path = kind === "customer" ? "/applicants" : "/jobboards/applications";
  const held = holdAtMoments(sandbox, path, async () => {
    unlocks.push(await lockRecord(url, MOMENTS.answered));
  });
  const { claimed, ...others } = MOMENTS;
  await importSubjects(world, plainSubjects(kind, Object.values(others)));
  await held.reached;
  await waitFor("a record that waits for its row", () => waitsForImport(database));
  unlocks.push(await lockRequests(url, account));
  await importSubjects(world, plainSubjects(kind, [claimed]));
  await waitFor("a claim", () => database.applicantImport.findFirst({ where: { email: claimed, state: "sending" } }));
  await lose();
  for (const unlock of unlocks) await unlock();
  held.release();
}

/** Whether a session that uses the table of imports waits for a lock. Its statement is not shown to the end. */
async function waitsForImport(database: World["database"]): Promise<boolean> {
  const waiting = await database.$queryRaw<unknown[]>`
    select from pg_locks waiting join pg_locks used using (pid)
    where not waiting.granted and used.relation = 'public.applicant_import'::regclass
      and used.database = (select oid from pg_database where datname = current_database())`;
  return waiting.length > 0;
}

/** What is false, or not done, once all is quiet. */
async function undone(world: World, people: number): Promise<readonly string[]> {
  const rows = await world.database.applicantImport.findMany({ where: { account: world.account } });
  const others = rows.filter(({ state }) => state !== "done").map(({ email, state }) => `${email}: ${state}`);
  return [...others, ...(await wrongsOf(world, people))];
}

/** What a worker that is dead leaves, an hour later, to another one. */
async function settle(world: World): Promise<void> {
  await letAnHourPass(world.database, world.account, 0);
  const worker = await openOutboxWorker(world);
  try {
    await worker.settle();
  } finally {
    await worker.stop();
  }
}

/** Long enough for everybody to be at their moment. */
const PATIENT_MS = 10_000;
const PEOPLE = Object.keys(MOMENTS).length;

describeOnSetups("a worker that is lost at every moment of a request", (setup) => {
  it.each(KINDS)(
    "leaves nothing undone and does nothing twice when it is killed (%s)",
    async (kind) => {
      const world = await setup.open({ kind, sandbox: { now: Date.now } });
      const worker = await world.worker();
      await loseAtMoments(world, kind, async () => {
        await setup.hang(world, MOMENTS.arrived);
        worker.kill("SIGKILL");
        await worker.ended;
      });
      await settle(world);
      expect(await undone(world, PEOPLE)).toEqual([]);
    },
    120_000,
  );
});

describeOnBackends("a worker that is lost at every moment of a request", ({ redisUrl }) => {
  it("leaves nothing undone and does nothing twice when its database restarts", async () => {
    const postgres = await startPostgres();
    const world = await openWorld({
      redisUrl: redisUrl(),
      databaseUrl: postgres.url,
      sandbox: { now: Date.now },
    });
    const worker = await openOutboxWorker(world, PATIENT_MS);
    try {
      await besides(worker, () => loseAtMoments(world, "customer", postgres.restart));
      await worker.settle();
      expect(await undone(world, PEOPLE)).toEqual([]);
    } finally {
      await worker.stop();
      await world.database.$disconnect();
      await postgres.remove();
    }
  }, 120_000);
});

/** Wakes a worker of this process over and over: it receives no notices. */
async function besides(worker: OutboxWorker, work: () => Promise<void>): Promise<void> {
  const timer = setInterval(worker.outbox.wake, 200);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

describeWithRedis("a queue that forgets everything", () => {
  it.each(["flush", "restart"] as const)(
    "loses nobody (%s)",
    async (how) => {
      const redis = await startRedis();
      const world = await openWorld({ redisUrl: redis.url, sandbox: { now: Date.now } });
      const worker = await openOutboxWorker(world, PATIENT_MS);
      try {
        await besides(worker, () => loseAtMoments(world, "customer", () => redis[how]()));
        await worker.settle();
        expect(await undone(world, PEOPLE)).toEqual([]);
      } finally {
        await worker.stop();
        await redis.stop();
      }
    },
    120_000,
  );
});

describeOnSetups("a queue", (setup) => {
  it("that two workers empty at once brings nobody twice, whoever names the same person", async () => {
    const world = await setup.open({ kind: "jobboard", sandbox: { now: Date.now } });
    const workers = [await openOutboxWorker(world), await openOutboxWorker(world)];
    try {
      const count = await importSamePeople(world);
      await Promise.all(workers.map((worker) => worker.settle()));
      expect(await undone(world, count)).toEqual([]);
    } finally {
      for (const worker of workers) await worker.stop();
    }
  }, 120_000);
});
