import { afterEach, describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { closeImports } from "../../src/outbox/operations/close.ts";
import { columnsOf, ERASED, type Relation } from "../../src/people/classes.ts";
import { erasePerson } from "../../src/people/erase/erase-person.ts";
import type { Named } from "../../src/people/find/find-person.ts";
import { TABLES_OF_PEOPLE } from "../../src/people/find/rows.ts";
import { TABLES } from "../../src/people/tables.ts";
import { useDatabase } from "../support/database.ts";
import { PERSON } from "../support/decider.ts";
import { keyringOf } from "../support/keyring.ts";
import { addCanary, PERSON_IDS, remains, setState } from "../support/person.ts";

const database = useDatabase();
const ACCOUNT = "default";
const BY_ID: Named = { by: "applicant", id: PERSON_IDS.applicant };

function erase(named: Named = BY_ID) {
  const how = { key: keyringOf("k".repeat(32)).current(), ticket: "DPO-7", by: PERSON, closeImports };
  return inTransaction(database(), (tx) => erasePerson(tx, ACCOUNT, named, how));
}

const clear = () => database().$executeRaw`
  truncate public.applicant, public.application, public.change, public.quarantine, public.applicant_import, public.import_request,
    public.suppression cascade`;
afterEach(clear);

describe("the erasure of a person", () => {
  it("leaves nothing of them in any column of any table that could hold it", async () => {
    await addCanary(database(), ACCOUNT);
    expect(await remains(database())).toEqual([...TABLES_OF_PEOPLE, "import_request"].toSorted());
    expect(await erase()).toMatchObject({
      rows: {
        applicant: 1,
        application: 1,
        change: 2,
        quarantine: 1,
        applicant_import: 1,
        import_event: 1,
        import_resume: 1,
      },
      requests: 1,
    });
    expect(await remains(database())).toEqual([]);
  });

  it("leaves something of them, and so fails that test, for every column that the classes forget", async () => {
    // The database empties the mirrored rows once more, by a list of its own.
    const triggers = ["applicant", "application", "change", "quarantine"];
    for (const table of triggers) {
      await database().$executeRawUnsafe(`alter table public.${table} disable trigger empty_suppressed`);
    }
    const unnoticed: string[] = [];
    let noticed = 0;
    for (const table of TABLES_OF_PEOPLE) {
      const classes: Relation = { ...TABLES[table] };
      for (const column of columnsOf(classes, ERASED)) {
        for (const one of ERASED) {
          const others = columnsOf(classes, [one]).filter((name) => name !== column);
          Object.assign(TABLES[table], { [one]: others.length === 0 ? undefined : others.join(" ") });
        }
        await addCanary(database(), ACCOUNT);
        // Without any column to empty, the statement is none.
        const left = await erase().then(() => remains(database()), String);
        Object.assign(TABLES[table], classes);
        if (left.length === 0) unnoticed.push(`${table}.${column}`);
        else noticed += 1;
        await clear();
      }
    }
    for (const table of triggers) {
      await database().$executeRawUnsafe(`alter table public.${table} enable trigger empty_suppressed`);
    }
    expect(unnoticed).toEqual([]);
    expect(noticed).toBeGreaterThan(40);
  });

  it("keeps ids, dates and states: the facts of reports, the proofs, and an import as finished", async () => {
    const id = await addCanary(database(), ACCOUNT);
    const facts = () => database().$queryRaw`
      select to_jsonb(f) as fact, (select jsonb_agg(to_jsonb(s) order by s.step) from public.application_step s) as steps,
        (select jsonb_agg(to_jsonb(s) order by s.from_at) from public.application_state s) as states
      from public.application_fact f`;
    await database()
      .$executeRaw`select public.refresh_application_facts(${ACCOUNT}, array[${PERSON_IDS.application}::bigint])`;
    const before = await facts();
    expect(before).not.toEqual([]);
    await erase();
    await database()
      .$executeRaw`select public.refresh_application_facts(${ACCOUNT}, array[${PERSON_IDS.application}::bigint])`;
    expect(await facts()).toEqual(before);
    expect(await database().applicantImport.findUniqueOrThrow({ where: { id } })).toMatchObject({
      state: "rejected",
      email: null,
      key: `erased:${id}`,
    });
    await setState(database(), "ready");
    await erase();
    expect(await database().applicantImport.findUniqueOrThrow({ where: { id } })).toMatchObject({
      state: "rejected",
      reasonCode: "person_erased",
      reason: null,
    });
    const [application] = await database().application.findMany();
    expect(application?.status_history).toEqual([{ value: "new", changed_at: "2026-01-02" }]);
  });

  it("finds them by the e-mail of their import, in any spelling, and by the import", async () => {
    const id = await addCanary(database(), ACCOUNT);
    await database().$executeRaw`update public.applicant_import set email = null`;
    expect(await erase({ by: "email", email: " Lea.MARTIN@example.org" })).toMatchObject({
      applicants: [PERSON_IDS.applicant],
      imports: [id],
    });
    expect(await erase({ by: "import", id })).toMatchObject({ applicants: [PERSON_IDS.applicant] });
  });

  it("is refused while an import of theirs may be creating them, and says what to do", async () => {
    await addCanary(database(), ACCOUNT);
    const before = await remains(database());
    for (const [state, word] of [
      ["sending", "is being sent"],
      ["unknown", "being looked up"],
      ["needs_review", "imports resolve"],
    ] as const) {
      await setState(database(), state);
      await expect(erase()).rejects.toMatchObject({ code: "import_in_flight", message: expect.stringContaining(word) });
    }
    expect(await remains(database())).toEqual(before);
    expect(await database().suppression.count()).toBe(0);
  });

  it("leaves everybody else as they are", async () => {
    await addCanary(database(), ACCOUNT);
    const other = { account: ACCOUNT, hash: "h", raw: { email: "ea.martin@example.org" } };
    await database().applicant.create({
      data: { ...other, id: 18n, email: "ea.martin@example.org", first_name: "Éa" },
    });
    await database().quarantine.create({
      data: { account: ACCOUNT, resource: "applicants", fingerprint: "g", reason: "no id", runId: 1, raw: other.raw },
    });
    await erase({ by: "email", email: "lea.martin@example.org" });
    expect(
      await database().applicant.findUnique({ where: { account_id: { account: ACCOUNT, id: 18n } } }),
    ).toMatchObject({
      first_name: "Éa",
    });
    expect(await database().quarantine.count({ where: { raw: { equals: other.raw } } })).toBe(1);
  });
});
