import { expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { noteSettings } from "../../src/ops/settings/note-settings.ts";
import { useDatabase } from "../support/database.ts";
import { as, openPage, OPERATOR } from "./page/support.ts";

const database = useDatabase();

/** Starts of workers of one account, as far as their settings are concerned. */
function open() {
  const account = `settings-${crypto.randomUUID().slice(0, 8)}`;
  const defaults = {
    KELIO_ACCOUNT: account,
    KELIO_PRIVATE_KEY: "11111111-2222-4333-8444-555555555555",
    KELIO_SECRET_KEY: "a-secret-key-of-the-vendor",
    HTTP_PORT: "8080",
    OPS_PASSWORD: OPERATOR,
    NOTIFY_URL: "https://hooks.example.org/secret-path",
  };
  const start = (env: Readonly<Record<string, string>> = {}) =>
    noteSettings(database(), loadConfig({ ...defaults, ...env }, { keys: true }));
  const rows = () => database().audit.findMany({ where: { account }, orderBy: { id: "asc" } });
  return { account, start, rows };
}

it("the first start of a worker, and one with the same settings, leave no row in the audit", async () => {
  const { start, rows } = open();
  await start();
  await start();
  // What is written out is the same as its default.
  await start({ CAMPAIGNS_CRON: "0 2 * * *" });
  expect(await rows()).toEqual([]);
});

it("workers that start at once with the same new settings leave one row, with the values before and after", async () => {
  const { account, start, rows } = open();
  await start();
  const changed = { CAMPAIGNS_CRON: "0 3 * * *", ALLOW_PRODUCTION_WRITES: "yes", IMPORTS_PER_DAY: "50" };
  await Promise.all([start(changed), start(changed), start(changed)]);
  expect(await rows()).toMatchObject([
    {
      what: "settings_changed",
      source: "worker",
      role: "program",
      name: null,
      subjects: ["CAMPAIGNS_CRON", "ALLOW_PRODUCTION_WRITES", "IMPORTS_PER_DAY"],
      facts: {
        CAMPAIGNS_CRON: "0 2 * * * → 0 3 * * *",
        ALLOW_PRODUCTION_WRITES: "no → yes",
        IMPORTS_PER_DAY: "(unset) → 50",
      },
    },
  ]);
  const { url } = await openPage(database(), { account });
  const text = async (language: string) =>
    (await fetch(`${url}/ops/audit`, { headers: { ...as("viewer"), "accept-language": language } })).text();
  expect(await text("en")).toMatch(/Settings changed since the last start[^]*ALLOW_PRODUCTION_WRITES: no → yes/);
  expect(await text("fr")).toMatch(/Paramètres modifiés depuis le dernier démarrage/);
});

it("secrets, URLs and addresses are named when they change, and stand nowhere", async () => {
  const { account, start, rows } = open();
  const secrets = {
    OPS_PASSWORD: "green-harbour-90",
    NOTIFY_URL: "https://hooks.example.org/another-path",
    OPS_URL: "https://sync.example.org",
    NOTIFY_EMAIL: "lea@example.org",
    SMTP_URL: "smtp://relay:hunter2@mail.example.org",
    KELIO_PRIVATE_KEY: "99999999-2222-4333-8444-555555555555",
  };
  await start();
  await start(secrets);
  await start({ ...secrets, NOTIFY_URL: "" });
  const all = await rows();
  expect(all.map(({ facts }) => facts)).toEqual([
    {
      KELIO_PRIVATE_KEY: "changed",
      OPS_PASSWORD: "changed",
      NOTIFY_URL: "changed",
      SMTP_URL: "(unset) → (hidden)",
      NOTIFY_EMAIL: "(unset) → (hidden)",
      OPS_URL: "(unset) → (hidden)",
    },
    { NOTIFY_URL: "(hidden) → (unset)" },
  ]);
  const stored = JSON.stringify(
    [all.map(({ facts }) => facts), await database().settingsSeen.findUnique({ where: { account } })],
    (_, value) => (typeof value === "bigint" ? String(value) : value),
  );
  for (const secret of [...Object.values(secrets), OPERATOR, "secret-key", "hooks.example.org", "hunter2"]) {
    expect(stored).not.toContain(secret);
  }
});

it("with another KELIO_SECRET_KEY, that key alone is said to have changed, and what no fingerprint is needed for", async () => {
  const { start, rows } = open();
  await start();
  await start({ KELIO_SECRET_KEY: "another-key-of-the-vendor", TIMEZONE: "Europe/Berlin" });
  expect((await rows()).map(({ facts }) => facts)).toEqual([
    { KELIO_SECRET_KEY: "changed", TIMEZONE: "Europe/Paris → Europe/Berlin" },
  ]);
});

it("a setting that the former version did not know has changed only if it is not at its default", async () => {
  const { account, start, rows } = open();
  await start();
  await database()
    .$executeRaw`update public.settings_seen set shown = shown - 'QUIET_HOURS' - 'SOURCE_APPROVAL' where account = ${account}`;
  await start({ SOURCE_APPROVAL: "3" });
  expect((await rows()).map(({ facts }) => facts)).toEqual([{ SOURCE_APPROVAL: "(unset) → 3" }]);
});
