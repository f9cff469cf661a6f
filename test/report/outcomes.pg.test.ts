import { beforeAll, describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { ask } from "../../src/report/ask.ts";
import { QUESTIONS } from "../../src/report/questions.ts";
import { useDatabase } from "../support/database.ts";
import { ACCOUNTS, DAY_OF_NOON, GONE, insertAccounts, insertRow, KEPT, NOON, rowsOf, ZONES } from "./rows.ts";
import { dayIn, daysFrom } from "./reference.ts";

const database = useDatabase();
beforeAll(() => insertAccounts(database()));

describe("with the same ids in two accounts, and with rows that are gone", () => {
  it("runs and imports are shown with how long they took and by the day of their account", async () => {
    const counts = { rows: 10, inserted: 1, updated: 2, unchanged: 3, restored: 4, deleted: 5, quarantined: 6 };
    for (const account of ACCOUNTS) {
      const one = { account, resource: "campaigns", kind: "full", trigger: "command" };
      await insertRow(database(), "sync_run", {
        ...one,
        state: "proven",
        started_at: NOON,
        finished_at: "2026-03-01T12:01:30.26Z",
        ...counts,
      });
      await insertRow(database(), "sync_run", { ...one, state: "failed", started_at: NOON, error_code: "api_refused" });
      const submitted = { account, intake: "file", source: "form", email: "ann@example.org", created_at: NOON };
      await insertRow(database(), "applicant_import", {
        ...submitted,
        key: "1",
        applicant_state: "draft",
        campaign_id: 9,
      });
      await insertRow(database(), "applicant_import", { ...submitted, key: "2", applicant_state: "draft" });
      const ended = "2026-03-01T12:01:30Z";
      await database().$executeRaw`
        update public.applicant_import set applicant_state = 'rejected', finished_at = ${ended}::timestamptz,
          dismissed_at = ${ended}::timestamptz, reason_code = 'invalid', applicant_id = 21, application_id = 22, attempts = 3
        where account = ${account} and key = '2'`;
    }
    const runs = await rowsOf(database(), "report.run", "account, run_id");
    const of = {
      resource: "campaigns",
      kind: "full",
      trigger: "command",
      started_at: NOON,
      run_id: expect.any(Number),
    };
    const none = Object.fromEntries(Object.keys(counts).map((name) => [name, null]));
    expect(runs).toEqual(
      ACCOUNTS.flatMap((account) => [
        {
          account,
          ...of,
          state: "proven",
          finished_at: "2026-03-01T12:01:30.26+00:00",
          seconds: 90.3,
          ...counts,
          error_code: null,
        },
        { account, ...of, state: "failed", finished_at: null, seconds: null, ...none, error_code: "api_refused" },
      ]),
    );
    for (const account of ACCOUNTS)
      for (const [state, started_at] of [
        ["unproven", "2026-03-01T13:00:00Z"],
        ["needs_review", "2026-03-01T14:00:00Z"],
      ])
        await insertRow(database(), "sync_run", {
          account,
          resource: "campaigns",
          kind: "full",
          trigger: "command",
          state,
          started_at,
        });
    const { length } = await database().$queryRaw<object[]>`
      select from report.freshness where as_of = '2026-03-01T14:00:00Z' and proven_as_of = ${NOON}::timestamptz
        and minutes_since = floor(extract(epoch from now() - as_of) / 60)
        and (resource_en, resource_fr, word, word_en, word_fr) = ('Campaigns', 'Offres', 'off', 'Off', 'Désactivée')`;
    expect(length).toBe(ACCOUNTS.length);
    const imports = await rowsOf(database(), "report.import_outcome", "account, import_id");
    const common = {
      import_id: expect.any(Number),
      intake: "file",
      source: "form",
      applicant_id: null,
      application_id: null,
      attempts: 0,
    };
    expect(imports).toEqual(
      ACCOUNTS.flatMap((account) => {
        const submitted = { account, ...common, submitted_at: NOON, submitted_on: DAY_OF_NOON[account] };
        const [checked, dismissed] = [
          { state: "draft", state_en: "Being checked", state_fr: "En vérification", reason_code: null, campaign_id: 9 },
          { state: "dismissed", state_en: "Dismissed", state_fr: "Classé", reason_code: "invalid", campaign_id: null },
        ];
        return [
          { ...submitted, ...checked, finished_at: null, minutes: null },
          {
            ...submitted,
            ...dismissed,
            applicant_id: 21,
            application_id: 22,
            attempts: 3,
            finished_at: "2026-03-01T12:01:30+00:00",
            minutes: 1.5,
          },
        ];
      }),
    );
  });

  it("the question about imports counts them by what became of them", async () => {
    for (const account of ACCOUNTS) {
      const { rows } = await ask(database(), QUESTIONS.imports, { account, at: null, timezone: "UTC", language: "en" });
      expect(rows).toEqual([["form", 2, 0, 1, 1, DAY_OF_NOON[account]]]);
    }
  });

  it("people are those of their account who are not gone", async () => {
    const known = {
      email: "ann@example.org",
      phone_code: "33",
      phone_number: "612345678",
      locale: "fr",
      iso_country: "FR",
      country: "France",
      zipcode: "44000",
      city: "Nantes",
    };
    const names = (account: string) => ({ first_name: `Ann of ${account}`, last_name: `Martin of ${account}` });
    for (const account of ACCOUNTS) {
      await insertRow(database(), "applicant", { account, id: 1, ...names(account), ...known, ...KEPT });
      await insertRow(database(), "applicant", { account, id: 2, ...names(account), ...known, ...KEPT, ...GONE });
      const application = { account, created_at: NOON, campaign_id: 4, is_complete: true, ...KEPT };
      await insertRow(database(), "application", { ...application, id: 11, applicant_id: 1, status: "Refusé" });
      await insertRow(database(), "application", { ...application, id: 12, applicant_id: 2, status: "Entretien" });
      await insertRow(database(), "application", {
        ...application,
        id: 13,
        applicant_id: 1,
        status: "Entretien",
        ...GONE,
      });
    }
    expect(await rowsOf(database(), "report_people.applicant", "account, applicant_id")).toEqual(
      ACCOUNTS.map((account) => ({ account, applicant_id: 1, ...names(account), ...known })),
    );
    expect(await rowsOf(database(), "report_people.application", "account, application_id")).toEqual(
      ACCOUNTS.flatMap((account) => {
        const one = { account, campaign_id: 4, applied_on: DAY_OF_NOON[account], is_complete: true };
        const nobody = { first_name: null, last_name: null, email: null };
        const somebody = { ...names(account), email: known.email };
        return [
          {
            ...one,
            application_id: 11,
            applicant_id: 1,
            ...somebody,
            status: "Refusé",
            category: "refused",
            is_open: false,
          },
          {
            ...one,
            application_id: 12,
            applicant_id: 2,
            ...nobody,
            status: "Entretien",
            category: "interview",
            is_open: true,
          },
        ];
      }),
    );
  });
});

describe("what is reported of today", () => {
  const AGES = [0, 7, 8, 14, 15, 30, 31, 60, 61, 90, 91];
  const BANDS = {
    "0-7": [0, 7],
    "8-14": [8, 14],
    "15-30": [15, 30],
    "31-60": [31, 60],
    "61-90": [61, 90],
    "91+": [91, 91],
  };

  it("is of the day of the account: ages, their bands, and since when a campaign is online", async () => {
    await inTransaction(database(), async (tx) => {
      const [{ now }] = await tx.$queryRaw<[{ now: Date }]>`select now()`;
      for (const account of ACCOUNTS) {
        const noon = (age: number) => new Date(now.getTime() - age * 86_400_000).toISOString();
        const application = { account, status: "Offre", campaign_id: 50, ...KEPT };
        for (const [i, age] of AGES.entries())
          await insertRow(tx, "application", { ...application, id: 100 + i, created_at: noon(age) });
        // Without is_online, the status tells; with it, that alone.
        const campaign = { account, last_activation_at: noon(3), city: "Nantes", ...KEPT };
        await insertRow(tx, "campaign", { ...campaign, id: 50, name: "Known by its status", status: "online" });
        await insertRow(tx, "campaign", { ...campaign, id: 51, name: "Archived", status: "archived" });
        await insertRow(tx, "campaign", { ...campaign, id: 52, name: "Offline", status: "online", is_online: false });
      }
      const today = Object.fromEntries(ACCOUNTS.map((account) => [account, dayIn(ZONES[account])(now.getTime())]));
      const of = { category: "offer", category_en: "Offer", applications: 2 };
      const ageing = await rowsOf(tx, "report.ageing", "account, age_band_position");
      expect(ageing.filter(({ category }) => category === "offer")).toMatchObject(
        ACCOUNTS.flatMap((account) =>
          Object.entries(BANDS).map(([age_band, [, oldest_days]], i) => ({
            ...of,
            account,
            age_band,
            age_band_position: i + 1,
            oldest_days,
            applications: oldest_days === 91 ? 1 : 2,
          })),
        ),
      );
      const open = await rowsOf(tx, "report.open_campaigns", "account, campaign_id");
      expect(open).toMatchObject(
        ACCOUNTS.map((account) => ({
          account,
          campaign_id: 50,
          name: "Known by its status",
          city: "Nantes",
          days_online: 3,
          in_offer: AGES.length,
          last_applied_on: today[account],
        })),
      );
      const ages = await rowsOf(tx, "report.application", "account, application_id");
      const offers = ages.filter(({ category }) => category === "offer");
      expect(offers.map((row) => row["age_days"])).toEqual([...AGES, ...AGES]);
      expect(offers.map((row) => daysFrom(String(row["applied_on"]), today[String(row["account"])] ?? ""))).toEqual([
        ...AGES,
        ...AGES,
      ]);
    });
  });
});
