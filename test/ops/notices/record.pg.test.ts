import { describe, expect, it } from "vitest";
import { dropOldNotices, recordNotices } from "../../../src/ops/notices/record.ts";
import { useDatabase } from "../../support/database.ts";
import { after, HOUR_MS, MINUTE_MS, noticesOf, red, seen } from "./support.ts";

const database = useDatabase();

/** An account of the test's own, and what is told of it. */
function accountOf(channels: readonly ("webhook" | "email")[] = ["webhook"]) {
  const account = `notices-${crypto.randomUUID().slice(0, 8)}`;
  return {
    account,
    look: (ms: number, ...conditions: readonly ReturnType<typeof red>[]) =>
      recordNotices({ database: database(), account, channels }, seen(after(ms), conditions)),
    told: async () =>
      (await noticesOf(database(), account)).map(
        ({ code, subject, kind, channel }) => `${kind} ${code} ${subject} ${channel}`,
      ),
  };
}

describe("notices are recorded", () => {
  it("once for each channel when a condition is red, once a day while it lasts, and once when it is over", async () => {
    const { look, told } = accountOf(["webhook", "email"]);
    await look(0, red());
    expect(await told()).toEqual([]);
    for (let minutes = 1; minutes <= 50 * 60; minutes += 240) await look(minutes * MINUTE_MS, red());
    await look(50 * HOUR_MS);
    await look(50 * HOUR_MS + 11 * MINUTE_MS);
    await look(51 * HOUR_MS);
    const both = (kind: string) => [`${kind} imports_need_person  email`, `${kind} imports_need_person  webhook`];
    expect(await told()).toEqual([...both("raised"), ...both("reminder"), ...both("reminder"), ...both("resolved")]);
  });

  it("never for what is amber and recovers by itself", async () => {
    const { look, told } = accountOf();
    const late = red({ code: "mirror_late", colour: "amber", subject: "campaigns" });
    for (let hours = 0; hours < 60; hours += 6) await look(hours * HOUR_MS, late);
    expect(await told()).toEqual([]);
  });

  it("of statuses that reports do not know, which are amber: once, each week, and when it is over", async () => {
    const { look, told } = accountOf();
    const unmapped = red({ code: "statuses_unmapped", colour: "amber", facts: { count: 2 } });
    await look(0, unmapped);
    for (let hours = 1; hours <= 15 * 24; hours += 12) await look(hours * HOUR_MS, unmapped);
    await look(15 * 24 * HOUR_MS);
    await look(15 * 24 * HOUR_MS + 11 * MINUTE_MS);
    expect(await told()).toEqual(
      ["raised", "reminder", "reminder", "resolved"].map((kind) => `${kind} statuses_unmapped  webhook`),
    );
  });

  it("once where two workers look at the same moment", async () => {
    const { look, told } = accountOf();
    await Promise.all([look(0, red()), look(5, red())]);
    await Promise.all(Array.from({ length: 6 }, (_, n) => look(30_000 + n, red())));
    expect(await told()).toEqual(["raised imports_need_person  webhook"]);
  });

  it("together for all resources that are overdue, each with its facts", async () => {
    const { account, look, told } = accountOf();
    const overdue = ["campaigns", "applications"].map((subject) =>
      red({ code: "mirror_overdue", subject, facts: { resource: subject, fresh: "2027-02-27 02:00+01" } }),
    );
    await look(0, ...overdue);
    await look(MINUTE_MS, ...overdue);
    expect(await told()).toEqual(["raised mirror_overdue  webhook"]);
    expect((await noticesOf(database(), account))[0]?.items).toMatchObject([
      { subject: "campaigns" },
      { subject: "applications" },
    ]);
  });

  it("as resolved for all that was told, also what had recovered before the rest", async () => {
    const { account, look } = accountOf();
    const overdue = ["campaigns", "applications"].map((subject) => red({ code: "mirror_overdue", subject }));
    await look(0, ...overdue);
    await look(MINUTE_MS, ...overdue);
    await look(2 * MINUTE_MS, ...overdue.slice(1));
    await look(14 * MINUTE_MS);
    const [, resolved] = await noticesOf(database(), account);
    expect(resolved).toMatchObject({
      kind: "resolved",
      items: [{ subject: "campaigns" }, { subject: "applications" }],
    });
  });

  it("each time that the kill switch is thrown and released, however soon one follows the other", async () => {
    const { look, told } = accountOf();
    const thrown = (ms: number) => red({ code: "kill_switch", since: after(ms), facts: { reset: "release" } });
    for (const seconds of [30, 60, 90]) await look(seconds * 1_000, thrown(0));
    await look(2 * MINUTE_MS);
    for (const minutes of [3, 4]) await look(minutes * MINUTE_MS, thrown(2.5 * MINUTE_MS));
    // Released and thrown again between two looks.
    for (const minutes of [5, 6, 7]) await look(minutes * MINUTE_MS, thrown(4.5 * MINUTE_MS));
    await look(8 * MINUTE_MS);
    await look(9 * MINUTE_MS);
    expect(await told()).toEqual(
      ["raised", "resolved", "raised", "raised", "resolved"].map((kind) => `${kind} kill_switch  webhook`),
    );
  });

  it("for each run that waits for a decision by itself", async () => {
    const { look, told } = accountOf();
    const waiting = ["7", "8"].map((subject) => red({ code: "review_waiting", subject }));
    await look(0, ...waiting.slice(0, 1));
    await look(MINUTE_MS, ...waiting);
    await look(2 * MINUTE_MS, ...waiting);
    expect(await told()).toEqual(["raised review_waiting 7 webhook", "raised review_waiting 8 webhook"]);
  });

  it("of nothing that was seen once and then never again", async () => {
    const { look, told } = accountOf();
    await look(0, red());
    await look(MINUTE_MS);
    await look(HOUR_MS, red());
    await look(HOUR_MS + MINUTE_MS);
    expect(await told()).toEqual([]);
  });

  it("nowhere without a channel, so that the first one is told what is wrong", async () => {
    const { account, look, told } = accountOf([]);
    for (const minutes of [0, 1, 2]) await look(minutes * MINUTE_MS, red());
    const deps = { database: database(), account, channels: ["email"] } as const;
    await recordNotices(deps, seen(after(HOUR_MS), [red()]));
    await recordNotices(deps, seen(after(HOUR_MS + MINUTE_MS), [red()]));
    expect(await told()).toEqual(["raised imports_need_person  email"]);
  });

  it("and kept for 90 days", async () => {
    const { account, look } = accountOf();
    await look(0, red());
    await look(MINUTE_MS, red());
    await database().notice.updateMany({ where: { account }, data: { state: "delivered" } });
    const drop = (days: number) => dropOldNotices({ database: database(), account }, after(days * 24 * HOUR_MS));
    await drop(89);
    expect(await noticesOf(database(), account)).toHaveLength(1);
    await drop(91);
    expect(await noticesOf(database(), account)).toEqual([]);
  });
});
