import { expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { lead } from "../../support/outbox.ts";
import { EVIL, hiddenIn, isHarmless, openForms } from "./forms.ts";

const database = useDatabase();

it("imports of a source are held and released at once, and those that a campaign refused, each with its row in the audit", async () => {
  const { get, post, audit, add } = await openForms(database());
  const source = "Salon <u>2026</u>";
  const ids = (await add(["a", "b", "c"].map((name) => ({ email: `${name}@example.org`, source })))).map(
    ({ id }) => id,
  );
  const states = async () =>
    (await database().applicantImport.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } })).map(
      ({ state }) => state,
    );
  const list = await get(`/ops/imports?source=${encodeURIComponent(source)}`);
  const decide = async (path: string, subject: string, why = "wrong offers") => {
    const shown = await get(`${path}?subject=${encodeURIComponent(subject)}`);
    expect(shown.text).not.toContain("<u>");
    const form = { ...hiddenIn(shown.text, path), subject, why };
    const done = await post(path, form);
    // A form that is sent once more is about no import any more.
    expect((await post(path, form)).status).toBe(409);
    return [shown.text.includes("reach a person"), done.status];
  };
  expect(list.text).toContain(`/ops/sources/hold?subject=${encodeURIComponent(source)}`);
  expect((await get(`/ops/imports?source=${encodeURIComponent(source)}`, "viewer")).text).not.toContain("/ops/sources");
  expect(await decide("/ops/sources/hold", source.toUpperCase())).toEqual([false, 303]);
  expect(await states()).toEqual(["held", "held", "held"]);
  expect((await post("/ops/sources/release", { subject: source, count: "2" })).status).toBe(409);
  expect(await decide("/ops/sources/release", source)).toEqual([true, 303]);
  expect(await states()).toEqual(["ready", "ready", "ready"]);
  for (const id of ids.slice(0, 2)) await lead({ database: database() }, id, ["held"]);
  await database().applicantImport.updateMany({
    where: { id: { in: ids.slice(0, 2) } },
    data: { reasonCode: "offer_refused", campaignId: 7n },
  });
  expect((await get("/ops/imports?campaign=7")).text).toContain("/ops/campaigns/release?subject=7");
  expect(await decide("/ops/campaigns/release", "7")).toEqual([true, 303]);
  expect(await states()).toEqual(["ready", "ready", "ready"]);
  expect((await audit()).map(({ what, source: from, why, facts }) => ({ what, from, why, facts }))).toEqual(
    [
      ["source_held", 3],
      ["source_released", 3],
      ["campaign_released", 2],
    ].map(([what, moved]) => ({ what, from: "page", why: "wrong offers", facts: { moved } })),
  );
  for (const subject of ["", "nobody", "%00", EVIL, "9".repeat(30), `${"a".repeat(199)}😀`]) {
    for (const path of ["/ops/sources/hold", "/ops/sources/release", "/ops/campaigns/release"]) {
      const shown = await get(`${path}?subject=${encodeURIComponent(subject)}`, "operator", "fr");
      expect([subject, shown.status, isHarmless(shown.text)]).toEqual([subject, 200, true]);
      expect((await post(path, { subject, count: "0" })).status).toBe(409);
    }
  }
});
