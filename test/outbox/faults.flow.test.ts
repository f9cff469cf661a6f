import { expect, it } from "vitest";
import type { AccountKind } from "../../src/api/scopes.ts";
import { importSubjects, subjectsOf, wrongsOfSubjects, type Subject } from "../support/fault-people.ts";
import { openOutboxWorker } from "../support/outbox-worker.ts";
import { describeOnBackends } from "../support/redis.ts";
import { openWorld } from "../support/world.ts";
import { CASES } from "./faults/cases.ts";

/** Those that the sandbox brings about; the others need a queue or a connection in the hand of the test. */
const OF_ANSWERS = ({ fault }: Pick<Subject, "fault">): boolean => fault.death === undefined && fault.refused !== true;

describeOnBackends("every fault of an answer at every step", ({ redisUrl }) => {
  it.each<AccountKind>(["customer", "jobboard"])(
    "leaves every import of a %s in a true state",
    async (kind) => {
      const world = await openWorld({ kind, redisUrl: redisUrl(), sandbox: { now: Date.now } });
      const subjects = subjectsOf(CASES[kind].filter(OF_ANSWERS));
      await importSubjects(world, subjects);
      const worker = await openOutboxWorker(world);
      try {
        // The same job under other names, as if the queue gave it to several workers.
        const rows = await world.database.applicantImport.findMany({ where: { account: world.account } });
        const doubled = new Set(subjects.flatMap(({ email, fault }) => (fault.job === "twice" ? [email] : [])));
        for (const { id } of rows.filter(({ email }) => doubled.has(email ?? ""))) {
          for (const turn of [90, 91]) {
            await worker.queues.enqueue("deliver", { import: Number(id), turn, bulk: false });
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
});
