import { describe, expect, it } from "vitest";
import { writeAudit } from "../../src/database/audit.ts";
import { inTransaction } from "../../src/database/client.ts";
import { personData, personDocument } from "../../src/ops/page/person-document.ts";
import { LABELS } from "../../src/ops/page/person-labels.ts";
import { columnsOf, type Relation } from "../../src/people/classes.ts";
import { EXPORTED, UNSHOWN, type ExportedTable } from "../../src/people/export/exported.ts";
import { exportPerson } from "../../src/people/export/read-export.ts";
import { suppress } from "../../src/people/suppression/suppress.ts";
import { TABLES } from "../../src/people/tables.ts";
import type { Language } from "../../src/platform/language.ts";
import { createLabels } from "../../src/report/labels.ts";
import { because, PERSON } from "../support/decider.ts";
import { keyringOf, PRIVACY_KEY } from "../support/keyring.ts";
import { addCanary, PERSON_IDS } from "../support/person.ts";
import { openWorld } from "../support/world.ts";

const RELATIONS: Readonly<Record<string, Relation>> = TABLES;
const BY_ID = { by: "applicant", id: PERSON_IDS.applicant } as const;
const keyring = keyringOf(PRIVACY_KEY);

/** The columns of a table that an export shows, by the classes. */
function columnsIn(table: ExportedTable): readonly string[] {
  const columns = columnsOf(RELATIONS[table] ?? {}, ["person", "text", "quasi", "pseudonym", "none"]);
  return columns.filter((column) => !UNSHOWN.includes(column));
}

/** A person with something in every table of an export, and decisions about them. */
async function openPerson() {
  const { database, account } = await openWorld();
  const importId = await addCanary(database, account);
  const { applicant, application } = PERSON_IDS;
  await database.campaign.create({ data: { account, id: 7n, name: "Boulanger (nuit)", hash: "h", raw: {} } });
  await database.application.updateMany({ data: { campaign_id: 7n, current_stage: "survey" } });
  await database.$executeRaw`
    insert into public.application_fact (account, application_id, campaign_id, category, applied_on, days_to_hire, first_seen_at)
      values (${account}, ${application}, 7, 'interview', '2026-02-03', 12, now())
      on conflict (account, application_id) do update set category = 'interview', campaign_id = 7, applied_on = '2026-02-03', days_to_hire = 12`;
  await database.$executeRaw`delete from public.application_step`;
  await database.$executeRaw`
    insert into public.application_step (account, application_id, step, status, category, entered_at, entered_on, is_current, is_deleted)
      values (${account}, ${application}, 1, 'Vu', 'in_progress', '2026-02-03T10:00Z', '2026-02-03', true, false)`;
  await database.$executeRaw`delete from public.application_state`;
  await database.$executeRaw`
    insert into public.application_state (account, application_id, from_at, status) values (${account}, ${application}, now(), 'Vu')`;
  await database.$executeRaw`
    insert into public.retention_person (account, applicant_id, clock, due_on, announced_on, erase_on)
      values (${account}, ${applicant}, 'pool', '2026-12-24', '2026-11-24', '2026-12-31')`;
  await database.$executeRaw`
    insert into public.pending_detail (account, resource, id) values (${account}, 'application', ${application})`;
  await database.$executeRaw`
    insert into public.import_event (import_id, step, from_state, to_state, reason_code)
      values (${importId}, 'application', 'sending', 'needs_review', 'accepted_without_id')`;
  await inTransaction(database, async (tx) => {
    const emails = ["Lea.Martin@example.org"];
    await suppress(tx, account, { emails, applicantIds: [applicant] }, keyring.current(), {
      what: "suppressed",
      ticket: "DPO-9",
    });
    const by = because("she has called");
    await writeAudit(tx, { account, by, what: "person_suppressed", subjects: [`applicant ${applicant}`] });
  });
  const labels = await createLabels(database)();
  const readerOf = (language: Language) => ({ language, labels, timezone: "Pacific/Kiritimati" });
  return { database, account, readerOf };
}

describe("the export of a person", () => {
  it("has words in both languages for each column of each table that holds something of a person, and for no other", () => {
    const columns = EXPORTED.flatMap(columnsIn);
    expect(columns.length).toBeGreaterThan(150);
    expect(Object.keys(LABELS).toSorted()).toEqual([...new Set(columns)].toSorted());
  });

  it("holds a row of each of these tables, with the decisions and why they were made", async () => {
    const { database, account } = await openPerson();
    const found = await exportPerson(database, account, BY_ID, PERSON, keyring);
    expect(Object.keys(found.tables).toSorted()).toEqual(EXPORTED.toSorted());
    expect(found.decisions).toMatchObject([{ what: "person_suppressed", why: "she has called" }]);
    const shown = Object.entries(found.tables).map(([table, [row]]) => [table, Object.keys(row ?? {}).toSorted()]);
    expect(Object.fromEntries(shown)).toEqual(
      Object.fromEntries(EXPORTED.map((table) => [table, columnsIn(table).toSorted()])),
    );
  });

  it("says in words what the columns, codes, ids, times and days mean, in both languages", async () => {
    const { database, account, readerOf } = await openPerson();
    const reason = "It is import 7 already. The API says that it is there already (HTTP 409), without its id.";
    await database.importEvent.updateMany({ where: { reasonCode: "accepted_without_id" }, data: { reason } });
    const found = await exportPerson(database, account, BY_ID, PERSON, keyring);
    const values = (language: Language) =>
      [...personDocument(found, readerOf(language)).matchAll(/<dd>([^<]*)<\/dd>/g)].map(([, value]) => value ?? "");
    const [french, english] = [values("fr"), values("en")];
    const words = [
      "Boulanger (nuit) (7)",
      "Entretien",
      "Questionnaire",
      "par l'identifiant dans Kelio ATS",
      "bloqué",
      "31 décembre 2026",
      "C'est déjà l'import 7. L'API indique qu'il existe déjà (HTTP 409), sans donner son identifiant.",
    ];
    expect(french.map((one) => one.replaceAll("&#39;", "'"))).toEqual(expect.arrayContaining(words));
    expect(french).toContain("4 février 2026 à 00:00");
    expect(english).toEqual(
      expect.arrayContaining([
        "Interview",
        "Needs a review",
        "Accepted without an id",
        "suppressed",
        "December 31, 2026",
      ]),
    );
    // Codes of ours are in lower case with underscores; the names of columns would be, too.
    expect([...french, ...english].filter((one) => /^[a-z]+(_[a-z]+)+$/.test(one))).toEqual([]);
    expect(personData(found, readerOf("fr"))).toMatchObject({
      tables: { application_fact: [{ category: "interview" }] },
      words: { values: { category: { interview: "Entretien" }, campaign_id: { 7: "Boulanger (nuit) (7)" } } },
    });
  });

  it("tells of a suppression by the e-mail alone, in another spelling, if the key is there", async () => {
    const { database, account } = await openWorld();
    const email = "Noé@exa\u{2010}mple.org";
    await inTransaction(database, (tx) =>
      suppress(tx, account, { emails: [email], applicantIds: [] }, keyring.current(), {
        what: "suppressed",
        ticket: null,
      }),
    );
    const named = { by: "email", email: "NOE\u0301@exa\u{2010}mple.org" } as const;
    const found = await exportPerson(database, account, named, PERSON, keyring);
    expect(found.tables).toMatchObject({ suppression: [{ kind: "email" }], erasure: [{ what: "suppressed" }] });
    await expect(exportPerson(database, account, named, PERSON, keyringOf(null))).rejects.toMatchObject({
      code: "person_unknown",
    });
  });

  it("names in words what objects of the API hold, and by its own name what nobody knows", async () => {
    const { database, account, readerOf } = await openPerson();
    await database.suppression.deleteMany();
    const comments = [{ text: "called", author: { name: "Paul" }, their_own: 1 }];
    await database.application.updateMany({ data: { comments } });
    const found = await exportPerson(database, account, BY_ID, PERSON, keyring);
    const page = personDocument(found, readerOf("fr"));
    const names = [...page.matchAll(/<dt>([^<]*)<\/dt>/g)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(["texte", "auteur", "nom", "their_own"]));
  });

  it("shows as text what somebody wrote", async () => {
    const { database, account, readerOf } = await openPerson();
    const bad = `<script>alert(1)</script>"'&`;
    await database.suppression.deleteMany();
    await database.applicant.updateMany({ data: { first_name: bad, raw: { [bad]: [{ [bad]: bad }] } } });
    const found = await exportPerson(database, account, BY_ID, PERSON, keyring);
    for (const language of ["en", "fr"] as const) {
      const page = personDocument(found, readerOf(language));
      expect(page).not.toContain("<script");
      expect(page.split("&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;").length).toBeGreaterThan(4);
    }
  });
});
