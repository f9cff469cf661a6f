import { expect, it } from "vitest";
import { serve } from "../../api/support/server.ts";
import type { Cli } from "../../support/cli.ts";
import { describeOnBackends } from "../../support/redis.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openWorld, type World } from "../../support/world.ts";
import { lockIn } from "../../support/moments.ts";
import { gateBefore } from "./gate.ts";

const TIMEOUT_MS = 300_000;

/** Where a change of a notice waits: each for a lock that the test holds. */
const STOPS = { sending: 4711, delivered: 4712 } as const;
type Stop = keyof typeof STOPS;

async function openStops({ database, env }: World) {
  await database.$executeRaw`create function public.test_stop() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(case new.state when 'sending' then 4711 else 4712 end);
      return new;
    end $$`;
  await database.$executeRaw`create trigger test_stop before update on public.notice for each row
    when (new.state in ('sending', 'delivered')) execute function public.test_stop()`;
  const waiting = (stop: Stop) => database.$queryRaw<{ pid: number }[]>`
    select pid from pg_locks where locktype = 'advisory' and not granted and objid = ${STOPS[stop]}::int::oid`;
  return {
    close: (stop: Stop) => lockIn(env["DATABASE_URL"] ?? "", "select pg_advisory_xact_lock($1)", [STOPS[stop]]),
    reached: (stop: Stop) => waitFor(`a notice that waits to be ${stop}`, async () => (await waiting(stop)).length > 0),
    /** What a killed worker had asked for is not done after its death. */
    forget: async (stop: Stop) => {
      for (const { pid } of await waiting(stop)) await database.$queryRaw`select pg_terminate_backend(${pid}::int)`;
    },
  };
}

describeOnBackends("a worker that is killed at each step of a delivery", ({ redisUrl }) => {
  it(
    "has its notice arrive, once for a receiver that honours its id",
    async () => {
      const world = await openWorld({ redisUrl: redisUrl() });
      const { account, database } = world;
      let answers = false;
      const receiver = await serve(() => (answers ? { status: 204 } : undefined));
      const gate = await gateBefore(receiver.url);
      const ids = () => receiver.received.map(({ headers }) => headers["webhook-id"]);
      const states = async () => {
        const rows = await database.notice.findMany({ where: { account }, orderBy: { occurredAt: "asc" } });
        return rows.map(({ state }) => state);
      };
      const kill = async (worker: Cli, stop?: Stop): Promise<void> => {
        worker.kill("SIGKILL");
        await worker.ended;
        if (stop !== undefined) await stops.forget(stop);
        // The claim of a dead worker ends by the clock.
        await database.$executeRaw`update public.notice set next_attempt_at = now() where account = ${account} and state <> 'delivered'`;
      };
      const start = () => world.worker({ NOTIFY_URL: `${gate.url}/hook` });
      const stops = await openStops(world);
      expect((await world.run(["imports", "hold", "--all"])).code).toBe(0);
      // Seen before, and since it was thrown, so that its notice is sent at once.
      const before = new Date();
      await database.noticeState.create({
        data: {
          account,
          code: "kill_switch",
          subject: "",
          redSince: before,
          raiseAt: before,
          lastRedAt: before,
          items: [],
        },
      });

      // Written, not claimed.
      const claim = await stops.close("sending");
      const first = await start();
      await stops.reached("sending");
      expect(await states()).toEqual(["waiting"]);
      await kill(first, "sending");
      await claim();

      // Claimed, not sent.
      const second = await start();
      await gate.knocked();
      expect([await states(), ids()]).toEqual([["sending"], []]);
      await kill(second);
      gate.open();

      // Sent, not answered.
      const third = await start();
      await waitFor("a request", () => ids().length === 1);
      await kill(third);

      // Answered, not recorded.
      answers = true;
      const record = await stops.close("delivered");
      const fourth = await start();
      await stops.reached("delivered");
      expect(await states()).toEqual(["sending"]);
      await kill(fourth, "delivered");
      await record();

      // Recorded.
      const fifth = await start();
      await waitFor("a delivery", async () => (await states())[0] === "delivered");
      await kill(fifth);
      expect([ids().length, new Set(ids()).size]).toEqual([3, 1]);

      // The next worker delivers what comes after it, and nothing of it.
      const raised = { account, code: "no_worker", subject: "", channel: "webhook", kind: "raised", items: [] };
      await database.notice.create({ data: { ...raised, occurredAt: new Date(), nextAttemptAt: new Date() } });
      await world.workerHere({ NOTIFY_URL: `${gate.url}/hook` });
      await waitFor("another notice", async () => (await states())[1] === "delivered");
      expect([ids().length, new Set(ids()).size]).toEqual([4, 2]);
      expect(await states()).toEqual(["delivered", "delivered"]);
    },
    TIMEOUT_MS,
  );
});
