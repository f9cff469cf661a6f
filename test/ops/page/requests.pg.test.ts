import { expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { addCanary, CANARY, PERSON_IDS, remains } from "../../support/person.ts";
import { hiddenIn, openForms } from "./forms.ts";

const database = useDatabase();
const WHOM = { by: "applicant", value: String(PERSON_IDS.applicant) };

it("an operator looks a person up, downloads what is kept, and erases what was shown, never something else; each stands in the audit", async () => {
  const page = await openForms(database());
  await addCanary(database(), page.account);
  const before = await page.get("/ops/people", "viewer");
  expect(before).toMatchObject({ status: 200 });
  expect(before.text).not.toContain("<form");
  expect((await page.get("/ops/people", "operator", "fr")).text).toContain("Chercher par");

  const shown = await page.post("/ops/people/show", WHOM);
  expect(shown).toMatchObject({ status: 200, text: expect.stringMatching(/Applicants[^]*Imports[^]*CVs/) });
  expect(shown.text).not.toMatch(/>\s*(applicant_import|import_event|import_resume)/);
  const french = await page.post("/ops/people/show", WHOM, { "accept-language": "fr" });
  expect(french.text).toMatch(/Candidats[^]*Historique des imports[^]*candidat 17/);
  expect(shown.text).not.toContain(CANARY);
  const file = await page.post("/ops/people/export", WHOM);
  expect(file).toMatchObject({ status: 200, text: expect.stringContaining(CANARY) });

  const form = { ...hiddenIn(shown.text, "/ops/people/erase"), ticket: "DPO-7", why: "asked by letter" };
  expect(form).toMatchObject({ ...WHOM, applicant: "1", import_resume: "1" });
  expect(await page.post("/ops/people/erase", form)).toMatchObject({ status: 409 });
  const change = { account: page.account, resource: "applicant", rowId: PERSON_IDS.applicant, kind: "updated" };
  await database().change.create({ data: change });
  expect(await page.post("/ops/people/erase", { ...form, sure: "yes" })).toMatchObject({ status: 409 });
  expect(await remains(database())).not.toEqual([]);

  const again = await page.post("/ops/people/show", WHOM);
  const whole = { ...hiddenIn(again.text, "/ops/people/erase"), ticket: "DPO-7", why: "asked by letter", sure: "yes" };
  expect(await page.post("/ops/people/erase", whole)).toMatchObject({ status: 303, location: "/ops/people" });
  expect(await remains(database())).toEqual([]);
  expect((await page.audit()).map(({ what }) => what)).toEqual([
    "person_shown",
    "person_shown",
    "person_exported",
    "person_shown",
    "person_erased",
  ]);
  expect((await page.get("/ops/people")).text).toMatch(/\(17\)/);
  expect((await page.get("/ops/people", "viewer")).text).not.toMatch(/\(17\)/);
});

it("what names nobody is refused, and a person of whom nothing is kept is said to be none", async () => {
  const page = await openForms(database());
  expect(await page.post("/ops/people/show", { by: "email", value: "lea" })).toMatchObject({ status: 409 });
  expect(await page.post("/ops/people/show", { by: "applicant", value: "x" })).toMatchObject({ status: 409 });
  const nobody = await page.post("/ops/people/show", { by: "email", value: "nobody@example.org" });
  expect(nobody.text).toContain("Nothing is kept of this person.");
});
