import { expect, it } from "vitest";
import { wordOf } from "../../src/ops/state/word.ts";
import { storeDeadlines } from "../../src/report/settings.ts";
import { createSequence } from "../../src/sandbox/data/random.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
const HOUR_MS = 3_600_000;
const ACCOUNTS = 250;

it("report.freshness has the word of the page for random schedules, runs and times", async () => {
  const draw = createSequence(20_261_126, 14);
  const now = new Date();
  const at = (hours: number) => new Date(now.getTime() + hours * HOUR_MS);
  // Never so near to now that the test could pass it while it runs.
  const anyTime = () => at((draw() < 0.5 ? -1 : 1) * (1 + Math.floor(draw() * 30)));
  const sometimes = <T>(share: number, value: () => T): T | null => (draw() < share ? value() : null);
  const expected = new Map<string, string>();
  for (let n = 0; n < ACCOUNTS; n += 1) {
    const account = `fresh-${n}`;
    const isScheduled = draw() < 0.85;
    const [freshAsOf, failedAt] = [
      sometimes(0.8, () => at(-1 - draw() * 50)),
      sometimes(0.4, () => at(-1 - draw() * 50)),
    ];
    const [lateAt, overdueAt, unprovenAt] = [sometimes(0.8, anyTime), sometimes(0.8, anyTime), sometimes(0.8, anyTime)];
    const running = sometimes(0.5, () => ({
      isFull: draw() < 0.6,
      hasRead: draw() < 0.5,
      startedAt: at(-0.5 - draw() * 12),
    }));
    const requestAt = sometimes(0.5, () => at(-0.5 - draw() * 12));
    await storeDeadlines(database(), account, [{ resource: "campaigns", isScheduled, lateAt, overdueAt, unprovenAt }]);
    const run = (state: string, startedAt: Date, kind = "full") =>
      database().syncRun.create({
        data: { account, resource: "campaigns", kind, trigger: "schedule", state, startedAt },
      });
    if (freshAsOf !== null) await run(draw() < 0.5 ? "proven" : "unproven", freshAsOf);
    if (failedAt !== null) await run("failed", failedAt);
    if (running !== null) {
      const { id } = await run("running", running.startedAt, running.isFull ? "full" : "incremental");
      if (running.hasRead)
        await database().$executeRaw`
          insert into public.sync_page (run_id, walker, step, page, per_page, ids, inserted, updated, unchanged, quarantined)
          values (${id}, 0, 1, 1, 50, '', 0, 0, 0, 0)`;
    }
    if (requestAt !== null) {
      await database().apiRequest.create({ data: { account, method: "GET", path: "/campaigns", at: requestAt } });
    }
    const alive = Math.max(running?.startedAt.getTime() ?? 0, requestAt?.getTime() ?? 0);
    const facts = { isScheduled, freshAsOf, lateAt, overdueAt, unprovenAt };
    const hasFailed = failedAt !== null && (freshAsOf === null || failedAt > freshAsOf);
    const going = running === null ? null : { ...running, aliveAt: new Date(alive) };
    expected.set(account, wordOf({ ...facts, hasFailed, run: going }, now));
  }
  const rows = await database().$queryRaw<{ account: string; word: string }[]>`
    select account, word from report.freshness where account like 'fresh-%'`;
  const found = new Map(rows.map(({ account, word }) => [account, word]));
  const differing = [...expected].filter(([account, word]) => found.get(account) !== word);
  expect(differing.map(([account, word]) => `${account}: ${word}, found ${found.get(account)}`)).toEqual([]);
  expect(new Set(expected.values()).size).toBe(7);
});
