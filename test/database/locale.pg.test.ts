import { escapeIdentifier } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createDatabase, inTransaction, type Database } from "../../src/database/client.ts";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { closeImports } from "../../src/outbox/operations/close.ts";
import { erasePerson } from "../../src/people/erase/erase-person.ts";
import { PERSON } from "../support/decider.ts";
import { keyringOf } from "../support/keyring.ts";
import { addCanary, PERSON_IDS } from "../support/person.ts";
import { onServer, urlOf } from "../support/postgres.ts";

const ACCOUNT = "default";

// In Turkish the lower case of I is ı, and in C only ASCII has cases.
describe.each([
  ["turkish", "locale_provider icu icu_locale 'tr-TR'"],
  ["c", "locale_provider libc lc_collate 'C' lc_ctype 'C'"],
])("in a database whose locale is %s", (name, locale) => {
  const server = inject("postgresUrl");
  const created = `test_locale_${name}_${process.pid}`;
  let database: Database;
  beforeAll(async () => {
    await onServer(server, `create database ${escapeIdentifier(created)} template template0 encoding 'UTF8' ${locale}`);
    const url = urlOf(server, created);
    await applyMigrations({ url });
    database = createDatabase(url);
  });
  afterAll(async () => {
    await database.$disconnect();
    await onServer(server, `drop database ${escapeIdentifier(created)} with (force)`);
  });

  it("an erasure finds the name of the person in capitals", async () => {
    await addCanary(database, ACCOUNT);
    await database.$executeRaw`update public.applicant set last_name = 'Élie-İnan+Inan' where account = ${ACCOUNT}`;
    await database.$executeRaw`
      insert into public.import_control (account, held, held_reason) values (${ACCOUNT}, true, 'Mr ÉLIE-İNAN+INAN asked for it')`;
    const how = { key: keyringOf("k".repeat(32)).current(), ticket: null, by: PERSON, closeImports };
    const named = { by: "applicant", id: PERSON_IDS.applicant } as const;
    await inTransaction(database, (tx) => erasePerson(tx, ACCOUNT, named, how));
    const rows = await database.$queryRaw`select held_reason from public.import_control`;
    expect(rows).toEqual([{ held_reason: null }]);
  });

  it("the category of a status in capitals is known", async () => {
    const rows = await database.$queryRaw`
      select status, public.guess_status_category(status) as category
      from unnest(array['ENTRETIEN RÉALISÉ', 'INTERVIEW', 'NON RETENU(E)', 'CANDIDATURE REJETÉE']) status`;
    expect(rows).toEqual([
      { status: "ENTRETIEN RÉALISÉ", category: "interview" },
      { status: "INTERVIEW", category: "interview" },
      { status: "NON RETENU(E)", category: "refused" },
      { status: "CANDIDATURE REJETÉE", category: "refused" },
    ]);
  });
});
