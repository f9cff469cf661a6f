import { describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { claimImport } from "../../src/outbox/delivery/claim.ts";
import { releaseImport, releaseSource } from "../../src/outbox/operations/hold.ts";
import { retryImport } from "../../src/outbox/operations/review.ts";
import { PERSON } from "../support/decider.ts";
import { importPeople, type Person } from "../support/imports.ts";
import { lead, outboxDepsOf, statesOf } from "../support/outbox.ts";
import { openWorld, type World } from "../support/world.ts";

const UNPROVEN = { is_legals_accepted_by_manager: true };
const LEA: Person = { email: "lea@example.org", company_id: 42, campaign_id: 7, key: "lea" };

/** A jobboard whose mirror has read its campaigns since, and shows none of them online. */
async function open(person: Person) {
  const world = await openWorld({ kind: "jobboard" });
  const [one] = await importPeople(world, [person]);
  await campaignsRead(world);
  const { account, database } = world;
  return { world, id: one?.id ?? 0n, deps: { database, account, by: PERSON } };
}

async function campaignsRead({ database, account }: World): Promise<void> {
  const startedAt = new Date(Date.now() + 60_000);
  const run = { resource: "campaigns", kind: "full", trigger: "command", state: "proven" } as const;
  await database.syncRun.create({ data: { account, ...run, startedAt, finishedAt: startedAt } });
}

const claim = (world: World, id: bigint) =>
  inTransaction(world.database, (tx) => claimImport(tx, outboxDepsOf(world), Number(id)));

const waived = async ({ database }: World, id: bigint) =>
  (await database.applicantImport.findUniqueOrThrow({ where: { id } })).waived;

/** The API rejects it, and its caller imports it again with something else. */
async function submitAgain(world: World, id: bigint, person: Person): Promise<void> {
  await lead(world, id, ["sending", "rejected"]);
  await importPeople(world, [person]);
}

describe("a person's release of an import", () => {
  it("covers one reason: held for two in turn, it asks for two decisions", async () => {
    const { world, id, deps } = await open({ ...LEA, ...UNPROVEN });
    expect(await statesOf(world)).toEqual(["held (consent_evidence)"]);
    const first = await releaseImport(deps, id);
    expect(first.message).toMatch(/without the agreement/);
    expect(await claim(world, id)).toMatchObject({ is: "skipped" });
    expect(await statesOf(world)).toEqual(["held (campaign_not_online)"]);
    const second = await releaseImport(deps, id);
    expect(second.message).toMatch(/campaign 7 is not online/);
    expect(await waived(world, id)).toEqual(["consent_evidence:7", "campaign_not_online:7"]);
    expect(await claim(world, id)).toMatchObject({ is: "claimed", step: "applicant" });
  });

  it("covers one reason where its whole source is released, too", async () => {
    const { world, id, deps } = await open({ ...LEA, ...UNPROVEN, source: "careers" });
    expect(await releaseSource(deps, "careers")).toEqual({ released: 1, withoutEvidence: 1 });
    await claim(world, id);
    expect(await statesOf(world)).toEqual(["held (campaign_not_online)"]);
    expect(await releaseSource(deps, "careers")).toEqual({ released: 1, withoutEvidence: 0 });
    expect(await claim(world, id)).toMatchObject({ is: "claimed" });
  });

  it("of one that a person held covers no check", async () => {
    const { world, id, deps } = await open(LEA);
    await world.database.applicantImport.update({
      where: { id },
      data: { applicantState: "held", reasonCode: "by_hand" },
    });
    await releaseImport(deps, id);
    await claim(world, id);
    expect(await statesOf(world)).toEqual(["held (campaign_not_online)"]);
  });

  it("covers one campaign: submitted again for another, the import is asked about again", async () => {
    const { world, id, deps } = await open({ ...LEA, key: undefined });
    await claim(world, id);
    await releaseImport(deps, id);
    await world.database.applicantImport.update({ where: { id }, data: { campaignId: 8n } });
    expect(await waived(world, id)).toEqual([]);
    await claim(world, id);
    expect(await statesOf(world)).toEqual(["held (campaign_not_online)"]);
    await world.database.applicantImport.update({ where: { id }, data: { campaignId: 7n } });
    await releaseImport(deps, id);
    expect(await waived(world, id)).toEqual(["campaign_not_online:7"]);
  });

  it("still counts once the same import for the same campaign is submitted again with another name", async () => {
    const { world, id, deps } = await open(LEA);
    await claim(world, id);
    await releaseImport(deps, id);
    await submitAgain(world, id, { ...LEA, first_name: "Léa" });
    expect(await statesOf(world)).toEqual(["ready (resubmitted)"]);
    expect(await claim(world, id)).toMatchObject({ is: "claimed" });
  });

  it("from missing evidence counts no more once other things are said of the agreement", async () => {
    const { world, id, deps } = await open({ ...LEA, ...UNPROVEN });
    await releaseImport(deps, id);
    await submitAgain(world, id, { ...LEA, ...UNPROVEN, consent_how: "by phone" });
    expect(await statesOf(world)).toEqual(["held (consent_evidence)"]);
  });

  it("still counts when the import is tried again as it is", async () => {
    const { world, id, deps } = await open({ ...LEA, ...UNPROVEN });
    await releaseImport(deps, id);
    await lead(world, id, ["sending", "rejected"]);
    await retryImport({ ...deps, enqueue: async () => {} }, id);
    expect(await statesOf(world)).toEqual(["ready (retried)"]);
  });
});

describe("what no check may forget of an import", () => {
  it("stands in its row: the history can be erased", async () => {
    const { world, id, deps } = await open(LEA);
    await claim(world, id);
    await releaseImport(deps, id);
    await world.database.importEvent.deleteMany({});
    expect(await claim(world, id)).toMatchObject({ is: "claimed" });
    const row = await world.database.applicantImport.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ admitted: true, droppedUnknown: false });
  });
});
