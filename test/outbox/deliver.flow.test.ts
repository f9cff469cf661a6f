import { expect, it } from "vitest";
import { importPeople } from "../support/imports.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

describeOnBackends("a worker", ({ redisUrl }) => {
  it("creates the applicants that a customer's outbox holds, each once", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    await importPeople(world, [
      { email: "Lea.Martin@example.org", first_name: "Léa", phone: "+33 6 42 42 42 42" },
      { email: "noe.petit@example.org" },
    ]);
    await world.workerHere();
    await waitFor(
      "both done",
      async () => (await world.database.applicantImport.count({ where: { state: "done" } })) === 2,
    );
    const effects = world.sandbox.effects.map(({ kind, outcome, email }) => `${kind} ${outcome}: ${email}`);
    // They may overtake one another.
    expect(effects.toSorted()).toEqual([
      "applicant created: lea.martin@example.org",
      "applicant created: noe.petit@example.org",
    ]);
    expect(world.sandbox.mails).toHaveLength(2);
  });

  it("creates an applicant and then the application to a jobboard's campaign", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), kind: "jobboard" });
    const campaign = world.sandbox.data.campaigns.all().find(({ status }) => status === "online");
    await importPeople(world, [
      { email: "lea.martin@example.org", company_id: campaign?.company_id, campaign_id: campaign?.id },
    ]);
    await world.workerHere();
    const row = await waitFor("it is done", () =>
      world.database.applicantImport.findFirst({ where: { state: "done" } }),
    );
    expect(world.sandbox.effects.map(({ kind, outcome, id }) => ({ kind, outcome, id: BigInt(id) }))).toEqual([
      { kind: "applicant", outcome: "created", id: row.applicantId },
      { kind: "application", outcome: "created", id: row.applicationId },
    ]);
  });
});
