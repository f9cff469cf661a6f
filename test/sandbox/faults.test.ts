import { describe, expect, test } from "vitest";

import type { Fault } from "../../src/sandbox/requests/faults.ts";
import { customer, idsOf, jobboard, objectOf, openSandbox } from "./support.ts";

const APPLICANT = { company_id: 42, applicant: { email: "nina.inventee@example.org" } };
const codeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error && "code" in error.cause ? error.cause.code : error;

describe("scripted change", () => {
  test("happens between two requests", async () => {
    const sandbox = await openSandbox();
    const { get } = customer(sandbox);
    const rule = sandbox.script.before({ path: "/applications", nth: 2 }, (data) => {
      data.applications.insert();
    });
    const first = idsOf(await get("/applications?page=1"));
    expect(rule.hits).toBe(0);
    const second = idsOf(await get("/applications?page=2"));
    expect(rule.hits).toBe(1);
    expect(second[0]).toBe(first.at(-1));
  });

  test("after an answer is made is not visible in it", async () => {
    const sandbox = await openSandbox();
    const newest = sandbox.data.applications.ids().at(-1) ?? 0;
    sandbox.script.after({ path: "/applications" }, (data) => void data.applications.remove(newest));
    expect(idsOf(await customer(sandbox).get("/applications"))[0]).toBe(newest);
    expect(idsOf(await customer(sandbox).get("/applications"))).not.toContain(newest);
  });

  test("ends when it is cancelled or cleared", async () => {
    const sandbox = await openSandbox();
    const rule = sandbox.script.fault({ kind: "status", status: 500 }, { times: 9 });
    expect((await customer(sandbox).get("/campaigns")).status).toBe(500);
    rule.cancel();
    expect((await customer(sandbox).get("/campaigns")).status).toBe(200);
    sandbox.script.fault({ kind: "status", status: 500 }, { times: 9 });
    sandbox.script.clear();
    expect((await customer(sandbox).get("/campaigns")).status).toBe(200);
  });
});

describe("matching", () => {
  test("a fault hits the n-th request with that method and path, as often as scripted", async () => {
    const sandbox = await openSandbox();
    const { get } = customer(sandbox);
    sandbox.script.fault({ kind: "status", status: 503 }, { method: "GET", path: "/applicants/:id", nth: 2, times: 2 });
    const statuses = [];
    for (const path of ["/applicants", ...Array.from({ length: 4 }, () => "/applicants/5000001")]) {
      statuses.push((await get(path)).status);
    }
    expect(statuses).toEqual([200, 200, 503, 503, 200]);
  });

  test("a fault can depend on the query and on chance drawn from the seed", async () => {
    const run = async () => {
      const sandbox = await openSandbox({ seed: 3 });
      sandbox.script.fault(
        { kind: "status", status: 500 },
        { probability: 0.5, where: ({ query }) => query["page"] === "1" },
      );
      const statuses = [];
      for (let page = 0; page < 20; page += 1) {
        statuses.push((await customer(sandbox).get(`/applications?page=${(page % 2) + 1}`)).status);
      }
      return statuses;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    expect(first.filter((_, index) => index % 2 === 1)).not.toContain(500);
    expect(new Set(first)).toEqual(new Set([200, 500]));
  });
});

describe("faults", () => {
  const answers: [Fault, object][] = [
    [{ kind: "status", status: 401 }, { status: 401 }],
    [{ kind: "status", status: 502 }, { status: 502 }],
    [{ kind: "quota" }, { status: 403 }],
    [{ kind: "refusal" }, { status: 403 }],
    [
      { kind: "html", status: 200 },
      { status: 200, json: undefined },
    ],
    [
      { kind: "html", status: 502 },
      { status: 502, json: undefined },
    ],
    [
      { kind: "truncated", cut: "body" },
      { status: 200, json: undefined },
    ],
    [{ kind: "empty" }, { status: 200, text: "" }],
  ];
  test.each(answers)("%o is answered as such and logged", async (fault, expected) => {
    const sandbox = await openSandbox();
    sandbox.script.fault(fault);
    expect(await customer(sandbox).get("/campaigns")).toMatchObject(expected);
    expect(sandbox.requests).toMatchObject([{ path: "/campaigns", refusedBy: "fault", ...pick(expected) }]);
    expect((await customer(sandbox).get("/campaigns")).status).toBe(200);
  });

  test("429 says how long to wait, and a wrong content type leaves the body alone", async () => {
    const sandbox = await openSandbox();
    sandbox.script.fault({ kind: "status", status: 429, retryAfter: 7 });
    sandbox.script.fault({ kind: "content-type", contentType: "text/plain" }, { nth: 2 });
    expect((await customer(sandbox).get("/campaigns")).headers.get("retry-after")).toBe("7");
    const plain = await customer(sandbox).get("/campaigns");
    expect(plain.headers.get("content-type")).toBe("text/plain");
    expect(plain.json).toBeInstanceOf(Array);
  });

  test("a repeated page has the ids of the one before, a shrunk page fewer rows", async () => {
    const sandbox = await openSandbox();
    const { get } = customer(sandbox);
    const first = idsOf(await get("/applications?page=1"));
    sandbox.script.fault({ kind: "repeat" });
    const repeated = await get("/applications?page=2");
    expect(idsOf(repeated)).toEqual(first);
    expect(repeated.headers.get("x-pagination")).toContain('"current-page":2');
    sandbox.script.fault({ kind: "shrink", rows: 3 });
    expect(idsOf(await get("/applications?page=1"))).toEqual(first.slice(0, 47));
  });

  test("a slow body arrives whole", async () => {
    const sandbox = await openSandbox();
    sandbox.script.fault({ kind: "slow", pieces: 4, pauseMs: 1 });
    const slow = await customer(sandbox).get("/campaigns");
    expect(slow.json).toEqual((await customer(sandbox).get("/campaigns")).json);
  });

  test("a body cut off by the connection fails while it is read", async () => {
    const sandbox = await openSandbox();
    sandbox.script.fault({ kind: "truncated", cut: "connection" });
    await expect(customer(sandbox).get("/campaigns")).rejects.toThrow(/terminated|closed/);
    expect(sandbox.requests).toMatchObject([{ status: 200, refusedBy: "fault" }]);
  });

  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("a reset %s the effect leaves %i applicants and no answer", async (effect, expected) => {
    const sandbox = await openSandbox();
    sandbox.script.fault({ kind: "reset", effect }, { method: "POST", path: "/jobboards/applicants" });
    const error: unknown = await jobboard(sandbox).post("/jobboards/applicants", APPLICANT).catch(codeOf);
    expect(error).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(sandbox.effects).toHaveLength(expected);
    expect(sandbox.mails).toHaveLength(expected);
    expect(sandbox.requests).toMatchObject([{ status: null, refusedBy: "fault" }]);
  });

  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("a hang %s the effect leaves %i applicants and ends with the sandbox", async (effect, expected) => {
    const sandbox = await openSandbox();
    const rule = sandbox.script.fault({ kind: "hang", effect }, { method: "POST" });
    const call = jobboard(sandbox)
      .post("/jobboards/applicants", APPLICANT)
      .catch(() => "cut");
    await rule.reached;
    await sandbox.close();
    expect(await call).toBe("cut");
    expect(sandbox.effects).toHaveLength(expected);
  });

  test("a 500 after the effect denies what was done", async () => {
    const sandbox = await openSandbox();
    sandbox.script.fault({ kind: "status", status: 500, effect: "after" }, { method: "POST" });
    expect((await jobboard(sandbox).post("/jobboards/applicants", APPLICANT)).status).toBe(500);
    expect(sandbox.effects).toHaveLength(1);
  });

  test("a faulted request counts in the quota", async () => {
    const sandbox = await openSandbox({ quota: { limit: 1, window: "rolling" } });
    sandbox.script.fault({ kind: "status", status: 500 });
    const first = await customer(sandbox).get("/campaigns");
    const second = await customer(sandbox).get("/campaigns");
    expect([first.status, second.status]).toEqual([500, 403]);
  });
});

test("closing the sandbox ends an answer that waits for its latency", async () => {
  const sandbox = await openSandbox({ latency: { min: 600_000, max: 600_000 } });
  const rule = sandbox.script.before({}, () => undefined);
  const call = customer(sandbox)
    .get("/campaigns")
    .catch(() => "cut");
  await rule.reached;
  await sandbox.close();
  expect(await call).toBe("cut");
});

function pick(expected: object): object {
  return { status: objectOf(expected)["status"] };
}
