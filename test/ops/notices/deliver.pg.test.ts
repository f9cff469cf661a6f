import { describe, expect, it } from "vitest";
import { channelsOf } from "../../../src/ops/notices/channels.ts";
import { deliverNotices, type Channel } from "../../../src/ops/notices/deliver.ts";
import { noticesState } from "../../../src/ops/notices/notices-state.ts";
import { recordNotices } from "../../../src/ops/notices/record.ts";
import { inTurn, serve, type Behaviour } from "../../api/support/server.ts";
import { useDatabase } from "../../support/database.ts";
import { silent } from "../../support/silent.ts";
import {
  after,
  channelDouble,
  configWith,
  held,
  HOUR_MS,
  MINUTE_MS,
  noticesOf,
  OK,
  red,
  REFUSED,
  seen,
} from "./support.ts";

const database = useDatabase();

/** An account with one raised notice, and a worker whose clock the test turns. */
async function raised(channels: readonly Channel[]) {
  const account = `deliver-${crypto.randomUUID().slice(0, 8)}`;
  const look = (ms: number, ...conditions: readonly ReturnType<typeof red>[]) =>
    recordNotices({ database: database(), account, channels: ["webhook"] }, seen(after(ms), conditions));
  await look(-MINUTE_MS, red());
  await look(0, red());
  const deliver = (ms: number, by = channels, signal?: AbortSignal) =>
    deliverNotices({
      database: database(),
      account,
      channels: by,
      logger: silent,
      now: () => after(ms),
      ...(signal === undefined ? {} : { signal }),
    });
  const rows = () => noticesOf(database(), account);
  return { account, look, deliver, rows };
}

async function receiver(behaviour: Behaviour) {
  const server = await serve(behaviour);
  const channels = channelsOf(configWith({ NOTIFY_URL: `${server.url}/hook` }));
  return { server, channels, ids: () => server.received.map(({ headers }) => headers["webhook-id"]) };
}

describe("a notice is delivered", () => {
  it("once, and its row says when", async () => {
    const { server, channels } = await receiver(inTurn({ status: 204 }));
    const { deliver, rows } = await raised(channels);
    await Promise.all([deliver(0), deliver(0), deliver(1)]);
    await deliver(HOUR_MS);
    expect(server.received).toHaveLength(1);
    expect(await rows()).toMatchObject([
      { state: "delivered", deliveredAt: expect.any(Date), attempts: 1, error: null },
    ]);
  });

  it.each([
    ["answers 500", { status: 500, body: "no" }],
    ["sends it elsewhere", { status: 302, headers: { location: "/other" } }],
    ["does not know the path", { status: 404 }],
  ])("with the same id and body until the receiver accepts it: it %s", async (_, answer) => {
    const { server, channels, ids } = await receiver(inTurn(answer, answer, answer, {}));
    const { deliver, rows } = await raised(channels);
    for (let seconds = 0; seconds < 600; seconds += 15) await deliver(seconds * 1_000);
    expect(new Set(ids()).size).toBe(1);
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
    // After 30 s, a minute, two minutes.
    expect((await rows())[0]).toMatchObject({ state: "delivered", attempts: 4, deliveredAt: after(210_000) });
  });

  it("no sooner than a receiver asks with 429 and Retry-After, in seconds or as a date", async () => {
    const date = new Date(after(2 * HOUR_MS).getTime()).toUTCString();
    const busy = (wait: string) => ({ status: 429, headers: { "retry-after": wait } });
    const { server, channels } = await receiver(inTurn(busy("1800"), busy(date), {}));
    const { deliver, rows } = await raised(channels);
    for (const minutes of [0, 10, 29, 30, 31, 60, 119]) await deliver(minutes * MINUTE_MS);
    expect(server.received).toHaveLength(2);
    await deliver(120 * MINUTE_MS);
    expect((await rows())[0]).toMatchObject({ state: "delivered", attempts: 3 });
  });

  it("once after the receiver was down for 12 hours, and what came of it meanwhile after it, in order", async () => {
    let isDown = true;
    const { channel, received } = channelDouble(() => (isDown ? REFUSED : OK));
    const { look, deliver, rows } = await raised([channel]);
    for (let minutes = 0; minutes < 12 * 60; minutes += 10) await deliver(minutes * MINUTE_MS);
    await look(12 * HOUR_MS);
    await look(12 * HOUR_MS + 11 * MINUTE_MS);
    const attempts = received.length;
    isDown = false;
    for (let minutes = 12 * 60; minutes < 13 * 60; minutes += 10) await deliver(minutes * MINUTE_MS);
    expect(received.slice(attempts).map(({ kind }) => kind)).toEqual(["raised", "resolved"]);
    expect((await rows()).map(({ state }) => state)).toEqual(["delivered", "delivered"]);
    expect(attempts).toBeLessThan(40);
  });

  it("for 24 hours; then it is given up, which is a condition until the channel accepts something again", async () => {
    let isDown = true;
    const { channel } = channelDouble(() => (isDown ? REFUSED : OK));
    const { account, look, deliver, rows } = await raised([channel]);
    const state = async () =>
      noticesState(database(), { ...configWith({ NOTIFY_URL: "https://hooks.example.org" }), account });
    for (let minutes = 0; minutes <= 23 * 60; minutes += 30) await deliver(minutes * MINUTE_MS);
    expect(await state()).toMatchObject({ waiting: 1, undelivered: [] });
    for (let minutes = 23 * 60; minutes <= 25 * 60; minutes += 30) await deliver(minutes * MINUTE_MS);
    expect((await rows())[0]).toMatchObject({ state: "given_up", error: "HTTP 500" });
    expect(await state()).toMatchObject({ waiting: 0, undelivered: [{ channel: "webhook", since: after(0) }] });
    isDown = false;
    await look(26 * HOUR_MS, red());
    await deliver(26 * HOUR_MS);
    expect(await state()).toMatchObject({ waiting: 0, undelivered: [], delivered: [{ channel: "webhook" }] });
  });
});

describe("a receiver that hangs", () => {
  it("keeps no other channel waiting, and holds no transaction open", async () => {
    const { promise: hanging, resolve } = held<typeof OK>();
    const { channel: slow } = channelDouble(() => hanging);
    const email = channelDouble();
    const { account, deliver, rows } = await raised([slow]);
    await database().notice.create({
      data: {
        account,
        code: "kill_switch",
        subject: "",
        channel: "email",
        kind: "raised",
        items: [],
        occurredAt: after(0),
        nextAttemptAt: after(0),
      },
    });
    const delivering = deliver(0, [slow, { ...email.channel, name: "email" }]);
    await expect
      .poll(async () => (await rows()).map(({ channel, state }) => `${channel} ${state}`))
      .toEqual(["email delivered", "webhook sending"]);
    const [open] = await database().$queryRaw<{ n: number }[]>`
      select count(*)::int as n from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`;
    expect(open?.n).toBe(0);
    resolve(OK);
    await delivering;
    expect((await rows()).every(({ state }) => state === "delivered")).toBe(true);
  });

  it("is left when the process stops, and asked again at once by the next one", async () => {
    const stopping = new AbortController();
    const { server, channels, ids } = await receiver(() => {
      stopping.abort();
      return undefined;
    });
    const { deliver, rows } = await raised(channels);
    await deliver(0, channels, stopping.signal);
    expect((await rows())[0]).toMatchObject({ state: "waiting" });
    const next = channelDouble();
    await deliver(0, [next.channel]);
    expect(ids()).toEqual([`msg_${next.received[0]?.id}`]);
    expect(server.received).toHaveLength(1);
  });
});

describe("a process that is killed", () => {
  /** What the process would have done next never happens: the promise that it waits for never settles. */
  const dead = () => new Promise<never>(() => {});

  it("before it sent anything, leaves the notice to another, once", async () => {
    const { channel: killed } = channelDouble(dead);
    const next = channelDouble();
    const { deliver, rows } = await raised([killed]);
    void deliver(0);
    await expect.poll(async () => (await rows())[0]?.state).toBe("sending");
    await deliver(MINUTE_MS, [next.channel]);
    expect(next.received).toHaveLength(0);
    await deliver(3 * MINUTE_MS, [next.channel]);
    await deliver(4 * MINUTE_MS, [next.channel]);
    expect(next.received).toHaveLength(1);
    expect((await rows())[0]).toMatchObject({ state: "delivered", attempts: 2 });
  });

  it("after the receiver accepted it, has it sent once more with the id that the receiver knows", async () => {
    const { channels, ids } = await receiver(inTurn({}));
    const { deliver, rows } = await raised(channels);
    const [real] = channels;
    const killed = {
      ...channelDouble().channel,
      send: async (...call: Parameters<Channel["send"]>) => (await real?.send(...call), dead()),
    };
    void deliver(0, [killed]);
    await expect.poll(() => ids().length).toBe(1);
    await deliver(3 * MINUTE_MS);
    expect(ids()).toHaveLength(2);
    expect(new Set(ids()).size).toBe(1);
    expect((await rows()).map(({ state }) => state)).toEqual(["delivered"]);
  });

  it("and comes back to life late, changes nothing of what another has settled", async () => {
    const { promise, resolve } = held<typeof REFUSED>();
    const { channel: late } = channelDouble(() => promise);
    const { deliver, rows } = await raised([late]);
    const delivering = deliver(0);
    await expect.poll(async () => (await rows())[0]?.state).toBe("sending");
    await deliver(3 * MINUTE_MS, [channelDouble().channel]);
    resolve(REFUSED);
    await delivering;
    expect((await rows())[0]).toMatchObject({ state: "delivered", attempts: 2, error: null });
  });
});
