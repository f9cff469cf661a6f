import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PersonClock } from "../../src/people/retention/clocks.ts";
import { readDue } from "../../src/people/retention/due.ts";
import { useDatabase } from "../support/database.ts";
import { afterPeriod, dayOf, type Period } from "../support/periods.ts";

const database = useDatabase();

const ZONES = [
  "Europe/Paris",
  "UTC",
  "America/New_York",
  "America/Havana",
  "America/Sao_Paulo",
  "Africa/Cairo",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "Atlantic/Azores",
];
const STATUSES = ["new", "interview", "hired", "refused", "withdrawn", "unmapped", "unknown", null] as const;
const CLOSED: readonly (string | null)[] = ["hired", "refused", "withdrawn"];

interface Application {
  readonly created: Date | null;
  readonly status: (typeof STATUSES)[number];
  readonly statusChanged: Date | null;
  readonly changed: Date | null;
  readonly deleted: boolean;
}

interface Person {
  readonly created: Date | null;
  readonly pools: boolean | null;
  readonly changed: Date | null;
  readonly deleted: Date | null;
  readonly importing: "done" | "ready" | null;
  readonly erased: boolean;
  readonly applications: readonly Application[];
}

/** Moments at and around the ends of months, leap days, midnights, and changes of the clocks. */
const moment = fc.oneof(
  fc.date({ min: new Date("2009-01-01T00:00:00Z"), max: new Date("2031-12-31T00:00:00Z"), noInvalidDate: true }),
  fc
    .tuple(
      fc.integer({ min: 2009, max: 2031 }),
      fc.integer({ min: 0, max: 11 }),
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: 0, max: 95 }),
    )
    .map(([year, month, day, quarter]) => new Date(Date.UTC(year, month, 1 + day, 0, quarter * 15))),
  fc
    .tuple(
      fc.constantFrom(
        "2024-03-31T00:30:00Z",
        "2024-10-27T00:30:00Z",
        "2024-11-03T04:30:00Z",
        "2012-01-01T09:59:59.999Z",
        "2011-12-30T10:00:00Z",
        "2024-02-29T23:30:00Z",
        "2018-11-04T02:30:00Z",
      ),
      fc.integer({ min: -120, max: 120 }),
    )
    .map(([text, minutes]) => new Date(Date.parse(text) + minutes * 60_000)),
);
const sometimes = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null, freq: 3 });
const application: fc.Arbitrary<Application> = fc.record({
  created: fc.option(moment, { nil: null, freq: 9 }),
  status: fc.oneof(
    { arbitrary: fc.constant("refused" as const), weight: 4 },
    { arbitrary: fc.constantFrom(...STATUSES), weight: 1 },
  ),
  statusChanged: sometimes(moment),
  changed: sometimes(moment),
  deleted: fc.boolean(),
});
const person: fc.Arbitrary<Person> = fc.record({
  created: fc.option(moment, { nil: null, freq: 9 }),
  pools: fc.constantFrom(true, false, null),
  changed: sometimes(moment),
  deleted: sometimes(moment),
  importing: fc.option(fc.constantFrom("done", "ready"), { nil: null, freq: 2 }),
  erased: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  applications: fc.array(application, { maxLength: 3 }),
});
const period = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom("day", "week", "month", "year"))
  .map(([n, unit]) => ({ n, unit }));
type Periods = Readonly<Record<PersonClock, Period | null>>;

function writtenAs(periods: Periods): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(periods).flatMap(([clock, one]) => (one === null ? [] : [[clock, `${one.n} ${one.unit}s`]])),
  );
}

function expectedOf(one: Person, periods: Periods, timezone: string): string | null {
  const here = one.applications.filter(({ deleted }) => !deleted);
  if (one.erased || one.importing === "ready" || here.some(({ status }) => !CLOSED.includes(status))) return null;
  const activity = [
    one.created,
    one.changed,
    ...one.applications.flatMap(({ created, statusChanged, changed }) => [created, statusChanged, changed]),
  ].filter((at) => at !== null);
  const last = activity.length === 0 ? FIRST_SEEN : new Date(Math.max(...activity.map(Number)));
  const isHired = here.some(({ status }) => status === "hired");
  const clock: PersonClock = one.applications.length === 0 || one.pools === true ? "pool" : "refused";
  const running: readonly (readonly [PersonClock, Date])[] = [
    ...(isHired ? [] : [[clock, last] as const]),
    ...(one.deleted === null ? [] : [["deleted", one.deleted] as const]),
  ];
  const due = running.flatMap(([name, at]) => {
    const some = periods[name];
    return some === null ? [] : [`${afterPeriod(dayOf(at, timezone), some)} ${name}`];
  });
  return due.toSorted()[0] ?? null;
}

let accounts = 0;
const FIRST_SEEN = new Date("2020-06-15T12:00:00Z");

/** Stores the people in an account of their own. Their ids are their places, from 1. */
async function store(people: readonly Person[], timezone: string): Promise<string> {
  const account = `property-${++accounts}`;
  const db = database();
  await db.account.create({ data: { account, kind: "customer", environment: "sandbox", apiHost: "x", timezone } });
  const base = { account, raw: {}, hash: "h", first_seen_at: FIRST_SEEN, changed_at: FIRST_SEEN };
  await db.applicant.createMany({
    data: people.map(({ created, pools, deleted }, i) => ({
      ...base,
      id: i + 1,
      created_at: created,
      deleted_at: deleted,
      pools: pools === true ? ["Vivier"] : [],
    })),
  });
  const applications = people.flatMap(({ applications: all }, i) =>
    all.map((one, n) => ({ ...one, id: (i + 1) * 10 + n, applicant: i + 1 })),
  );
  await db.application.createMany({
    data: applications.map(({ id, applicant, created, status, statusChanged, deleted }) => ({
      ...base,
      id,
      applicant_id: applicant,
      created_at: created,
      status,
      status_changed_at: statusChanged,
      deleted_at: deleted ? FIRST_SEEN : null,
    })),
  });
  await db.statusCategory.deleteMany({ where: { account } });
  await db.statusCategory.createMany({
    data: STATUSES.filter((one) => one !== null && one !== "unknown").map((status) => ({
      account,
      status,
      category: status === "unmapped" ? null : status,
    })),
  });
  await db.change.createMany({
    data: [
      ...people.flatMap(({ changed }, i) =>
        changed === null ? [] : [{ resource: "applicant", rowId: i + 1, at: changed, kind: "updated" }],
      ),
      ...applications.flatMap(({ changed, id }) =>
        changed === null ? [] : [{ resource: "application", rowId: id, at: changed, kind: "restored" }],
      ),
      // That a row arrived here, or is gone there, is no activity of the person.
      ...people.flatMap((_, i) =>
        ["inserted", "deleted"].map((kind) => ({ resource: "applicant", rowId: i + 1, at: new Date(), kind })),
      ),
    ].map((change) => ({ ...change, account })),
  });
  const erasure = { account, kind: "retention", isErased: true };
  await db.suppression.createMany({
    data: people.flatMap(({ erased }, i) => (erased ? [{ ...erasure, hash: String(i + 1), applicantId: i + 1 }] : [])),
  });
  const imports = people.flatMap(({ importing }, i) => (importing === null ? [] : [{ id: i + 1, state: importing }]));
  await db.$transaction([
    db.$executeRaw`set local session_replication_role = replica`,
    db.$executeRaw`
      insert into public.applicant_import (account, source, key, person, applicant_state, applicant_id, intake)
      select ${account}, 's', id::text, convert_to(id::text, 'UTF8'), case state when 'done' then 'sent' else state end, id, 'http'
      from jsonb_to_recordset(${JSON.stringify(imports)}::jsonb) as i (id bigint, state text)`,
  ]);
  return account;
}

test("whose period ends when is what a calendar says that counts day by day, whatever the time zone, the periods and the activity", async () => {
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ZONES),
      fc.array(person, { minLength: 40, maxLength: 60 }),
      fc.record({ refused: sometimes(period), pool: sometimes(period), deleted: sometimes(period) }),
      async (timezone, people, periods) => {
        const account = await store(people, timezone);
        const written = { periods: writtenAs(periods) };
        const due = await readDue(database(), account, written);
        const found = new Map(due.map(({ applicantId, clock, dueOn }) => [Number(applicantId), `${dueOn} ${clock}`]));
        expect(people.map((_, i) => found.get(i + 1) ?? null)).toEqual(
          people.map((one) => expectedOf(one, periods, timezone)),
        );
        const half = people.flatMap((_, i) => (i % 2 === 0 ? [BigInt(i + 1)] : []));
        const ofHalf = await readDue(database(), account, written, half);
        expect(ofHalf).toEqual(due.filter(({ applicantId }) => half.includes(applicantId)));
        seen += due.length;
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
  expect(seen).toBeGreaterThan(100);
});
