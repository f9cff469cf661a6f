import { describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { endRun, startRun } from "../../src/sync/runs/runs.ts";
import { useDatabase } from "../support/database.ts";
import { waitFor } from "../support/wait-for.ts";

const database = useDatabase();
const wanted = { account: "default", resource: "campaigns", kind: "full", trigger: "command" } as const;

describe("starting a run", () => {
  it("starts a new one if the running one ends at that moment", async () => {
    const ending = (await startRun(database(), wanted, [])) ?? 0;
    const [started] = await inTransaction(database(), async (tx) => {
      await endRun(tx, ending, "unproven", null);
      const starting = startRun(database(), wanted, []);
      await waitFor("the new run waits for the end of the other", async () => {
        const waiting = await database().$queryRaw<unknown[]>`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return waiting.length > 0;
      });
      return [starting];
    });
    const next = await started;
    expect(next).not.toBe(ending);
    expect(await database().syncRun.findMany({ where: { state: "running" } })).toMatchObject([{ id: next }]);
  });
});
