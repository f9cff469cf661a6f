import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applyRetention } from "../../src/people/retention/retention.ts";
import { useDatabase } from "../support/database.ts";
import { afterPeriod, dayOf, type Period } from "../support/periods.ts";

const database = useDatabase();
const PEOPLE = 12;
const DAY_MS = 86_400_000;

const plus = (day: string, days: number) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
const latest = (...days: readonly string[]) => days.toSorted().at(-1) ?? "";

/** Between two passes: what somebody does, and how many hours before the later one. */
const activity = fc.record({
  person: fc.integer({ min: 1, max: PEOPLE }),
  what: fc.constantFrom("changes", "opens", "closes"),
  hoursBack: fc.integer({ min: 0, max: 60 * 24 }),
});
const plan = fc.record({
  timezone: fc.constantFrom("Europe/Paris", "Pacific/Apia", "America/Havana", "Pacific/Kiritimati"),
  period: fc
    .tuple(fc.integer({ min: 1, max: 14 }), fc.constantFrom("day", "week", "month"))
    .map(([n, unit]): Period => ({ n, unit })),
  noticeDays: fc.integer({ min: 1, max: 60 }),
  created: fc.array(fc.integer({ min: 0, max: 500 * 24 }), { minLength: PEOPLE, maxLength: PEOPLE }),
  passes: fc.array(
    fc.record({ days: fc.integer({ min: 1, max: 45 }), activities: fc.array(activity, { maxLength: 4 }) }),
    { minLength: 5, maxLength: 9 },
  ),
});
type Activity = Readonly<{ person: number; what: string; hoursBack: number }>;

/** A person as the reference knows them. */
interface Known {
  last: Date;
  isOpen: boolean;
  announcedOn: string | null;
  isErased: boolean;
}

async function store(account: string, timezone: string, created: readonly Date[]): Promise<void> {
  const db = database();
  await db.account.create({ data: { account, kind: "customer", environment: "sandbox", apiHost: "x", timezone } });
  await db.syncRun.create({
    data: {
      account,
      resource: "applications",
      kind: "full",
      trigger: "command",
      state: "proven",
      finishedAt: new Date(),
    },
  });
  const row = { account, raw: {}, hash: "h" };
  await db.applicant.createMany({ data: created.map((created_at, n) => ({ ...row, id: n + 1, created_at })) });
  await db.application.createMany({
    data: created.map((created_at, n) => ({ ...row, id: n + 1, applicant_id: n + 1, created_at, status: "refused" })),
  });
  await db.statusCategory.createMany({
    data: [{ account, status: "refused", category: "refused" }],
    skipDuplicates: true,
  });
}

async function act(account: string, { person, what }: Activity, at: Date): Promise<void> {
  const of = { account, id: person };
  if (what === "changes") {
    await database().change.create({ data: { account, resource: "applicant", rowId: person, kind: "updated", at } });
  } else {
    const status = what === "opens" ? "new" : "refused";
    await database().application.updateMany({ where: of, data: { status, status_changed_at: at } });
  }
}

let accounts = 0;

test("whoever becomes due stands on the notice list for its whole length, leaves it by any activity, and is erased on the day and not before", async () => {
  let erased = 0;
  let left = 0;
  await fc.assert(
    fc.asyncProperty(plan, async ({ timezone, period, noticeDays, created, passes }) => {
      const account = `notice-${++accounts}`;
      let today = "2021-03-01";
      const people = created.map((hours): Known => ({
        last: new Date(Date.parse(today) - hours * 3_600_000),
        isOpen: false,
        announcedOn: null,
        isErased: false,
      }));
      await store(
        account,
        timezone,
        people.map(({ last }) => last),
      );
      const retention = { periods: { refused: `${period.n} ${period.unit}s` }, noticeDays };
      for (const { days, activities } of passes) {
        today = plus(today, days);
        for (const one of activities) {
          const person = people[one.person - 1];
          if (person === undefined || person.isErased) continue;
          const at = new Date(Date.parse(today) - one.hoursBack * 3_600_000);
          if (at > person.last) person.last = at;
          // The source dates the last change of a status: it does not go back.
          await act(account, one, one.what === "changes" ? at : person.last);
          if (one.what !== "changes") person.isOpen = one.what === "opens";
        }
        for (const person of people) {
          const due = afterPeriod(dayOf(person.last, timezone), period);
          const isDue = !person.isErased && !person.isOpen && plus(due, -noticeDays) <= today;
          if (!isDue && person.announcedOn !== null) left += 1;
          person.announcedOn = isDue ? (person.announcedOn ?? today) : null;
          if (!isDue || latest(due, plus(person.announcedOn ?? "", noticeDays)) > today) continue;
          Object.assign(person, { isErased: true, announcedOn: null });
          erased += 1;
        }
        await applyRetention(database(), account, retention, today);
        const listed = await database().retentionPerson.findMany({
          where: { account },
          orderBy: { applicantId: "asc" },
        });
        const gone = await database().suppression.findMany({ where: { account }, orderBy: { applicantId: "asc" } });
        expect({
          today,
          listed: listed.map((one) => [Number(one.applicantId), one.announcedOn.toISOString().slice(0, 10)]),
          gone: gone.map(({ applicantId }) => Number(applicantId)),
        }).toEqual({
          today,
          listed: people.flatMap((one, n) => (one.announcedOn === null ? [] : [[n + 1, one.announcedOn]])),
          gone: people.flatMap((one, n) => (one.isErased ? [n + 1] : [])),
        });
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
  expect(erased).toBeGreaterThan(0);
  expect(left).toBeGreaterThan(0);
});
