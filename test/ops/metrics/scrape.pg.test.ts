import { expect, test } from "vitest";
import { FAMILIES, PREFIX } from "../../../src/ops/metrics/families.ts";
import { describeWithPrometheus, promtool } from "../../support/promtool.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openWorld } from "../../support/world.ts";
import { scrape, serveMetrics, valuesOf } from "./support.ts";

const SECRET = "metrics-token-of-the-tests";

describeWithPrometheus("a scrape of a worker that has synced", () => {
  test("is what promtool calls clean, holds the families of the table alone, and says what happened", async () => {
    const world = await openWorld();
    const url = await serveMetrics(world);
    await world.sync();
    // The state is kept for a while, and may have been read before the sync.
    const text = await waitFor("the metrics show the sync", async () => {
      const scraped = await scrape(url);
      return 'resource="applications"' in valuesOf(scraped, "mirror_fresh_timestamp_seconds") ? scraped : null;
    });
    expect(promtool(["check", "metrics"], text)).toEqual({ isClean: true, said: "" });

    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]));
    const table = new Map(FAMILIES.map(({ name, type }) => [PREFIX + name, type]));
    expect([...types].filter(([name, type]) => table.get(name) !== type)).toEqual([]);
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.filter((line) => !line.includes(`account="${world.account}"`))).toEqual([]);

    expect(valuesOf(text, "database_up")).toEqual({ "": 1 });
    expect(valuesOf(text, "queue_up")).toEqual({ "": 1 });
    expect(valuesOf(text, "worker_alive")).toEqual({ "": 1 });
    expect(valuesOf(text, "runs_total")).toMatchObject({
      'resource="campaigns",kind="full",outcome="proven"': 1,
      'resource="applications",kind="full",outcome="proven"': 1,
      'resource="applications",kind="full",outcome="failed"': 0,
    });
    expect(valuesOf(text, "rows_written_total")).toMatchObject({
      'resource="campaigns",change="inserted"': 12,
      'resource="applications",change="inserted"': 300,
    });
    const requests = valuesOf(text, "requests_total");
    expect(requests['outcome="ok",lane="person"']).toBeGreaterThan(1);
    const logged = await world.database.apiRequest.count({ where: { account: world.account } });
    expect(Object.values(requests).reduce((sum, value) => sum + value)).toBe(logged);
    expect(valuesOf(text, "quota_window_max_requests")).toEqual({ "": logged });
    expect(valuesOf(text, "mirror_fresh_timestamp_seconds")['resource="campaigns"']).toBeCloseTo(Date.now() / 1000, -3);
  });
});

test("METRICS_TOKEN closes the metrics, other methods than GET are refused, and no secret is shown", async () => {
  const world = await openWorld();
  const url = await serveMetrics(world, { METRICS_TOKEN: SECRET });
  const ask = async (headers: Readonly<Record<string, string>>, method = "GET") =>
    (await fetch(`${url}/metrics`, { headers, method })).status;
  expect(await ask({})).toBe(401);
  expect(await ask({ authorization: "Bearer another" })).toBe(401);
  expect(await ask({ authorization: `Bearer ${SECRET}` })).toBe(200);
  expect(await ask({ authorization: `Bearer ${SECRET}` }, "POST")).toBe(405);
  expect(world.log.join("")).not.toContain(SECRET);
});
