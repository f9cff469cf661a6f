import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { FAMILIES, PREFIX } from "../../../src/ops/metrics/families.ts";
import { describeWithPrometheus, promtool } from "../../support/promtool.ts";

const board = z
  .object({
    panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
    templating: z.object({ list: z.array(z.object({ definition: z.string().optional() })) }),
  })
  .parse(JSON.parse(readFileSync(new URL("../../../deploy/grafana/operations.json", import.meta.url), "utf8")));

const expressions = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

test("the board of Grafana shows only metrics of the table, with labels that they have", () => {
  const families = new Map(FAMILIES.map(({ name, labels }) => [PREFIX + name, ["account", ...labels]]));
  const definitions = board.templating.list.flatMap(({ definition }) => definition ?? []);
  const named = [...expressions, ...definitions].flatMap((expr) => expr.match(/applicant_sync_\w+/g) ?? []);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !families.has(name))).toEqual([]);
  const unknown = expressions.flatMap((expr) => {
    const labels = (expr.match(/applicant_sync_\w+/g) ?? []).flatMap((name) => families.get(name) ?? []);
    const used = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(", "));
    return used.filter((label) => !labels.includes(label)).map((label) => `${label} in ${expr}`);
  });
  expect(unknown).toEqual([]);
});

describeWithPrometheus("the board of Grafana", () => {
  test("has only expressions that Prometheus can parse", async () => {
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-board-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const rules = expressions.map((expr, n) => ({ record: `panel:${n}`, expr }));
    const file = join(directory, "rules.json");
    await writeFile(file, JSON.stringify({ groups: [{ name: "board", rules }] }));
    const said = expect.stringContaining(`${expressions.length} rules found`);
    expect(promtool(["check", "rules", file])).toEqual({ isClean: true, said });
  });
});
