import { beforeEach, describe, expect, it } from "vitest";
import { createRequestLog, pruneRequests, quotaUse } from "../src/request-log.ts";
import { useDatabase } from "./support/database.ts";

const database = useDatabase();
beforeEach(async () => {
  await database().$executeRaw`truncate api_request`;
});

const entry = { method: "GET", path: "/campaigns", job: "page-1-0-0" };
const log = () => createRequestLog(database(), { account: "default", requestsPerMinute: 5 });

/** Rows as an earlier minute left them. */
async function before(
  rows: readonly { readonly secondsAgo: number; readonly status: number | null; readonly path?: string }[],
) {
  for (const { secondsAgo, status, path = "/campaigns" } of rows) {
    await database().$executeRaw`
      insert into api_request (account, at, method, path, status, duration_ms)
      values ('default', clock_timestamp() - make_interval(secs => ${secondsAgo}), 'GET', ${path}, ${status}, 100)`;
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
    expect((await log().recent("/campaigns")).refusedInARow).toBe(2);
  });

  it("is whether a path was answered in the last ten minutes", async () => {
    await before([
      { secondsAgo: 500, status: 200, path: "/campaigns" },
      { secondsAgo: 700, status: 200, path: "/applications" },
      { secondsAgo: 10, status: 403, path: "/applicants" },
    ]);
    const answered = (path: string) =>
      log()
        .recent(path)
        .then(({ pathAnsweredLately }) => pathAnsweredLately);
    expect(await Promise.all(["/campaigns", "/applications", "/applicants"].map(answered))).toEqual([
      true,
      false,
      false,
    ]);
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
    expect(await pruneRequests(database())).toBe(1);
    expect(await database().apiRequest.count()).toBe(1);
  });
});
