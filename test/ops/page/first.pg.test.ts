import { expect, it } from "vitest";
import { createTimes } from "../../../src/ops/page/times.ts";
import { useDatabase } from "../../support/database.ts";
import { openForms } from "./forms.ts";

const database = useDatabase();
const RED = /<span class="red">/g;

it("shows a resource in red only where somebody must act: not before its first sync, but once that has failed", async () => {
  const { get } = await openForms(database());
  expect((await get("/")).text.match(RED)).toBeNull();
  const other = await openForms(database());
  const run = { resource: "campaigns", kind: "full", trigger: "schedule", state: "failed", errorCode: "api_refused" };
  const ended = { account: other.account, finishedAt: new Date(), errorMessage: "refused" };
  await database().syncRun.create({ data: { ...run, ...ended } });
  expect((await other.get("/")).text.match(RED)).toHaveLength(1);
});

it("says of what is so right now that it was 0 seconds ago, not that it will be", () => {
  const { en, fr } = createTimes("Europe/Paris");
  const now = new Date("2026-11-27T00:00:00Z");
  const at = (ms: number) => [en, fr].map((times) => times.ago(new Date(now.getTime() + ms), now));
  expect(at(0)).toEqual(["0 seconds ago", "il y a 0 seconde"]);
  expect(at(-400)).toEqual(at(0));
  expect(at(300)).toEqual(at(0));
  expect(at(-90_000)).toEqual(["90 seconds ago", "il y a 90 secondes"]);
  expect(at(3 * 3_600_000)).toEqual(["in 3 hours", "dans 3 heures"]);
});
