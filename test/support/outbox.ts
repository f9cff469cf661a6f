import { loadConfig } from "../../src/config/config.ts";
import { outboxOptionsOf, type DecisionStore, type OutboxContext } from "../../src/outbox/context.ts";
import { inTransaction } from "../../src/database/client.ts";
import { reasonCodeOf } from "../../src/outbox/import/reasons.ts";
import { lockImport, moveStep, stepOf } from "../../src/outbox/import/row.ts";
import type { StepState } from "../../src/outbox/import/states.ts";
import { createWatermark } from "../../src/outbox/restore/watermark.ts";
import { PERSON } from "./decider.ts";
import { claimFreshMirror } from "./fresh-mirror.ts";
import { importPeople, type Person } from "./imports.ts";
import { silent } from "./silent.ts";
import { openWorld, type World } from "./world.ts";

type Stores = Pick<World, "database" | "env">;

/** What the outbox of a world needs in this process, without an API and a queue: enough for what only decides and writes. */
export function outboxDepsOf(
  { database, env }: Stores,
  more: Partial<OutboxContext> = {},
): OutboxContext & DecisionStore {
  const none = () => Promise.reject(new Error("The test expects no request."));
  return {
    ...outboxOptionsOf(loadConfig(env, { keys: true })),
    database,
    by: PERSON,
    watermark: createWatermark({
      database,
      account: env["KELIO_ACCOUNT"] ?? "",
      marks: [],
      directoryId: null,
      logger: silent,
    }),
    api: { createApplicant: none, createApplication: none, list: none, show: none },
    logger: silent,
    refreshCampaigns: async () => {},
    enqueue: async () => {},
    ...more,
  };
}

/** Moves the present step of an import along a way that the states allow. */
export async function lead(
  { database }: Pick<World, "database">,
  id: bigint,
  way: readonly StepState[],
): Promise<void> {
  for (const to of way) {
    await inTransaction(database, async (tx) => {
      const found = await tx.applicantImport.findUniqueOrThrow({ where: { id } });
      const row = (await lockImport(tx, found.account, id)) ?? found;
      const sentAs =
        to === "sent" ? { id: stepOf(row).step === "applicant" ? (row.applicantId ?? 500n + id) : 700n + id } : {};
      await moveStep(tx, row, { to, ...sentAs, reasonCode: reasonCodeOf(row.reasonCode), reason: row.reason });
    });
  }
}

/** The states of all imports in the order in which they came, with the codes of their reasons. */
export async function statesOf({ database, account }: Pick<World, "database" | "account">): Promise<readonly string[]> {
  const rows = await database.applicantImport.findMany({ where: { account }, orderBy: { id: "asc" } });
  return rows.map(({ state, reasonCode }) => (reasonCode === null ? state : `${state} (${reasonCode})`));
}

/** A world whose outbox holds people. */
export async function worldWith(people: readonly Person[], env: Readonly<Record<string, string>> = {}) {
  const world = await openWorld({ env });
  await claimFreshMirror(world.database, world.account);
  const added = await importPeople(world, people);
  return {
    world,
    ids: added.map(({ id }) => id),
    deps: { database: world.database, account: world.account, by: PERSON },
  };
}

/** Persons who are not known anywhere. */
export const people = (count: number, more: Person = {}): readonly Person[] =>
  Array.from({ length: count }, (_, n) => ({ email: `person.${n}@example.org`, ...more }));

/** An import of a jobboard's whose application is at the end of `way`. */
export async function applicationAt(way: readonly StepState[]) {
  const world = await openWorld({ kind: "jobboard" });
  const [one] = await importPeople(world, [{ email: "lea@example.org", company_id: 42, campaign_id: 7 }]);
  await lead(world, one?.id ?? 0n, ["sent", ...way]);
  return { world, id: one?.id ?? 0n, deps: { database: world.database, account: world.account, by: PERSON } };
}
