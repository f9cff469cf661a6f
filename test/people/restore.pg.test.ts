import { chmod, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { inTransaction, type Database } from "../../src/database/client.ts";
import { keepErasures, restoreErasures } from "../../src/outbox/restore/erasures.ts";
import { suppress, suppressedAmong } from "../../src/people/suppression/suppress.ts";
import { useDatabase } from "../support/database.ts";
import { keyringOf, PRIVACY_KEY } from "../support/keyring.ts";
import { silent } from "../support/silent.ts";

const database = useDatabase();
const keyring = keyringOf(PRIVACY_KEY);
const EMAIL = "canary-77aa@example.org";

async function open(account: string, env: Readonly<Record<string, string>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-list-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const list = join(directory, "erasures.jsonl");
  const config = loadConfig(
    { KELIO_ACCOUNT: account, DATABASE_URL: "postgres://localhost/x", PRIVACY_KEY, ERASURE_LIST: list, ...env },
    { keys: false },
  );
  return { list, config, start: () => restoreErasures(database(), config, silent) };
}

async function fill(at: Database, account: string): Promise<void> {
  const person = {
    account,
    hash: "h",
    email: EMAIL,
    email_key: EMAIL,
    first_name: "canary-77aa",
    raw: { email: EMAIL },
  };
  await at.applicant.createMany({
    data: [
      { ...person, id: 7n },
      { ...person, id: 8n },
    ],
    skipDuplicates: true,
  });
}

const erase = (account: string, what: "erased" | "suppressed" = "erased") =>
  inTransaction(database(), (tx) =>
    suppress(tx, account, { emails: [EMAIL], applicantIds: [7n] }, keyring.current(), { what, ticket: "DPO-1" }),
  );

/** The database as a backup from before has it. */
async function goBack(account: string): Promise<void> {
  for (const table of ["suppression", "privacy_key", "erasure", "applicant"]) {
    await database().$executeRawUnsafe(`delete from public.${table} where account = $1`, account);
  }
  await fill(database(), account);
}

const named = (account: string) => database().applicant.count({ where: { account, email: { not: null } } });
const isSuppressed = async (account: string) =>
  (await suppressedAmong(database(), account, keyring, { emails: [EMAIL], applicantIds: [] })).emails.size > 0;

describe("after a restore", () => {
  it("whoever was erased since is erased again, by their ids and by their e-mail, and once only", async () => {
    const { config, list, start } = await open("again");
    await start();
    await erase("again");
    await keepErasures(database(), config);
    expect(await readFile(list, "utf8")).not.toContain("canary");
    await goBack("again");
    expect(await named("again")).toBe(2);
    await start();
    expect(await named("again")).toBe(0);
    expect(await isSuppressed("again")).toBe(true);
    const entries = await database().erasure.count();
    await start();
    expect(await database().erasure.count()).toBe(entries);
  });

  it("whoever was suppressed alone, or no longer, is as before", async () => {
    const { config, start } = await open("alone");
    await erase("alone", "suppressed");
    await keepErasures(database(), config);
    await goBack("alone");
    await start();
    expect([await named("alone"), await isSuppressed("alone")]).toEqual([2, true]);
  });

  it("the ids of another environment or account are left alone", async () => {
    const { config } = await open("elsewhere");
    await erase("elsewhere");
    await keepErasures(database(), config);
    await goBack("elsewhere");
    const production = loadConfig(
      {
        KELIO_ACCOUNT: "elsewhere",
        KELIO_ENVIRONMENT: "production",
        DATABASE_URL: "postgres://localhost/x",
        PRIVACY_KEY,
      },
      { keys: false },
    );
    const other = { ...production, privacy: { ...production.privacy, list: config.privacy.list } };
    await restoreErasures(database(), other, silent);
    expect(await named("elsewhere")).toBe(2);
  });

  it("nothing starts without the list, with a damaged one, or without its key", async () => {
    const { config, list, start } = await open("closed");
    await start();
    await erase("closed");
    await keepErasures(database(), config);
    const whole = await readFile(list, "utf8");
    const below = { ...config, privacy: { ...config.privacy, list: join(list, "below-a-file") } };
    await expect(restoreErasures(database(), below, silent)).rejects.toMatchObject({ code: "erasure_list_unusable" });
    await rm(list);
    await expect(start()).rejects.toMatchObject({ code: "erasure_list_missing" });
    await writeFile(list, whole.replace("erased", "forgotten"));
    await expect(start()).rejects.toMatchObject({ code: "erasure_list_unusable" });
    await writeFile(list, whole);
    await goBack("closed");
    const keyless = { ...config, privacy: { ...config.privacy, key: `${PRIVACY_KEY}-other` } };
    await expect(restoreErasures(database(), keyless, silent)).rejects.toMatchObject({ code: "privacy_key_unknown" });
    expect(await named("closed")).toBe(2);
    await start();
    expect(await named("closed")).toBe(0);
  });

  it("a line that a killed process left unfinished is written again, and an empty file is filled from the database", async () => {
    const { config, list, start } = await open("killed");
    await start();
    await erase("killed");
    await keepErasures(database(), config);
    const whole = await readFile(list, "utf8");
    await truncate(list, 40);
    await start();
    expect(await readFile(list, "utf8")).toBe(`${whole.slice(0, 40)}\n${whole}`);
    await writeFile(list, "");
    await start();
    expect(await readFile(list, "utf8")).toBe(whole);
    await chmod(list, 0o600);
  });
});
