import { expect, test } from "vitest";
import type { ApiErrorKind } from "../../../src/api/errors.ts";
import { createRequestCounter, quotaWindow, type RequestOutcome } from "../../../src/ops/metrics/requests.ts";
import { createRequestLog } from "../../../src/quota/request-gate.ts";
import { useDatabase } from "../../support/database.ts";

const database = useDatabase();
const answer = { durationMs: 5, bytes: 100 };

function open(requestsPerMinute = 120) {
  const account = `test-${crypto.randomUUID()}`;
  const log = createRequestLog(database(), { account, requestsPerMinute });
  const request = async (job: string | null) => (await log.open({ method: "GET", path: "/campaigns", job })).id;
  return { account, log, request };
}

/** What was counted, as `outcome lane: count`, without what was not. */
async function counted(counter: ReturnType<typeof createRequestCounter>): Promise<readonly string[]> {
  const counts = await counter.read();
  return counts.flatMap(({ outcome, lane, count }) => (count === 0 ? [] : [`${outcome} ${lane}: ${count}`])).toSorted();
}

test("counts a request once, when its outcome is known, and keeps it when the log is pruned", async () => {
  const { account, log, request } = open();
  await log.close(await request(null), { ...answer, status: 200, errorKind: null });
  const counter = createRequestCounter(database(), account);
  expect(await counted(counter)).toEqual([]);

  const slow = await request("deliver-1-0");
  await log.close(await request("reconcile-2-0"), { ...answer, status: 200, errorKind: null });
  await log.close(await request("detail-1-7"), { ...answer, status: 403, errorKind: "refused-alone" });
  expect(await counted(counter)).toEqual(["ok write: 1", "refused_alone incremental: 1"]);
  await log.close(slow, { ...answer, status: null, errorKind: "unreachable" });
  const all = ["ok write: 1", "refused_alone incremental: 1", "unreachable write: 1"];
  expect(await counted(counter)).toEqual(all);
  await database().apiRequest.deleteMany({ where: { account } });
  expect(await counted(counter)).toEqual(all);
});

test("names the lane of a page by its run, and a request whose process died lost", async () => {
  const { account, log, request } = open();
  const counter = createRequestCounter(database(), account);
  const lanes = { full: ["full", "schedule"], incremental: ["incremental", "schedule"], person: ["full", "command"] };
  for (const [kind = "", trigger = ""] of Object.values(lanes)) {
    const { id } = await database().syncRun.create({
      data: { account, resource: "campaigns", kind, trigger, state: "done" },
    });
    await log.close(await request(`page-${id}-0-1`), { ...answer, status: 200, errorKind: null });
  }
  const died = await request(null);
  await counter.read();
  await database().$executeRaw`
    update public.api_request set at = at - interval '6 minutes' where id = ${died}`;
  expect(await counted(counter)).toEqual(["lost other: 1", "ok full: 1", "ok incremental: 1", "ok person: 1"]);
});

test("finds the fullest minute of the last hour, and the gate counts what it keeps back", async () => {
  const { account, log, request } = open(4);
  for (const minutes of [30, 30, 30, 2, 0, 0]) {
    await database().$executeRaw`
      update public.api_request set at = clock_timestamp() - make_interval(mins => ${minutes}::int) where id = ${await request(null)}`;
  }
  expect(await quotaWindow(database(), account)).toEqual({ now: 2, most: 3 });
  expect(log.waits()).toBe(0);
  await request(null);
  await request(null);
  await request(null);
  expect(log.waits()).toBe(1);
});

test("has an outcome for every kind of error of the API", () => {
  const kinds: Readonly<Record<ApiErrorKind, RequestOutcome>> = {
    quota: "quota",
    refused: "refused",
    "refused-alone": "refused_alone",
    unauthorised: "unauthorised",
    "not-found": "not_found",
    invalid: "invalid",
    unreachable: "unreachable",
    unreadable: "unreadable",
  };
  expect(Object.entries(kinds).filter(([kind, outcome]) => kind.replace("-", "_") !== outcome)).toEqual([]);
});
