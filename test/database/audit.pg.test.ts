import { expect, test } from "vitest";
import { LONGEST_WHY, writeAudit, type Decider } from "../../src/database/audit.ts";
import { inTransaction } from "../../src/database/client.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();

const PERSON: Decider = { source: "command", role: "operator", name: "amelie", why: null };

function decide(by: Partial<Decider> = {}) {
  const decision = { account: "a", by: { ...PERSON, ...by }, what: "import_held", subjects: [17n, 18n] } as const;
  return inTransaction(database(), (tx) => writeAudit(tx, { ...decision, facts: { moved: 2 } }));
}

const rows = () => database().audit.findMany({ orderBy: { id: "asc" } });

test("a decision is a row of who, from where, what, about what and why", async () => {
  await decide({ why: "  wrong offers  " });
  expect(await rows()).toMatchObject([
    {
      account: "a",
      source: "command",
      role: "operator",
      name: "amelie",
      what: "import_held",
      subjects: ["17", "18"],
      why: "wrong offers",
      facts: { moved: 2 },
    },
  ]);
});

test("the reason of a decision is bounded, and holds no e-mail address, password or text that Postgres refuses", async () => {
  await decide({ why: "ask lea.martin@example.org, postgres://app:hunter2@db/x" });
  await decide({ why: `\0${"🙂".repeat(LONGEST_WHY + 1)}\ud83d` });
  await decide({ why: " \n " });
  const whys = (await rows()).slice(-3).map(({ why }) => why);
  expect(whys).toEqual(["ask ***, postgres://app:***@db/x", "🙂".repeat(LONGEST_WHY), null]);
});

test("the rows of the audit are neither changed nor deleted, whoever tries", async () => {
  const before = await rows();
  for (const statement of [
    "update public.audit set why = 'another'",
    "delete from public.audit",
    "truncate public.audit",
  ]) {
    await expect(database().$executeRawUnsafe(statement)).rejects.toThrow(/append-only/);
  }
  expect(await rows()).toEqual(before);
});

test("a decision that is rolled back leaves no row", async () => {
  const before = await rows();
  const failing = inTransaction(database(), async (tx) => {
    await writeAudit(tx, { account: "a", by: PERSON, what: "kill_switch_on" });
    throw new Error("it failed");
  });
  await expect(failing).rejects.toThrow("it failed");
  expect(await rows()).toEqual(before);
});
