import { describe, expect, it } from "vitest";
import { localTime } from "../../src/platform/text.ts";
import { planSyncs, type Midnights, type ScheduledSync } from "../../src/ops/forecast/cost.ts";
import { requestsOf } from "../../src/sync/runs/requests.ts";

const MINUTE_MS = 60_000;
const DAY = 24 * 60;
const MONDAY = Date.parse("2026-11-30T00:00Z");

/** Minutes from the midnight that the plan begins with. */
const at = (minutes: number) => new Date(MONDAY + minutes * MINUTE_MS);
const every = (minutes: number, from = 0, to = 2 * DAY) =>
  Array.from({ length: Math.floor((to - from) / minutes) + 1 }, (_, i) => at(from + i * minutes));
const TWO_DAYS: Midnights = [at(0), at(DAY), at(2 * DAY)];

/** A nightly full sync of 60,000 applications: 1,201 requests, 10 minutes and half a second of the quota. */
function syncOf(changes: Partial<ScheduledSync>): ScheduledSync {
  return {
    resource: "applications",
    kind: "full",
    setting: "APPLICATIONS_CRON",
    schedule: "as the test says",
    ticks: every(DAY, 130, 3 * DAY),
    rows: 60_000,
    lists: 1,
    fires: 1,
    waiting: 0,
    heads: 1,
    statusValues: 12,
    ...changes,
  };
}

const planOf = (...syncs: readonly Partial<ScheduledSync>[]) =>
  planSyncs(syncs.map(syncOf), { requestsPerMinute: 120, detailsPerRun: 200, midnights: TWO_DAYS });
const INCREMENTAL = { kind: "incremental", setting: "INCREMENTAL_CRON" } as const;

describe("requests for the list of one run", () => {
  it.each([
    ["a full sync of an empty list", { rows: 0 }, 1],
    ["a full sync of one page", { rows: 50 }, 1],
    ["a full sync of two pages and the head", { rows: 51 }, 3],
    ["a full sync of 60,000 rows", { rows: 60_000 }, 1_201],
    ["a full sync before the first one", { rows: null }, null],
    ["an incremental sync of a customer's campaigns, in two orders", { ...INCREMENTAL, heads: 2, statusValues: 0 }, 2],
    ["an incremental sync of a jobboard's campaigns", { ...INCREMENTAL, statusValues: 0 }, 1],
    ["an incremental sync of applications with 12 statuses", { ...INCREMENTAL, statusValues: 12 }, 13],
    ["an incremental sync of a jobboard's applications", { ...INCREMENTAL, statusValues: 0 }, 1],
    ["an incremental sync of applications before the first one", { ...INCREMENTAL, statusValues: null }, null],
  ] as const)("%s", (_, changes, requests) => {
    expect(requestsOf(syncOf(changes))).toBe(requests);
  });
});

describe("the cost of a day", () => {
  it("consists of the requests of its runs and their minutes of the quota", () => {
    const { syncs } = planOf({}, { ...INCREMENTAL, ticks: every(15) });
    expect(syncs).toMatchObject([
      { runsPerDay: 1, requestsPerRun: 1_201, requestsPerDay: 1_201, quotaMinutesPerDay: 1_201 / 120 },
      { runsPerDay: 96, requestsPerRun: 13, requestsPerDay: 96 * 13, quotaMinutesPerDay: 10.4 },
    ]);
  });

  it("is computed for the busiest day", () => {
    // Five runs on the first day, 20 on the second.
    const { syncs, busiestDay } = planOf({
      ...INCREMENTAL,
      ticks: [...every(60, 0, 240), ...every(60, DAY, DAY + 1_140)],
    });
    expect(syncs).toMatchObject([{ runsPerDay: 20, requestsPerDay: 260 }]);
    expect(busiestDay).toMatchObject({ from: at(DAY), to: at(2 * DAY), requests: 260 });
  });

  it("includes the share that is left for writes", () => {
    const { busiestDay, freeShare } = planOf({ ticks: every(12 * 60) });
    expect(busiestDay?.requests).toBe(2_402);
    expect(busiestDay?.share).toBeCloseTo(2_402 / 172_800);
    expect(freeShare).toBeCloseTo(1 - 2_402 / 172_800);
  });

  it("is right for days of 23 hours", () => {
    const midnights: Midnights = [at(0), at(23 * 60)];
    const plan = planSyncs([syncOf({ ticks: every(60) })], { requestsPerMinute: 120, detailsPerRun: 200, midnights });
    expect(plan.syncs).toMatchObject([{ runsPerDay: 23 }]);
    expect(plan.busiestDay?.share).toBeCloseTo((23 * 1_201) / (23 * 60 * 120));
  });

  it("counts every tick of a schedule that is due several times a minute", () => {
    const { syncs, busiestDay, conflicts } = planOf({ ...INCREMENTAL, ticks: every(1), fires: 60 });
    expect(syncs).toMatchObject([{ runsPerDay: 86_400, requestsPerDay: 86_400 * 13 }]);
    expect(busiestDay?.requests).toBe(86_400 * 13);
    expect(conflicts[0]?.message).toContain("it is due every 1 s");
  });

  it("counts each row that waits for its details once, in the next runs", () => {
    const incremental = { ...INCREMENTAL, ticks: every(15), waiting: 450 };
    const { syncs, busiestDay } = planOf({ ticks: [at(20), at(DAY + 20)], waiting: 450 }, incremental);
    // 200 at 0:00 and at 0:15; what is left at 0:20 goes to the full sync.
    expect(syncs).toMatchObject([
      { runsPerDay: 1, requestsPerRun: 1_201, detailsPerDay: 50, requestsPerDay: 1_251 },
      { runsPerDay: 96, requestsPerRun: 13, detailsPerDay: 400, requestsPerDay: 96 * 13 + 400 },
    ]);
    expect(busiestDay).toMatchObject({ from: at(0), requests: 1_201 + 96 * 13 + 450 });
  });

  it("distributes the waiting rows over the syncs of a resource, without those that runs before the first day select", () => {
    const rare = { ticks: [at(-60), at(5), at(DAY + 5)], waiting: 450 };
    const { syncs } = planOf(rare, { ...INCREMENTAL, ticks: every(15), waiting: 450 });
    expect(syncs).toMatchObject([{ detailsPerDay: 50 }, { detailsPerDay: 200 }]);
    const [other] = planOf({ resource: "campaigns", waiting: 0 }, { waiting: 9 }).syncs;
    expect(other).toMatchObject({ resource: "campaigns", detailsPerDay: 0 });
  });

  it("does not count syncs that are off or of unknown size", () => {
    const plan = planOf({ rows: null }, { ticks: [] });
    expect(plan).toMatchObject({ busiestDay: null, busiestHour: null, freeShare: 1, conflicts: [] });
    expect(plan.syncs).toMatchObject([
      { requestsPerDay: null, freshness: null },
      { runsPerDay: 0, requestsPerDay: 0, freshness: null },
    ]);
  });
});

describe("freshness", () => {
  it("of a nightly sync is a day and its run at worst, and half a day and its run on average", () => {
    const [sync] = planOf({}).syncs;
    const run = 600.5;
    expect(sync?.freshness).toEqual({
      typicalSeconds: Math.round(86_400 + run),
      worstSeconds: Math.round(86_400 + run),
      averageSeconds: Math.round(43_200 + run),
    });
  });

  it("of a schedule of working hours is typically a quarter of an hour, and the night at worst", () => {
    // 8:00 to 19:45 on two days: 47 + 47 gaps of 15 minutes and one of 12 h 15 min. A run: 13 requests, 6.5 s.
    const ticks = [...every(15, 480, 1_185), ...every(15, DAY + 480, DAY + 1_185)];
    const [sync] = planOf({ ...INCREMENTAL, ticks }).syncs;
    const average = (94 * 15 ** 2 + 735 ** 2) / (94 * 15 + 735) / 2;
    expect(sync?.freshness).toEqual({
      typicalSeconds: Math.round(900 + 6.5),
      worstSeconds: Math.round(735 * 60 + 6.5),
      averageSeconds: Math.round(average * 60 + 6.5),
    });
  });

  it("of a sync that is due every second is that of consecutive runs", () => {
    // A run lasts 6.5 s, so that the next one begins after 7.
    const [sync] = planOf({ ...INCREMENTAL, ticks: every(1), fires: 60 }).syncs;
    expect(sync?.freshness).toMatchObject({ typicalSeconds: 14, worstSeconds: 14 });
  });

  it("of a sync that is due too often is that of the ticks that start a run", () => {
    // 10 minutes and half a second, due every five: every third tick.
    const [sync] = planOf({ ticks: every(5) }).syncs;
    expect(sync?.freshness).toMatchObject({ typicalSeconds: 1_501, worstSeconds: 1_501 });
  });
});

describe("the busiest hour", () => {
  it("begins with its first run", () => {
    // 10 minutes at 2:10, 3:00 and 3:30: the hour to 3:30 has only as much as the one from 3:00.
    const ticks = [at(130), at(180), at(210), at(DAY)];
    expect(planOf({ ticks }).busiestHour).toMatchObject({ from: at(180), to: at(240), requests: 2_402 });
  });

  it("may begin before a run", () => {
    // 100 minutes from 1:00; 10 and half a second from 2:20, all within the hour that ends at 2:31.
    const plan = planOf({ rows: 599_950, ticks: [at(60)] }, { ticks: [at(140)] });
    expect(plan.busiestHour).toMatchObject({ from: at(91), requests: 7_200 + 1_201 });
  });
});

describe("a schedule conflict", () => {
  const reasons = (...syncs: readonly Partial<ScheduledSync>[]) =>
    planOf(...syncs).conflicts.map(({ reason }) => reason);

  it("is reported for a sync that is due again before it can end, with the setting to change", () => {
    const { conflicts } = planOf({ ticks: [at(0), at(5), at(DAY)] });
    expect(conflicts).toEqual([
      {
        reason: "overlap",
        what: "APPLICATIONS_CRON",
        message:
          "APPLICATIONS_CRON: a full sync of 60,000 applications needs 10 min of the quota; it is due every 5 min. Schedule it less often: a tick that is due while it runs starts no second run.",
      },
    ]);
  });

  it("is reported for a day over the quota", () => {
    const { conflicts, busiestDay } = planOf({ ticks: every(15) }, { ticks: every(15, 5) });
    expect(busiestDay?.share).toBeGreaterThan(1);
    expect(conflicts.map(({ reason }) => reason)).toEqual(["day"]);
  });

  it("is reported for an hour over the quota in a day that is within it", () => {
    // 50 minutes each, ten minutes apart.
    const long = { rows: 299_950 };
    const { conflicts, busiestHour } = planOf({ ...long, ticks: every(DAY, 120) }, { ...long, ticks: every(DAY, 130) });
    expect(busiestHour).toMatchObject({ from: at(120), requests: 2 * 6_000, share: 12_000 / 7_200 });
    expect(conflicts).toMatchObject([{ reason: "hour" }]);
    expect(conflicts[0]?.message).toContain(
      `12,000 requests in the hour from ${localTime("2026-11-30T02:00Z", "minute")}, 167 % of the quota`,
    );
  });

  it("is not reported for a single run of any length", () => {
    expect(reasons({ rows: 6_000_000 })).toEqual([]);
    expect(planOf({ rows: 6_000_000 }).busiestHour).toMatchObject({ requests: 7_200, share: 1 });
  });

  it("is not reported if all syncs fit", () => {
    expect(reasons({}, { ...INCREMENTAL, ticks: every(15) }, { resource: "campaigns", rows: 60 })).toEqual([]);
  });
});
