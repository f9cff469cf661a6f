import { beforeEach, describe, expect, it } from "vitest";
import { createRequestLog, quotaUse } from "../../src/quota/request-gate.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
beforeEach(async () => {
  await database().$executeRaw`truncate public.api_request, public.api_pause`;
});

const entry = { method: "GET", path: "/campaigns", job: "page-1-0-0" };
const log = () => createRequestLog(database(), { account: "default", requestsPerMinute: 5 });

/** Rows as an earlier minute left them. */
async function before(
  rows: readonly {
    readonly secondsAgo: number;
    readonly status: number | null;
    readonly path?: string;
    readonly method?: string;
  }[],
) {
  for (const { secondsAgo, status, path = "/campaigns", method = "GET" } of rows) {
    await database().$executeRaw`
      insert into public.api_request (account, at, method, path, status, duration_ms)
      values ('default', clock_timestamp() - make_interval(secs => ${secondsAgo}), ${method}, ${path}, ${status}, 100)`;
  }
}

describe("the gate of the request log", () => {
  it("lets the quota through in one minute and not one more, however many ask at once", async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, () => log().open(entry)));
    expect(opened.filter(({ waitMs }) => waitMs === 0)).toHaveLength(5);
    expect(await database().apiRequest.count()).toBe(5);
  });

  it("says how long until the oldest request of a full minute leaves it", async () => {
    await before([50, 40, 30, 20, 10].map((secondsAgo) => ({ secondsAgo, status: 200 })));
    const { waitMs } = await log().open(entry);
    expect(waitMs).toBeGreaterThan(5_000);
    expect(waitMs).toBeLessThanOrEqual(10_000);
  });

  it("counts a request whose process died before the answer", async () => {
    await before([1, 2, 3, 4, 5].map((secondsAgo) => ({ secondsAgo, status: null })));
    expect((await log().open(entry)).waitMs).toBeGreaterThan(0);
  });

  it("counts each account by itself", async () => {
    await before([1, 2, 3, 4, 5].map((secondsAgo) => ({ secondsAgo, status: 200 })));
    const other = createRequestLog(database(), { account: "other", requestsPerMinute: 5 });
    expect((await other.open(entry)).waitMs).toBe(0);
  });
});

describe("what the request log tells", () => {
  it("is the request with what came of it, and no query value", async () => {
    const { id } = await log().open(entry);
    await log().close(id, { status: 200, durationMs: 12, bytes: 345, errorKind: null });
    expect(await database().apiRequest.findFirstOrThrow()).toMatchObject({
      account: "default",
      ...entry,
      status: 200,
      durationMs: 12,
      bytes: 345,
      errorKind: null,
    });
  });

  it("is how many requests the last minute and hour held", async () => {
    await before([5, 30, 90, 3_000, 4_000].map((secondsAgo) => ({ secondsAgo, status: 200 })));
    expect(await quotaUse(database(), "default")).toEqual({ lastMinute: 2, lastHour: 4 });
  });

  it("is how often the API refused in a row, requests in flight together counted once", async () => {
    await before([
      { secondsAgo: 300, status: 200 },
      { secondsAgo: 200, status: 403 },
      { secondsAgo: 100, status: 403 },
      { secondsAgo: 99, status: 403 },
      { secondsAgo: 98, status: 403 },
    ]);
    expect((await log().recent("/campaigns", "GET")).refusedInARow).toBe(2);
  });

  it("is whether a path was answered with this method in the last seven days", async () => {
    await before([
      { secondsAgo: 6 * 86_400, status: 200, path: "/campaigns" },
      { secondsAgo: 8 * 86_400, status: 200, path: "/applications" },
      { secondsAgo: 20, status: 200, path: "/applicants" },
      { secondsAgo: 10, status: 403, path: "/applicants", method: "POST" },
    ]);
    const answered = (path: string, method = "GET") =>
      log()
        .recent(path, method)
        .then(({ pathAnswered }) => pathAnswered);
    expect(await answered("/campaigns")).toBe(true);
    expect(await answered("/applications")).toBe(false);
    expect(await answered("/applicants")).toBe(true);
    expect(await answered("/applicants", "POST")).toBe(false);
  });

  it("is for how long a path has been refused, and whether others were answered meanwhile", async () => {
    await before([
      { secondsAgo: 400, status: 200 },
      { secondsAgo: 300, status: 403 },
      { secondsAgo: 200, status: 200, path: "/applications" },
      { secondsAgo: 100, status: 403 },
    ]);
    const { refusedForMs, ...facts } = await log().recent("/campaigns", "GET");
    expect(facts).toMatchObject({ refusedInARow: 2, othersAnswered: true, othersRefused: true });
    expect(refusedForMs).toBeGreaterThan(299_000);
    expect(await log().recent("/applications", "GET")).toMatchObject({ refusedForMs: 0, refusedInARow: 0 });
  });

  it("is the latency of nine answers in ten, none before the first answer", async () => {
    expect(await log().latencyMs()).toBeNull();
    await before([10, 20].map((secondsAgo) => ({ secondsAgo, status: 200 })));
    expect(await log().latencyMs()).toBe(100);
  });

  it("is kept for thirty days", async () => {
    await before([
      { secondsAgo: 29 * 86_400, status: 200 },
      { secondsAgo: 31 * 86_400, status: 200 },
    ]);
    expect(await log().prune()).toBe(1);
    expect(await database().apiRequest.count()).toBe(1);
  });
});

describe("the pause after a 403", () => {
  const wide = () => createRequestLog(database(), { account: "default", requestsPerMinute: 1000 });
  const result = (status: number | null) => ({ status, durationMs: 1, bytes: 0, errorKind: null });
  const minutes = (ms: number) => Math.floor(ms / 60_000);

  /** A request that meets a 403 that is not about itself. Returns how long the pause is. */
  async function refused(): Promise<number> {
    const { id, waitMs } = await wide().open(entry);
    expect(waitMs).toBe(0);
    const ms = await wide().refused(id);
    await wide().close(id, { ...result(403), errorKind: "quota" });
    return ms;
  }

  const letItPass = () =>
    database().$executeRaw`update public.api_pause set until = clock_timestamp() - interval '1 second',
      noted_at = noted_at - interval '1 minute'`;

  it("keeps every process from asking, which is not counted", async () => {
    expect(minutes(await refused())).toBe(1);
    const { waitMs, isPaused } = await wide().open(entry);
    expect(isPaused).toBe(true);
    expect(minutes(waitMs)).toBe(1);
    expect(await database().apiRequest.count()).toBe(1);
  });

  it("doubles while the 403 persists, up to 15 minutes", async () => {
    const pauses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      pauses.push(minutes(await refused()));
      await letItPass();
    }
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  it("is one for all requests that were in flight together", async () => {
    const opened = await Promise.all([1, 2, 3].map(() => wide().open(entry)));
    for (const { id } of opened) expect(minutes(await wide().refused(id))).toBeLessThanOrEqual(1);
    expect(await database().apiPause.findMany()).toMatchObject([{ step: 1 }]);
  });

  it("is followed by one request alone, however many ask", async () => {
    await refused();
    await letItPass();
    const opened = await Promise.all(Array.from({ length: 8 }, () => wide().open(entry)));
    const left = opened.filter(({ waitMs }) => waitMs === 0);
    expect(left).toHaveLength(1);
    await wide().close(left[0]?.id ?? 0n, result(200));
    expect(await database().apiPause.count()).toBe(0);
    expect((await wide().open(entry)).waitMs).toBe(0);
  });

  it("lets another request try where the first one got no answer", async () => {
    await refused();
    await letItPass();
    const { id } = await wide().open(entry);
    await wide().close(id, { ...result(null), errorKind: "unreachable" });
    expect((await wide().open(entry)).waitMs).toBe(0);
  });

  it("is not ended by the answer to a request that left before the 403", async () => {
    const early = await wide().open(entry);
    await refused();
    await wide().close(early.id, result(200));
    expect((await wide().open(entry)).isPaused).toBe(true);
  });

  it("begins anew long after the last one", async () => {
    await refused();
    await letItPass();
    expect(minutes(await refused())).toBe(2);
    await database().$executeRaw`update public.api_pause set until = clock_timestamp() - interval '2 hours',
      noted_at = noted_at - interval '2 hours'`;
    expect(minutes(await refused())).toBe(1);
  });

  it("is that of its account", async () => {
    await refused();
    const other = createRequestLog(database(), { account: "other", requestsPerMinute: 1000 });
    expect((await other.open(entry)).waitMs).toBe(0);
  });
});
