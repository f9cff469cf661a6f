import { expect, test } from "vitest";
import { createRunCounter } from "../../../src/ops/metrics/runs.ts";
import { useDatabase } from "../../support/database.ts";

const database = useDatabase();
const account = "ended-runs";

test("ended runs are counted once each, also those that end after later ones, and a review once it is decided or replaced", async () => {
  const run = (hoursAgo: number, state: string, kind = "full") =>
    database().syncRun.create({
      data: {
        account,
        resource: "campaigns",
        kind,
        trigger: "schedule",
        state,
        inserted: 2,
        deleted: 1,
        startedAt: new Date(Date.now() - hoursAgo * 3_600_000),
      },
    });
  const counter = createRunCounter(database(), account);
  const read = async () =>
    (await counter.read())
      .map(({ kind, outcome, count, inserted, deleted }) => [kind, outcome, count, inserted, deleted].join(" "))
      .toSorted();
  expect(await read()).toEqual([]);
  await run(9, "proven");
  await run(8, "done", "incremental");
  const slow = await run(7, "running");
  await run(6, "needs_review");
  await run(5, "failed");
  const first = ["full failed 1 2 1", "full proven 1 2 1", "incremental done 1 2 1"];
  expect(await read()).toEqual(first);
  expect(await read()).toEqual(first);
  await database().syncRun.update({ where: { id: slow.id }, data: { state: "proven", inserted: 10 } });
  expect(await read()).toEqual(["full failed 1 2 1", "full proven 2 12 2", "incremental done 1 2 1"]);
  await run(0, "proven");
  const last = ["full failed 1 2 1", "full needs_review 1 2 1", "full proven 3 14 3", "incremental done 1 2 1"];
  expect(await read()).toEqual(last);
  expect(await read()).toEqual(last);
  // Nothing is read again that was counted: what cannot change need not be looked at.
  await database().syncRun.updateMany({ where: { account, state: "failed" }, data: { inserted: 0 } });
  expect(await read()).toEqual(last);
});
