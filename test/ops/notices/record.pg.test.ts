import { describe, expect, it } from "vitest";
import { dropOldNotices, recordNotices } from "../../../src/ops/notices/record.ts";
import { useDatabase } from "../../support/database.ts";
import { after, HOUR_MS, MINUTE_MS, noticesOf, red, seen } from "./support.ts";

const database = useDatabase();

/** An account of the test's own, and the notices sent about it. */
function accountOf(channels: readonly ("webhook" | "email")[] = ["webhook"]) {
  const account = `notices-${crypto.randomUUID().slice(0, 8)}`;
  return {
    account,
    check: (ms: number, ...conditions: readonly ReturnType<typeof red>[]) =>
      recordNotices({ database: database(), account, channels }, seen(after(ms), conditions)),
    sent: async () =>
      (await noticesOf(database(), account)).map(
        ({ code, subject, kind, channel }) => `${kind} ${code} ${subject} ${channel}`,
      ),
  };
}

describe("notices are recorded", () => {
  it("once for each channel when a condition is red, once a day while it lasts, and once when it is over", async () => {
    const { check, sent } = accountOf(["webhook", "email"]);
    await check(0, red());
    expect(await sent()).toEqual([]);
    for (let minutes = 1; minutes <= 50 * 60; minutes += 240) await check(minutes * MINUTE_MS, red());
    await check(50 * HOUR_MS);
    await check(50 * HOUR_MS + 11 * MINUTE_MS);
    await check(51 * HOUR_MS);
    const both = (kind: string) => [`${kind} imports_need_person  email`, `${kind} imports_need_person  webhook`];
    expect(await sent()).toEqual([...both("raised"), ...both("reminder"), ...both("reminder"), ...both("resolved")]);
  });

  it("never for what is amber and recovers by itself", async () => {
    const { check, sent } = accountOf();
    const late = red({ code: "mirror_late", colour: "amber", subject: "campaigns" });
    for (let hours = 0; hours < 60; hours += 6) await check(hours * HOUR_MS, late);
    expect(await sent()).toEqual([]);
  });

  it("of statuses that reports do not know, which are amber: once, each week, and when it is over", async () => {
    const { check, sent } = accountOf();
    const unmapped = red({ code: "statuses_unmapped", colour: "amber", facts: { count: 2 } });
    await check(0, unmapped);
    for (let hours = 1; hours <= 15 * 24; hours += 12) await check(hours * HOUR_MS, unmapped);
    await check(15 * 24 * HOUR_MS);
    await check(15 * 24 * HOUR_MS + 11 * MINUTE_MS);
    expect(await sent()).toEqual(
      ["raised", "reminder", "reminder", "resolved"].map((kind) => `${kind} statuses_unmapped  webhook`),
    );
  });

  it("once where two workers check at the same moment", async () => {
    const { check, sent } = accountOf();
    await Promise.all([check(0, red()), check(5, red())]);
    await Promise.all(Array.from({ length: 6 }, (_, n) => check(30_000 + n, red())));
    expect(await sent()).toEqual(["raised imports_need_person  webhook"]);
  });

  it("together for all resources that are overdue, each with its facts", async () => {
    const { account, check, sent } = accountOf();
    const overdue = ["campaigns", "applications"].map((subject) =>
      red({ code: "mirror_overdue", subject, facts: { resource: subject, fresh: "2027-02-27 02:00+01" } }),
    );
    await check(0, ...overdue);
    await check(MINUTE_MS, ...overdue);
    expect(await sent()).toEqual(["raised mirror_overdue  webhook"]);
    expect((await noticesOf(database(), account))[0]?.items).toMatchObject([
      { subject: "campaigns" },
      { subject: "applications" },
    ]);
  });

  it("as resolved for all that was notified, also what had recovered before the rest", async () => {
    const { account, check } = accountOf();
    const overdue = ["campaigns", "applications"].map((subject) => red({ code: "mirror_overdue", subject }));
    await check(0, ...overdue);
    await check(MINUTE_MS, ...overdue);
    await check(2 * MINUTE_MS, ...overdue.slice(1));
    await check(14 * MINUTE_MS);
    const [, resolved] = await noticesOf(database(), account);
    expect(resolved).toMatchObject({
      kind: "resolved",
      items: [{ subject: "campaigns" }, { subject: "applications" }],
    });
  });

  it("each time that the kill switch is thrown and released, however soon one follows the other", async () => {
    const { check, sent } = accountOf();
    const thrown = (ms: number) => red({ code: "kill_switch", since: after(ms), facts: { reset: "release" } });
    for (const seconds of [30, 60, 90]) await check(seconds * 1_000, thrown(0));
    await check(2 * MINUTE_MS);
    for (const minutes of [3, 4]) await check(minutes * MINUTE_MS, thrown(2.5 * MINUTE_MS));
    // Released and thrown again between two looks.
    for (const minutes of [5, 6, 7]) await check(minutes * MINUTE_MS, thrown(4.5 * MINUTE_MS));
    await check(8 * MINUTE_MS);
    await check(9 * MINUTE_MS);
    expect(await sent()).toEqual(
      ["raised", "resolved", "raised", "raised", "resolved"].map((kind) => `${kind} kill_switch  webhook`),
    );
  });

  it("for each run that waits for a decision by itself", async () => {
    const { check, sent } = accountOf();
    const waiting = ["7", "8"].map((subject) => red({ code: "review_waiting", subject }));
    await check(0, ...waiting.slice(0, 1));
    await check(MINUTE_MS, ...waiting);
    await check(2 * MINUTE_MS, ...waiting);
    expect(await sent()).toEqual(["raised review_waiting 7 webhook", "raised review_waiting 8 webhook"]);
  });

  it("of nothing that was seen once and then never again", async () => {
    const { check, sent } = accountOf();
    await check(0, red());
    await check(MINUTE_MS);
    await check(HOUR_MS, red());
    await check(HOUR_MS + MINUTE_MS);
    expect(await sent()).toEqual([]);
  });

  it("nowhere without a channel, so that the first one is notified of what is wrong", async () => {
    const { account, check, sent } = accountOf([]);
    for (const minutes of [0, 1, 2]) await check(minutes * MINUTE_MS, red());
    const deps = { database: database(), account, channels: ["email"] } as const;
    await recordNotices(deps, seen(after(HOUR_MS), [red()]));
    await recordNotices(deps, seen(after(HOUR_MS + MINUTE_MS), [red()]));
    expect(await sent()).toEqual(["raised imports_need_person  email"]);
  });

  it("and kept for 90 days", async () => {
    const { account, check } = accountOf();
    await check(0, red());
    await check(MINUTE_MS, red());
    await database().notice.updateMany({ where: { account }, data: { state: "delivered" } });
    const drop = (days: number) => dropOldNotices({ database: database(), account }, after(days * 24 * HOUR_MS));
    await drop(89);
    expect(await noticesOf(database(), account)).toHaveLength(1);
    await drop(91);
    expect(await noticesOf(database(), account)).toEqual([]);
  });
});
