import { expect, it } from "vitest";
import type { AccountKind } from "../../src/api/kelio.ts";
import { openApiQueue } from "../support/api-queue.ts";
import { importSubjects, subjectsOf, wrongsOfSubjects, type Subject } from "../support/fault-people.ts";
import { openOutboxWorker } from "../support/outbox-worker.ts";
import { endApiPause } from "../support/quiet.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";
import { CASES } from "./faults/cases.ts";

const KINDS: readonly AccountKind[] = ["customer", "jobboard"];

/** Those that the sandbox brings about; the others need a queue or a connection in the hand of the test. */
const isOfAnswers = ({ fault }: Pick<Subject, "fault">): boolean => fault.death === undefined && fault.refused !== true;
/** Stops the whole queue for a minute, so it comes alone. */
const isOfQuota = ({ fault }: Pick<Subject, "fault">): boolean => fault.answer?.kind === "quota";

describeOnBackends("every fault of an answer at every step", ({ redisUrl }) => {
  it.each(KINDS)(
    "leaves every import of a %s in a true state",
    async (kind) => {
      const world = await openWorld({ kind, redisUrl: redisUrl(), sandbox: { now: Date.now } });
      const subjects = subjectsOf(CASES[kind].filter((one) => isOfAnswers(one) && !isOfQuota(one)));
      await importSubjects(world, subjects);
      const worker = await openOutboxWorker(world);
      try {
        // The same job under other names, as if the queue gave it to several workers.
        const rows = await world.database.applicantImport.findMany({ where: { account: world.account } });
        const doubled = new Set(subjects.flatMap(({ email, fault }) => (fault.job === "twice" ? [email] : [])));
        for (const { id } of rows.filter(({ email }) => doubled.has(email ?? ""))) {
          for (const turn of [90, 91]) {
            await worker.queue.enqueue({ kind: "deliver", import: Number(id), turn, bulk: false });
          }
        }
        await worker.settle();
      } finally {
        await worker.stop();
      }
      expect(await wrongsOfSubjects(world, subjects)).toEqual([]);
    },
    120_000,
  );

  it("a 403 of the quota pauses the queue, and the request goes after it", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), sandbox: { now: Date.now } });
    const subjects = subjectsOf(CASES.customer.filter(isOfQuota));
    await importSubjects(world, subjects);
    const queue = await openApiQueue(world.env);
    const worker = await openOutboxWorker(world);
    await worker.outbox.reconcilePending();
    await waitFor("a pause", async () => (await queue.heldMs()) > 0);
    await worker.stop();
    expect(world.sandbox.effects).toEqual([]);
    // A worker waits the pause out by itself, so another one goes on.
    await queue.forget();
    await endApiPause(world.database, world.account);
    await queue.close();
    const next = await openOutboxWorker(world);
    try {
      await next.settle();
    } finally {
      await next.stop();
    }
    expect(await wrongsOfSubjects(world, subjects)).toEqual([]);
  });
});
