import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { addImports } from "../../src/outbox/intake/add.ts";
import { admitDrafts } from "../../src/outbox/intake/sql/drafts.ts";
import { checkImport } from "../../src/outbox/import/check.ts";
import { resolveImport, retryImport } from "../../src/outbox/operations/review.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { PERSON } from "../support/decider.ts";
import type { Person } from "../support/imports.ts";
import { lead, outboxDepsOf, statesOf } from "../support/outbox.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";

const CV = { type: "pdf", bytes: new TextEncoder().encode("%PDF-1.7 first"), sha256: "first" };

/** What becomes of each of some people, added as an intake adds them. */
async function add(world: World, people: readonly Person[], resume: typeof CV | null = null) {
  const options = outboxOptionsOf(loadConfig(world.env, { keys: true }));
  const rows = people.map((person) => {
    const checked = checkImport(person, options);
    if (!checked.ok) throw new Error("A person of the test is not valid.");
    return { input: checked.input, resume };
  });
  return addImports(world.database, options, { intake: "http", bulk: false }, rows);
}

const jobboard = (more: WorldOptions = {}) => openWorld({ kind: "jobboard", ...more });
const first = (world: World) => world.database.applicantImport.findFirstOrThrow({ orderBy: { id: "asc" } });
const retry = (world: World, id: bigint) =>
  retryImport({ database: world.database, account: world.account, by: PERSON, enqueue: async () => {} }, id);

describe("a key", () => {
  it("that is submitted for a second person is refused, so that nobody is lost silently", async () => {
    const world = await openWorld();
    const [lea, max, again] = await add(world, [
      { key: "offer-12", email: "lea@example.org" },
      { key: "offer-12", email: "max@example.org" },
      { key: "offer-12", email: "LEA@example.org" },
    ]);
    expect(lea).toMatchObject({ outcome: "queued" });
    expect(max).toMatchObject({ fault: { field: "key", reason: { en: expect.stringMatching(/another person/) } } });
    expect(again).toMatchObject({ outcome: "known" });
    expect(await add(world, [{ key: "offer-12", email: "max@example.org" }])).toMatchObject([
      { fault: { field: "key" } },
    ]);
  });

  it("that is submitted for a second campaign is refused", async () => {
    const world = await jobboard();
    const lea = { key: "lea", email: "lea@example.org", company_id: 42 };
    const [one, other] = await add(world, [
      { ...lea, campaign_id: 7 },
      { ...lea, campaign_id: 8 },
    ]);
    expect(one).toMatchObject({ outcome: "queued" });
    expect(other).toMatchObject({ fault: { field: "key" } });
  });
});

describe("an import that was rejected", () => {
  it("accepts another campaign and company, as long as the applicant is not there", async () => {
    const world = await jobboard();
    const lea = { key: "lea", email: "lea@example.org" };
    await add(world, [{ ...lea, company_id: 42, campaign_id: 7 }]);
    const { id } = await first(world);
    await resolveImport({ database: world.database, account: world.account, by: PERSON }, id, { is: "drop" });
    expect(await add(world, [{ ...lea, company_id: 43, campaign_id: 8 }])).toMatchObject([{ outcome: "resubmitted" }]);
    expect(await first(world)).toMatchObject({ companyId: 43n, campaignId: 8n, applicationState: "waiting" });
    await lead(world, id, ["rejected"]);
    expect(await add(world, [{ ...lea, company_id: 43 }])).toMatchObject([{ outcome: "resubmitted" }]);
    expect(await first(world)).toMatchObject({ campaignId: null, applicationState: null });
  });

  it("accepts another campaign for an applicant who is there, and no other company", async () => {
    const world = await jobboard();
    const lea = { key: "lea", email: "lea@example.org" };
    await add(world, [{ ...lea, company_id: 42, campaign_id: 7 }]);
    const { id } = await first(world);
    await lead(world, id, ["sent", "rejected"]);
    expect(await add(world, [{ ...lea, company_id: 43, campaign_id: 8 }])).toMatchObject([{ fault: { field: "key" } }]);
    expect(await add(world, [{ ...lea, company_id: 42, campaign_id: 8 }])).toMatchObject([{ outcome: "resubmitted" }]);
    expect(await first(world)).toMatchObject({ applicantState: "sent", applicationState: "ready", campaignId: 8n });
  });

  it("accepts another resume alone", async () => {
    const world = await openWorld();
    const lea = [{ email: "lea@example.org" }];
    await add(world, lea, CV);
    const { id } = await first(world);
    await lead(world, id, ["rejected"]);
    expect(await add(world, lea, CV)).toMatchObject([{ outcome: "known" }]);
    expect(await add(world, lea, { ...CV, sha256: "second" })).toMatchObject([{ outcome: "resubmitted" }]);
    expect(await world.database.importResume.findUnique({ where: { importId: id } })).toMatchObject({
      sha256: "second",
    });
  });

  it("by our own check is checked again when it is retried", async () => {
    const world = await openWorld();
    const { account, database } = world;
    await database.$executeRaw`insert into public.import_inbox (account, email) values (${account}, 'no address')`;
    await admitDrafts(outboxDepsOf(world));
    expect(await statesOf(world)).toEqual(["rejected (invalid)"]);
    expect(await retry(world, (await first(world)).id)).toMatchObject({ isDone: true, state: "draft" });
    await admitDrafts(outboxDepsOf(world));
    expect(await statesOf(world)).toEqual(["rejected (invalid)"]);
  });

  it("before any check is checked when it is retried", async () => {
    const world = await openWorld();
    const { account, database } = world;
    await database.$executeRaw`insert into public.import_inbox (account, email) values (${account}, 'no address')`;
    const { id } = await first(world);
    await resolveImport({ database, account, by: PERSON }, id, { is: "drop" });
    expect(await retry(world, id)).toMatchObject({ isDone: true, state: "draft" });
  });

  it("by our own check does not keep its key: the next import with it is new, and counts for the approval of its source", async () => {
    const world = await openWorld({ env: { SOURCE_APPROVAL: "1" } });
    const { account, database } = world;
    await database.$executeRaw`
      insert into public.import_inbox (account, key, source, email) values (${account}, 'lea', 'crm', 'no address')`;
    await admitDrafts(outboxDepsOf(world));
    const [next] = await add(world, [{ key: "lea", source: "crm", email: "lea@example.org" }]);
    expect(next).toMatchObject({ outcome: "queued", state: "held", reasonCode: "source_approval" });
  });
});

describe("the company of a jobboard's import", () => {
  it("is refused if it is not that of the campaign", async () => {
    const world = await jobboard();
    const { account, database } = world;
    await database.campaign.create({ data: { account, id: 7n, company_id: 42n, raw: {}, hash: "none" } });
    const lea = { email: "lea@example.org", campaign_id: 7 };
    expect(await add(world, [{ ...lea, company_id: 43 }])).toMatchObject([
      { fault: { field: "campaign_id", reason: { en: "is offer 7 of company 42, not of company 43" } } },
    ]);
    await database.$executeRaw`
      insert into public.import_inbox (account, email, company_id, campaign_id) values (${account}, 'max@example.org', 43, 7)`;
    await admitDrafts(outboxDepsOf(world));
    expect(await statesOf(world)).toEqual(["rejected (invalid)"]);
    expect(await add(world, [lea])).toMatchObject([{ outcome: "queued" }]);
  });
});
