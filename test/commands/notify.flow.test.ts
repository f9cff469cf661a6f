import { expect, it } from "vitest";
import { z } from "zod";
import { serve } from "../api/support/server.ts";
import { openWorld, type World } from "../support/world.ts";

const checks = z.object({ checks: z.array(z.object({ name: z.string(), outcome: z.string(), detail: z.string() })) });

async function noticesLine(world: World, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await world.run(["doctor", "--json"], env);
  const found = checks.parse(JSON.parse(stdout)).checks.find(({ name }) => name === "notices");
  return `${found?.outcome}: ${found?.detail}`;
}

it("notify test says what each way answered: all is well, one refuses, none is set; and doctor says where it leads", async () => {
  const world = await openWorld();
  const isOk = { is: true };
  const receiver = await serve(({ path }) => ({ status: isOk.is || path === "/ping/start" ? 200 : 503, body: "busy" }));
  const hook = { NOTIFY_URL: `${receiver.url}/hook?token=hunter2`, NOTIFY_SECRET: `whsec_${btoa("x".repeat(32))}` };
  const both = { ...hook, HEARTBEAT_URL: `${receiver.url}/ping` };

  const well = await world.run(["notify", "test", "--json"], both);
  expect([well.code, well.stderr]).toEqual([0, ""]);
  expect(JSON.parse(well.stdout)).toMatchObject([
    { channel: "webhook", delivered: true },
    { channel: "heartbeat", delivered: true, answer: "start: HTTP 200, success: HTTP 200" },
  ]);
  expect(receiver.received.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
    "GET /ping",
    "GET /ping/start",
    "POST /hook",
  ]);
  const body = receiver.received.find(({ path }) => path === "/hook");
  expect(JSON.parse(body?.body ?? "{}")).toMatchObject({ type: "applicant_sync.notice.test" });
  expect(body?.headers["webhook-signature"]).toMatch(/^v1,/);

  isOk.is = false;
  const busy = await world.run(["notify", "test"], both);
  expect(busy.code).toBe(1);
  expect(busy.stdout).toMatch(/webhook .*failed +HTTP 503: busy/);
  const gone = await world.run(["notify", "test"], { NOTIFY_URL: "http://127.0.0.1:9/hunter2" });
  expect(gone.code).toBe(1);
  expect(gone.stdout).toMatch(/webhook .*failed .*ECONNREFUSED/);

  const none = await world.run(["notify", "test"]);
  expect([none.code, none.stdout]).toEqual([2, ""]);
  expect(none.stderr).toMatch(/NOTIFY_URL, SMTP_URL with NOTIFY_EMAIL, or HEARTBEAT_URL/);

  expect(await noticesLine(world)).toMatch(/^warning: nobody is notified .*NOTIFY_URL/);
  expect(await noticesLine(world, { HEARTBEAT_URL: both.HEARTBEAT_URL })).toMatch(
    /nobody is notified .*only heartbeat to /,
  );
  expect(await noticesLine(world, both)).toMatch(/^ok: json at 127\.0\.0\.1:\d+, signed; heartbeat to /);
  const said = [well, busy, gone, none].map(({ stdout, stderr }) => stdout + stderr).join("");
  expect(said + (await noticesLine(world, both))).not.toContain("hunter2");
});
