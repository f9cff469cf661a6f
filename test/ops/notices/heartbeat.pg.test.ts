import { describe, expect, it } from "vitest";
import { beat as beatOnce, pingUrl } from "../../../src/ops/notices/heartbeat.ts";
import { inTurn, serve, type Behaviour } from "../../api/support/server.ts";
import { useDatabase } from "../../support/database.ts";
import { silent } from "../../support/silent.ts";
import { after, HOUR_MS, MINUTE_MS } from "./support.ts";

const database = useDatabase();
const PULLS = ["campaigns", "applications"];

/** An account whose two full syncs are due at minutes 0 and 10 of a night, and a receiver that keeps the paths of its pings. */
async function openNight(behaviour: Behaviour = () => ({})) {
  const account = `heart-${crypto.randomUUID().slice(0, 8)}`;
  const server = await serve(behaviour);
  const due = (name: string, minutes: number) =>
    database().scheduleTick.upsert({
      where: { account_name: { account, name } },
      create: { account, name, expression: "* * * * *", nextAt: after(minutes * MINUTE_MS) },
      update: { nextAt: after(minutes * MINUTE_MS) },
    });
  await due("campaigns", 0);
  await due("applications", 10);
  const deps = {
    database: database(),
    account,
    target: { url: `${server.url}/ping`, proxy: null },
    pulls: PULLS,
    logger: silent,
  };
  return {
    account,
    due,
    beat: (minutes: number) => beatOnce({ ...deps, now: () => after(minutes * MINUTE_MS) }),
    async start(resource: string, minutes: number, trigger = "schedule") {
      if (trigger === "schedule") await due(resource, minutes + 24 * 60);
      const data = {
        account,
        resource,
        kind: "full",
        trigger,
        state: "running",
        startedAt: after(minutes * MINUTE_MS),
      };
      return (await database().syncRun.create({ data })).id;
    },
    end: (id: number, minutes: number, state = "proven") =>
      database().syncRun.update({ where: { id }, data: { state, finishedAt: after(minutes * MINUTE_MS) } }),
    pings: () => server.received.map(({ path }) => path.replace("/ping", "") || "success"),
    runIds: () => server.received.map(({ query }) => query.get("rid")),
  };
}

describe("a night of full syncs", () => {
  it("is reported once when it starts and once when its last sync has ended, with one run id; the next night has another", async () => {
    const { start, end, beat, pings, runIds } = await openNight();
    await beat(0);
    const campaigns = await start("campaigns", 0);
    await Promise.all([beat(1), beat(1)]);
    await end(campaigns, 2);
    // Nothing runs, but applications are due.
    await beat(3);
    expect(pings()).toEqual(["/start"]);
    await end(await start("applications", 10), 40);
    await beat(41);
    await beat(42);
    expect(pings()).toEqual(["/start", "success"]);
    for (const [n, resource] of PULLS.entries()) await end(await start(resource, 24 * 60 + 10 * n), 24 * 60 + 30);
    await beat(25 * 60);
    expect(pings()).toEqual(["/start", "success", "/start", "success"]);
    const [first, second, third, fourth] = runIds();
    expect([first === second, third === fourth, first === third]).toEqual([true, true, false]);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("has failed if the last sync of a resource failed, and not if it was made up for", async () => {
    const { start, end, beat, pings } = await openNight();
    await end(await start("campaigns", 0), 5, "failed");
    await end(await start("applications", 10), 20, "failed");
    await end(await start("applications", 25), 30);
    await beat(31);
    expect(pings()).toEqual(["/start", "/fail"]);
  });

  it("with a schedule of every minute is one of each sync", async () => {
    const { due, start, end, beat, pings } = await openNight();
    await due("applications", 24 * 60);
    for (const minute of [0, 1]) {
      const run = await start("campaigns", minute);
      await due("campaigns", minute + 1);
      await end(run, minute + 0.5);
      await beat(minute + 0.6);
    }
    expect(pings()).toEqual(["/start", "success", "/start", "success"]);
  });

  it("is no sync that a person started", async () => {
    const { start, end, beat, pings } = await openNight();
    await end(await start("campaigns", 60, "command"), 61);
    await beat(62);
    expect(pings()).toEqual([]);
  });

  it("is reported again until the receiver accepts it, later each time, and in order", async () => {
    const { start, end, beat, pings } = await openNight(inTurn({ status: 500 }, { status: 503 }, {}));
    await end(await start("campaigns", 0), 5);
    await end(await start("applications", 10), 20);
    for (let seconds = 0; seconds < 120; seconds += 15) await beat(21 + seconds / 60);
    expect(pings()).toEqual(["/start", "/start", "/start", "success"]);
  });

  it("that was over before HEARTBEAT_URL was set is not reported", async () => {
    const { start, end, beat, pings } = await openNight();
    await end(await start("campaigns", 0), 5);
    await end(await start("applications", 10), 20);
    await beat((8 * HOUR_MS) / MINUTE_MS);
    expect(pings()).toEqual([]);
  });
});

describe("the URL of a ping", () => {
  const night = { runId: "6f1f0d7e-27f6-4a5c-8f0e-0b5d7f6c2a11", failed: "campaigns, applications" };
  const rid = `rid=${night.runId}`;

  it.each([
    ["https://hc-ping.com/uuid", "start", `https://hc-ping.com/uuid/start?${rid}`],
    ["https://hc-ping.com/uuid/", "success", `https://hc-ping.com/uuid?${rid}`],
    [
      "https://hc.example.org/ping/key/slug?create=1",
      "fail",
      `https://hc.example.org/ping/key/slug/fail?create=1&${rid}`,
    ],
    [
      "https://up.example.org/api/push/token?status=up&msg=OK&ping=",
      "success",
      "https://up.example.org/api/push/token?status=up&msg=OK&ping=",
    ],
    [
      "https://up.example.org/sub/api/push/token",
      "fail",
      "https://up.example.org/sub/api/push/token?status=down&msg=failed%3A+campaigns%2C+applications",
    ],
    ["https://up.example.org/api/push/token", "start", null],
  ] as const)("%s, %s", (target, ping, url) => {
    expect(pingUrl(target, ping, night)).toBe(url);
  });
});
