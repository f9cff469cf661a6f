import { describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { loadConfig } from "../../src/config/config.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { claimImport } from "../../src/outbox/delivery/claim.ts";
import { importPeople } from "../support/imports.ts";
import { openWorld, type World } from "../support/world.ts";

async function claim(world: World, id: bigint) {
  const options = outboxOptionsOf(loadConfig(world.env, { keys: true }));
  return inTransaction(world.database, (tx) => claimImport(tx, options, Number(id)));
}

const ended = (startedAt: Date) =>
  ({
    resource: "campaigns",
    kind: "full",
    trigger: "command",
    state: "proven",
    startedAt,
    finishedAt: startedAt,
  }) as const;

describe("an import for a campaign", () => {
  it("is tried before any campaign was read: only the API knows", async () => {
    const world = await openWorld({ kind: "jobboard" });
    const [added] = await importPeople(world, [{ email: "lea@example.org", company_id: 42, campaign_id: 7 }]);
    expect(await claim(world, added?.id ?? 0n)).toMatchObject({ is: "claimed", step: "applicant" });
  });

  it("waits for the campaigns to be read where the mirror knows none of that id, and is held if that shows none", async () => {
    const world = await openWorld({ kind: "jobboard" });
    const { database, account } = world;
    await database.syncRun.create({ data: { account, ...ended(new Date(Date.now() - 3_600_000)) } });
    const [added] = await importPeople(world, [{ email: "lea@example.org", company_id: 42, campaign_id: 7 }]);
    const id = added?.id ?? 0n;
    expect(await claim(world, id)).toEqual({ is: "skipped", stale: true });
    expect(await database.applicantImport.findUnique({ where: { id } })).toMatchObject({ state: "ready" });

    await database.syncRun.create({ data: { account, ...ended(new Date(Date.now() + 1_000)) } });
    expect(await claim(world, id)).toEqual({ is: "skipped" });
    expect(await database.applicantImport.findUnique({ where: { id } })).toMatchObject({
      state: "held",
      reasonCode: "campaign_not_online",
    });
  });

  it("is held where the mirror has come to know that it is of another company", async () => {
    const world = await openWorld({ kind: "jobboard" });
    const { database, account } = world;
    const [added] = await importPeople(world, [{ email: "lea@example.org", company_id: 42, campaign_id: 7 }]);
    await database.campaign.create({ data: { account, id: 7n, company_id: 43n, raw: {}, hash: "none" } });
    expect(await claim(world, added?.id ?? 0n)).toEqual({ is: "skipped" });
    expect(await database.applicantImport.findFirst()).toMatchObject({ state: "held", applicantState: "held" });
  });
});
