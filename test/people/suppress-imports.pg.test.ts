import { expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { rejectImports } from "../../src/outbox/operations/close.ts";
import { suppressPerson } from "../../src/people/suppression/decide.ts";
import { useDatabase } from "../support/database.ts";
import { PERSON } from "../support/decider.ts";
import { importPeople } from "../support/imports.ts";
import { keyringOf, PRIVACY_KEY } from "../support/keyring.ts";
import { openOutpost } from "../support/outpost.ts";
import { openWorld } from "../support/world.ts";

const database = useDatabase();
const EMAIL = "canary-41ce@example.org";

it("whoever is suppressed while an import of them is being sent is sent nothing further, and that import is named", async () => {
  let whileSending = async (): Promise<void> => {};
  const outpost = await openOutpost({
    database: database(),
    kind: "jobboard",
    between: ({ api }) => ({
      ...api,
      createApplicant: async (...request) => {
        await whileSending();
        return api.createApplicant(...request);
      },
    }),
  });
  const { account, sandbox } = outpost;
  const online = sandbox.data.campaigns.all().filter(({ status }) => status === "online");
  const imports = await importPeople(
    outpost,
    online.slice(0, 2).map((one) => ({ email: EMAIL, company_id: one.company_id, campaign_id: one.id })),
  );
  const reported: (readonly bigint[])[] = [];
  whileSending = async () => {
    const how = { ticket: null, by: PERSON, rejectImports };
    const key = keyringOf(PRIVACY_KEY).current();
    const named = { by: "email", email: EMAIL } as const;
    const { inFlight } = await inTransaction(database(), (tx) => suppressPerson(tx, account, named, key, how));
    reported.push(inFlight);
  };
  await outpost.settle();

  expect(reported).toHaveLength(1);
  expect(reported[0]).toHaveLength(1);
  expect(imports.map(({ id }) => String(id))).toContain(String(reported[0]?.[0]));
  expect(sandbox.effects.map(({ kind }) => kind)).toEqual(["applicant"]);
  const rows = await database().applicantImport.findMany({ where: { account }, orderBy: { id: "asc" } });
  expect(rows.map(({ email, state, reasonCode }) => [email, state, reasonCode])).toEqual([
    [null, "rejected", "suppressed"],
    [null, "rejected", "suppressed"],
  ]);
});

it("the command rejects and empties imports that wait, and names those whose outcome is open", async () => {
  const world = await openWorld({ env: { PRIVACY_KEY } });
  const [ready, held] = await importPeople(world, [
    { email: EMAIL, key: "a" },
    { email: EMAIL, key: "b" },
  ]);
  const { account } = world;
  await world.database.$transaction([
    world.database.$executeRaw`set local session_replication_role = replica`,
    world.database.$executeRaw`
      update public.applicant_import set applicant_state = 'needs_review' where account = ${account} and id = ${held?.id}`,
  ]);
  const done = await world.run(["people", "suppress", "--import", String(ready?.id), "--json"]);
  expect(done).toMatchObject({ code: 0 });
  expect(JSON.parse(done.stdout)).toMatchObject({
    imports: [ready, held].map((one) => String(one?.id)),
    inFlight: [String(held?.id)],
  });
  const rows = await world.database.applicantImport.findMany({ orderBy: { id: "asc" } });
  expect(rows.map(({ email, state }) => [email, state])).toEqual([
    [null, "rejected"],
    [EMAIL, "needs_review"],
  ]);
  const again = await world.run(["people", "suppress", "--import", String(held?.id)]);
  expect(again.stdout).toContain(`import ${held?.id}. Nothing further is sent for it`);
});
