import { expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { openForms } from "./forms.ts";

const database = useDatabase();
const DAY_MS = 86_400_000;

async function announced(account: string) {
  const day = (text: string) => new Date(`${text}T00:00:00Z`);
  await database().retentionPerson.createMany({
    data: [4711, 4712].map((applicantId) => ({
      account,
      applicantId,
      clock: "refused",
      dueOn: day("2030-01-01"),
      announcedOn: day("2029-12-02"),
      eraseOn: day("2030-01-01"),
    })),
  });
  await database().retentionClock.create({
    data: { account, clock: "refused", since: new Date(Date.now() - 3 * DAY_MS) },
  });
  await database().retentionClock.create({
    data: { account, clock: "pool", since: new Date(Date.now() - 1 * DAY_MS) },
  });
  await database().applicant.create({ data: { account, id: 99n, raw: {}, hash: "" } });
  await database().suppression.create({
    data: { account, kind: "retention", hash: "99", applicantId: 99n, isErased: true },
  });
}

it("shows operators whom retention will erase and whom the source still has, viewers how many", async () => {
  const account = "retained";
  await announced(account);
  const { get } = await openForms(database(), { account, env: { RETENTION: "france, pool=1 year" } });
  const { text } = await get("/ops/retention");
  expect(text).toMatch(
    /Refused people[^]*3 months[^]*not yet[^]*overdue[^]*1 year[^]*Notice list[^]*2[^]*2030-01-01[^]*4711[^]*still shows: 1[^]*99/,
  );
  const viewer = (await get("/ops/retention", "viewer", "fr")).text;
  expect(viewer).toMatch(/Personnes refusées[^]*3 mois[^]*en retard[^]*1 an[^]*Liste de préavis[^]*2/);
  expect(viewer).not.toMatch(/4711|\b99\b/);
  const first = (await get("/", "viewer", "fr")).text;
  expect(first).toContain("La durée de conservation n&#39;est plus appliquée : personnes refusées.");
});

it("says that retention is off", async () => {
  const { get } = await openForms(database());
  expect((await get("/ops/retention")).text).toContain("Retention is off");
});
