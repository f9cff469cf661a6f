import { expect, it } from "vitest";
import { inTransaction, type Executor } from "../../src/database/client.ts";
import { sortItems } from "../../src/sync/reading/answer.ts";
import { lockAndReadFacts } from "../../src/sync/reading/page-rows.ts";
import { newWalker } from "../../src/sync/reading/walker.ts";
import { resources } from "../../src/sync/resources.ts";
import { loadRun } from "../../src/sync/runs/load-run.ts";
import { startRun } from "../../src/sync/runs/runs.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
const ACCOUNT = "default";

async function planOfFacts(): Promise<string> {
  const wanted = { account: ACCOUNT, resource: "applications", kind: "full", trigger: "schedule" } as const;
  const id = await startRun(database(), wanted, [newWalker(0, 1)]);
  const run = await loadRun(database(), id ?? 0);
  const [walker] = run?.walkers ?? [];
  if (run === null || walker === undefined) throw new Error("The run has no walker.");
  const context = { account: ACCOUNT, accountKind: "customer", latestErasure: async () => null } as const;
  const answer = sortItems(resources.applications, [{ id: 7, applicant: { id: 8 } }, { id: 9 }]);
  return inTransaction(database(), async (tx) => {
    await lockAndReadFacts(tx, context, run, walker, answer);
    await tx.$executeRaw`select set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)`;
    return explain(tx);
  });
}

async function explain(tx: Executor): Promise<string> {
  const [kept] = await tx.$queryRaw<{ name: string; count: number }[]>`
    select name, cardinality(parameter_types) as count from pg_prepared_statements where statement like '%"isDue"%'`;
  const values = Array.from({ length: kept?.count ?? 0 }, () => "null");
  const lines = await tx.$queryRawUnsafe<{ "QUERY PLAN": string }[]>(
    `explain (costs off) execute ${kept?.name}(${values.join(", ")})`,
  );
  return lines.map((line) => line["QUERY PLAN"]).join("\n");
}

it("A plan that is kept from tables of no or one row reads by their keys, and so serves those that grow", async () => {
  const empty = await planOfFacts();
  await database().$executeRaw`update public.sync_run set state = 'failed'`;
  await database().$executeRaw`insert into public.application (account, id, raw, hash) values ('default', 1, '{}', '')`;
  await database().$executeRaw`insert into public.applicant (account, id, raw, hash) values ('default', 1, '{}', '')`;
  await database().$executeRaw`vacuum analyze`;
  for (const plan of [empty, await planOfFacts()]) {
    expect(plan).not.toMatch(/Seq Scan/);
    for (const name of ["application", "applicant"]) {
      const key = new RegExp(
        `using ${name}_pkey on ${name}\\n\\s+Index Cond: \\(\\(account = \\$\\d+\\) AND \\(id >= `,
      );
      expect(plan).toMatch(key);
    }
    expect(plan).toMatch(/using sync_run_pkey on sync_run\n/);
    expect(plan).toMatch(/(?:on|using) sync_page_pkey(?: on sync_page)?\n\s+Index Cond: \(run_id = /);
    expect(plan).toMatch(/using suppression_applicant on suppression\n\s+Index Cond: .*applicant_id >= /);
  }
});
