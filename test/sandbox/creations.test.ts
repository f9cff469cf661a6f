import { describe, expect, test } from "vitest";

import { VARIANTS } from "../../src/sandbox/variants.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { callerOf, customer, idsOf, jobboard, keyOf, objectOf, openSandbox, type Reply } from "./support.ts";

const EMAIL = "nina.inventee@example.org";
const person = (more: object = {}) => ({ company_id: 42, applicant: { email: EMAIL, first_name: "Nina", ...more } });
const register = (sandbox: Sandbox, more: object = {}) => jobboard(sandbox).post("/jobboards/applicants", person(more));
const idOf = (reply: Reply) => Number(objectOf(reply.json)["id"]);
/** The always-open campaign of the generated data. */
const OPEN_CAMPAIGN = 1_001;

describe("an applicant", () => {
  test("is created with what was submitted, null elsewhere, and shown to the customer", async () => {
    const sandbox = await openSandbox();
    const reply = await register(sandbox, { is_campaign_alert_active: true });
    expect(reply.status).toBe(201);
    const shown = await customer(sandbox).get(`/applicants/${encodeURIComponent(EMAIL)}`);
    expect(shown.json).toMatchObject({
      id: idOf(reply),
      email: EMAIL,
      first_name: "Nina",
      last_name: null,
      is_campaign_alert_active: true,
      is_partner_newsletter_active: false,
    });
  });

  test("is e-mailed the terms unless their agreement is flagged", async () => {
    const sandbox = await openSandbox();
    await register(sandbox, { email: "flagged@example.org", is_legals_accepted_by_manager: true });
    expect(sandbox.mails).toEqual([]);
    const id = idOf(await register(sandbox));
    expect(sandbox.mails).toMatchObject([{ to: EMAIL, kind: "terms", applicant_id: id, company_id: 42 }]);
  });

  test("can be created by a customer for its own company", async () => {
    const sandbox = await openSandbox();
    const reply = await customer(sandbox).post("/applicants", { applicant: { email: EMAIL } });
    expect(sandbox.data.applicants.get(idOf(reply))).toMatchObject({ email: EMAIL, company_id: 42 });
  });

  test("of another company is hidden from the customer", async () => {
    const sandbox = await openSandbox();
    const reply = await jobboard(sandbox).post("/jobboards/applicants", { ...person(), company_id: 43 });
    expect(reply.status).toBe(201);
    expect((await customer(sandbox).get(`/applicants/${idOf(reply)}`)).status).toBe(404);
    expect(idsOf(await customer(sandbox).get("/applicants"))).not.toContain(idOf(reply));
  });

  test("without a valid e-mail, company or résumé is refused with 422 and leaves nothing", async () => {
    const sandbox = await openSandbox();
    const { post } = jobboard(sandbox);
    const bad = [
      {},
      { company_id: 42, applicant: { email: "no address" } },
      { company_id: 999, applicant: { email: EMAIL } },
      person({ resume: { base64: "data:application/pdf;base64,JVBERi0=", mime_type: "pdf" } }),
      person({ locale: "de" }),
    ];
    const replies = await Promise.all(bad.map((body) => post("/jobboards/applicants", body)));
    expect(replies.map((reply) => reply.status)).toEqual(bad.map(() => 422));
    expect([sandbox.effects, sandbox.mails]).toEqual([[], []]);
  });

  test("may have a résumé, of which only size and type are kept", async () => {
    const sandbox = await openSandbox();
    await register(sandbox, { resume: { base64: "JVBERi0=", mime_type: "pdf" } });
    expect(sandbox.effects).toMatchObject([{ email: EMAIL, resume: { bytes: 5, mime_type: "pdf" } }]);
  });

  test.each(VARIANTS.duplicateApplicant)("registered twice is %s", async (duplicateApplicant) => {
    const expected: Record<typeof duplicateApplicant, { status: number; outcomes: string[]; mails: number }> = {
      "refused-422": { status: 422, outcomes: ["created"], mails: 1 },
      "refused-409": { status: 409, outcomes: ["created"], mails: 1 },
      "refused-409-with-id": { status: 409, outcomes: ["created"], mails: 1 },
      merged: { status: 201, outcomes: ["created", "merged"], mails: 2 },
      overwritten: { status: 201, outcomes: ["created", "overwritten"], mails: 2 },
      doubled: { status: 201, outcomes: ["created", "doubled"], mails: 2 },
    };
    const sandbox = await openSandbox({ variants: { duplicateApplicant } });
    const first = idOf(await register(sandbox));
    const second = await register(sandbox, { email: EMAIL.toUpperCase(), first_name: "Nino" });
    const { status, outcomes, mails } = expected[duplicateApplicant];
    expect(second.status).toBe(status);
    expect(sandbox.effects.map((effect) => effect.outcome)).toEqual(outcomes);
    expect(sandbox.mails).toHaveLength(mails);
    expect(sandbox.data.applicantsByEmail(EMAIL)).toHaveLength(duplicateApplicant === "doubled" ? 2 : 1);
    expect(sandbox.data.applicants.get(first)?.first_name).toBe(duplicateApplicant === "overwritten" ? "Nino" : "Nina");
    expect(second.text.includes("already been taken")).toBe(duplicateApplicant.startsWith("refused"));
    const namesFirst = ["merged", "overwritten", "refused-409-with-id"].includes(duplicateApplicant);
    expect(objectOf(second.json)["id"] === first).toBe(namesFirst);
  });
});

describe("the answer to a creation", () => {
  test.each(VARIANTS.creationAnswer)("has the form %s", async (creationAnswer) => {
    const sandbox = await openSandbox({ variants: { creationAnswer, creationStatus: 200 } });
    const reply = await register(sandbox);
    const id = sandbox.effects[0]?.id;
    expect(reply.status).toBe(200);
    const bodies: Record<typeof creationAnswer, unknown> = {
      object: { id, email: EMAIL },
      id: { id },
      named: { applicant: { id } },
      data: { data: { id } },
      "data-named": { data: { applicant: { id } } },
      silent: { message: "Created" },
      empty: undefined,
    };
    expect({ body: reply.json }).toMatchObject({ body: bodies[creationAnswer] });
  });
});

describe("an application", () => {
  const apply = (sandbox: Sandbox, applicant: number, campaign = OPEN_CAMPAIGN) =>
    jobboard(sandbox).post("/jobboards/applications", {
      company_id: 42,
      campaign_id: campaign,
      applicant_id: applicant,
    });

  test("is created, is first in the list, and e-mails no person in the default variant", async () => {
    const sandbox = await openSandbox();
    const applicant = idOf(await register(sandbox, { is_legals_accepted_by_manager: true }));
    const reply = await apply(sandbox, applicant);
    expect(reply.status).toBe(201);
    expect(idsOf(await jobboard(sandbox).get("/jobboards/applications"))[0]).toBe(idOf(reply));
    expect(sandbox.effects.at(-1)).toMatchObject({ kind: "application", email: EMAIL, campaign_id: OPEN_CAMPAIGN });
    expect(sandbox.mails).toEqual([]);
  });

  test("is seen by the jobboard that created it and the company, not by another jobboard", async () => {
    const other = { ...keyOf(await openSandbox(), "jobboard"), privateKey: "another-jobboard" };
    const own = await openSandbox();
    const sandbox = await openSandbox({ keys: [...own.keys, other] });
    const id = idOf(await apply(sandbox, idOf(await register(sandbox))));
    expect(idsOf(await customer(sandbox).get("/applications"))[0]).toBe(id);
    const theirs = idsOf(await callerOf(sandbox, other).get("/jobboards/applications"));
    expect(theirs).toHaveLength(50);
    expect(theirs).not.toContain(id);
  });

  test("to a campaign that is not broadcast, or of an unknown applicant, is refused with 422", async () => {
    const sandbox = await openSandbox();
    const applicant = idOf(await register(sandbox));
    sandbox.data.campaigns.edit(OPEN_CAMPAIGN, { status: "archived" });
    expect((await apply(sandbox, applicant)).status).toBe(422);
    sandbox.data.campaigns.edit(OPEN_CAMPAIGN, { status: "online" });
    expect((await apply(sandbox, 1)).status).toBe(422);
    expect(sandbox.effects).toHaveLength(1);
  });

  test("stays incomplete if the campaign asks for a survey", async () => {
    const sandbox = await openSandbox();
    sandbox.data.campaigns.edit(OPEN_CAMPAIGN, { stages: ["abstract", "survey", "resume"] });
    const reply = await apply(sandbox, idOf(await register(sandbox)));
    expect(objectOf(reply.json)["current_stage"]).toBe("survey");
  });

  test("e-mails its applicant if the variants say so", async () => {
    const sandbox = await openSandbox({ variants: { applicationMail: "applicant" } });
    await apply(sandbox, idOf(await register(sandbox)));
    expect(sandbox.mails.map((mail) => mail.kind)).toEqual(["terms", "application"]);
  });

  test.each(VARIANTS.duplicateApplication)("made twice is %s", async (duplicateApplication) => {
    const sandbox = await openSandbox({ variants: { duplicateApplication } });
    const applicant = idOf(await register(sandbox));
    const first = idOf(await apply(sandbox, applicant));
    const second = await apply(sandbox, applicant);
    const isRefused = duplicateApplication.startsWith("refused");
    expect(second.status === 201).toBe(!isRefused);
    expect(sandbox.data.applicationsOf(applicant)).toHaveLength(duplicateApplication === "doubled" ? 2 : 1);
    const namesFirst = ["merged", "refused-409-with-id"].includes(duplicateApplication);
    expect(objectOf(second.json)["id"] === first).toBe(namesFirst);
  });
});
