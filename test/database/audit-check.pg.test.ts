import { expect, test } from "vitest";
import { checkAudit } from "../../src/database/audit-chain.ts";
import { WORKER, writeAudit } from "../../src/database/audit.ts";
import { readAuditFault } from "../../src/ops/state/steady.ts";
import { scrape, serveMetrics, valuesOf } from "../ops/metrics/support.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

async function decided(count: number) {
  const world = await openWorld();
  const { database, account } = world;
  for (let n = 0; n < count; n++) await writeAudit(database, { account, by: WORKER, what: "import_held" });
  const rows = await database.audit.findMany({ where: { account }, orderBy: { id: "asc" } });
  return { world, ids: rows.map(({ id }) => id) };
}

/** What only the owner of the database can do. */
const past = ({ database }: World, statement: string) =>
  database.$transaction([
    database.$executeRaw`set local session_replication_role = replica`,
    database.$executeRawUnsafe(statement),
  ]);

test("an audit that was tampered with is a condition from the first check that finds it to the first that finds it whole", async () => {
  const { world, ids } = await decided(3);
  const { database, account, run } = world;
  expect(await run(["audit", "verify"])).toMatchObject({ code: 0 });
  expect(await readAuditFault(database, account)).toBeNull();

  await past(world, `update public.audit set why = 'x' where id = ${ids[1]}`);
  expect(await run(["audit", "verify"])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`decision ${ids[1]}`),
  });
  const found = await readAuditFault(database, account);
  expect(found).toMatchObject({ decision: String(ids[1]) });
  await checkAudit(database, account, null);
  expect(await readAuditFault(database, account)).toEqual(found);
  const status = JSON.parse((await run(["status", "--json"])).stdout) as unknown;
  expect(status).toMatchObject({
    conditions: expect.arrayContaining([expect.objectContaining({ code: "audit_tampered", colour: "red" })]),
  });

  await past(world, `update public.audit set why = null where id = ${ids[1]}`);
  expect(await run(["audit", "verify"])).toMatchObject({ code: 0 });
  expect(await readAuditFault(database, account)).toBeNull();
});

test("decisions that were removed from the end with their links are found by what an earlier check had seen, also when others follow", async () => {
  const { world, ids } = await decided(3);
  const { database, account } = world;
  await checkAudit(database, account, null);
  await past(world, `delete from public.audit_chain where audit_id = ${ids[2]}`);
  expect(await checkAudit(database, account, null)).toMatchObject({
    fault: { is: "unlinked", decision: String(ids[2]) },
  });
  await past(world, `delete from public.audit where id = ${ids[2]}`);
  const cut = { fault: { is: "cut", decision: String(ids[2]) } };
  expect(await checkAudit(database, account, null)).toMatchObject(cut);
  await writeAudit(database, { account, by: WORKER, what: "import_held" });
  expect(await checkAudit(database, account, null)).toMatchObject(cut);
});

test("a worker tells of it by the metric of the condition", async () => {
  const { world, ids } = await decided(2);
  await past(world, `delete from public.audit where id = ${ids[0]}`);
  await checkAudit(world.database, world.account, null);
  const url = await serveMetrics(world);
  const seen = await waitFor("the metric of the condition", async () => {
    const conditions = valuesOf(await scrape(url), "conditions");
    return 'code="audit_tampered"' in conditions ? conditions : null;
  });
  expect(seen).toMatchObject({ 'code="audit_tampered"': 1, 'code="kill_switch"': 0 });
});
