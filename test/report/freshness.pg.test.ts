import { expect, it } from "vitest";
import { wordOf } from "../../src/ops/state/word.ts";
import { storeDeadlines } from "../../src/report/settings.ts";
import { createSequence } from "../../src/sandbox/data/random.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
const HOUR_MS = 3_600_000;
const ACCOUNTS = 300;
const RESOURCES = ["campaigns", "applications"] as const;
const STATES = ["proven", "unproven", "needs_review", "done"] as const;

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
    const requests = [0.4, 0.4].flatMap((share) => sometimes(share, () => at(-0.5 - draw() * 12)) ?? []);
    for (const requestAt of requests)
      await database().apiRequest.create({ data: { account, method: "GET", path: "/campaigns", at: requestAt } });
    const lists = RESOURCES.map((resource) => ({
      resource,
      isScheduled: draw() < 0.85,
      lateAt: sometimes(0.5, anyTime),
      overdueAt: sometimes(0.5, anyTime),
      unprovenAt: sometimes(0.5, anyTime),
    }));
    const stored = lists.filter(() => draw() < 0.9);
    await storeDeadlines(database(), account, stored);
    for (const list of lists) {
      const { resource } = list;
      const known = stored.includes(list)
        ? list
        : { isScheduled: false, lateAt: null, overdueAt: null, unprovenAt: null };
      const freshAsOf = sometimes(0.8, () => at(-1 - draw() * 50));
      const failed = [0.4, 0.4].flatMap((share) => sometimes(share, () => at(-1 - draw() * 50)) ?? []);
      const running = sometimes(0.5, () => ({
        isFull: draw() < 0.6,
        hasRead: draw() < 0.5,
        startedAt: at(-0.5 - draw() * 12),
      }));
      const run = (state: string, startedAt: Date, kind = "full") =>
        database().syncRun.create({ data: { account, resource, kind, trigger: "schedule", state, startedAt } });
      const state = STATES[Math.floor(draw() * STATES.length)] ?? "done";
      if (freshAsOf !== null) await run(state, freshAsOf, state === "done" ? "incremental" : "full");
      for (const failedAt of failed) await run("failed", failedAt);
      if (running !== null) {
        const { id } = await run("running", running.startedAt, running.isFull ? "full" : "incremental");
        if (running.hasRead)
          await database().$executeRaw`
            insert into public.sync_page (run_id, walker, step, page, per_page, ids, inserted, updated, unchanged, quarantined)
            values (${id}, 0, 1, 1, 50, '', 0, 0, 0, 0)`;
      }
      const aliveAt = new Date(Math.max(...[running?.startedAt ?? now, ...requests].map((one) => one.getTime())));
      const hasFailed = failed.some((failedAt) => freshAsOf === null || failedAt > freshAsOf);
      const going = running === null ? null : { ...running, aliveAt };
      if (stored.includes(list) || freshAsOf !== null || failed.length > 0 || running !== null)
        expected.set(`${account} ${resource}`, wordOf({ ...known, freshAsOf, hasFailed, run: going }, now));
    }
  }
  const rows = await database().$queryRaw<{ list: string; word: string }[]>`
    select account || ' ' || resource as list, word from report.freshness where account like 'fresh-%'`;
  const found = new Map(rows.map(({ list, word }) => [list, word]));
  const differing = [...expected].filter(([list, word]) => found.get(list) !== word);
  expect(differing.map(([list, word]) => `${list}: ${word}, found ${found.get(list)}`)).toEqual([]);
  expect(rows.length).toBe(expected.size);
  expect(new Set(expected.values()).size).toBe(7);
});
