import { renewKey } from "../../src/people/suppression/renew.ts";
import { suppress } from "../../src/people/suppression/suppress.ts";
import { suppressPerson, unsuppressPerson } from "../../src/people/suppression/decide.ts";
import { expect, it } from "vitest";
import type { DecisionCode } from "../../src/database/audit.ts";
import { inTransaction } from "../../src/database/client.ts";
import {
  holdAll,
  holdImport,
  holdSource,
  releaseAll,
  releaseImport,
  releaseOffer,
  releaseSource,
} from "../../src/outbox/operations/hold.ts";
import { closeImports, rejectImports } from "../../src/outbox/operations/close.ts";
import { dismissImport, resolveImport, retryImport } from "../../src/outbox/operations/review.ts";
import { holdForMove } from "../../src/outbox/restore/restore.ts";
import { erasePerson } from "../../src/people/erase/erase-person.ts";
import { exportPerson } from "../../src/people/export/read-export.ts";
import { showPerson } from "../../src/people/find/overview.ts";
import { setCategories } from "../../src/report/statuses.ts";
import { acceptRun, rejectRun } from "../../src/sync/conclusion/review.ts";
import { startRun } from "../../src/sync/runs/runs.ts";
import { because } from "../support/decider.ts";
import { connect } from "../support/inbox.ts";
import { keyringOf, PRIVACY_KEY } from "../support/keyring.ts";
import { lead, people, worldWith } from "../support/outbox.ts";
import type { World } from "../support/world.ts";

const BY = because("the offers were wrong");

/** Makes the situation of a decision. Returns what takes the decision. */
type Prepare = (world: World, id: bigint) => Promise<() => Promise<unknown>>;

const storeOf = ({ database, account }: World) => ({ database, account, by: BY, enqueue: async () => {} });

async function runToReview({ database, account }: World): Promise<number> {
  const run = { account, resource: "managers", kind: "full", trigger: "schedule", state: "needs_review" };
  return (await database.syncRun.create({ data: { ...run, candidates: 3, known: 10 } })).id;
}

const decisionAbout = (world: World) => ({ ...storeOf(world), absent: 3 });

/** Every decision that a person can take: what a worker notes by itself, its own tests show. */
const DECIDE: Readonly<Record<Exclude<DecisionCode, "settings_changed" | "retention_applied">, Prepare>> = {
  import_held: async (world, id) => () => holdImport(storeOf(world), id),
  import_released: async (world, id) => {
    await holdImport(storeOf(world), id);
    return () => releaseImport(storeOf(world), id);
  },
  import_retried: async (world, id) => {
    await lead(world, id, ["rejected"]);
    return () => retryImport(storeOf(world), id);
  },
  import_resolved: async (world, id) => {
    await lead(world, id, ["sending", "unknown"]);
    return () => resolveImport(storeOf(world), id, { is: "applicant", id: 4711n });
  },
  import_reopened: async (world, id) => {
    await lead(world, id, ["sending", "unknown"]);
    await resolveImport(storeOf(world), id, { is: "applicant", id: 4711n });
    return () => resolveImport(storeOf(world), id, { is: "review" });
  },
  import_dropped: async (world, id) => () => resolveImport(storeOf(world), id, { is: "drop" }),
  import_dismissed: async (world, id) => {
    await lead(world, id, ["rejected"]);
    return () => dismissImport(storeOf(world), id);
  },
  source_held: async (world) => () => holdSource(storeOf(world), "careers"),
  source_released: async (world) => {
    await holdSource(storeOf(world), "careers");
    return () => releaseSource(storeOf(world), "careers");
  },
  campaign_released: async (world) => () => releaseOffer(storeOf(world), 7n),
  kill_switch_on: async (world) => () => holdAll(storeOf(world), "stop"),
  kill_switch_off: async (world) => {
    await holdAll(storeOf(world), null);
    return () => releaseAll(storeOf(world));
  },
  restore_released: async (world) => {
    await holdForMove(storeOf(world));
    return () => releaseAll(storeOf(world), true);
  },
  database_copied: async (world) => () => holdForMove(storeOf(world)),
  database_copy_undone: async (world) => holdForMove(storeOf(world)),
  deletions_accepted: async (world) => {
    const run = await runToReview(world);
    return () => acceptRun(decisionAbout(world), run);
  },
  deletions_rejected: async (world) => {
    const run = await runToReview(world);
    return () => rejectRun(decisionAbout(world), run);
  },
  statuses_mapped: async ({ database, account }) => {
    await database.application.create({ data: { account, id: 1n, status: "Vivier", raw: {}, hash: "" } });
    return () => setCategories(database, account, new Map([["Vivier", "refused"]]), BY);
  },
  person_shown:
    async ({ database, account }, id) =>
    () =>
      showPerson(database, account, { by: "import", id }, BY),
  person_exported:
    async ({ database, account }, id) =>
    () =>
      exportPerson(database, account, { by: "import", id }, BY, keyringOf(null)),
  privacy_key_renewed:
    async ({ database, account }) =>
    () =>
      inTransaction(database, (tx) => renewKey(tx, account, keyringOf(PRIVACY_KEY), BY)),
  person_suppressed: async ({ database, account }, id) => {
    const key = keyringOf(PRIVACY_KEY).current();
    const how = { ticket: null, by: BY, rejectImports };
    return () => inTransaction(database, (tx) => suppressPerson(tx, account, { by: "import", id }, key, how));
  },
  person_unsuppressed: async ({ database, account }, id) => {
    const keyring = keyringOf(PRIVACY_KEY);
    const person = { by: "import", id } as const;
    const how = { ticket: null, by: BY };
    const { email } = await database.applicantImport.findUniqueOrThrow({ where: { id } });
    const before = { emails: [email ?? ""], applicantIds: [] };
    const alone = { what: "suppressed", ticket: null } as const;
    await inTransaction(database, (tx) => suppress(tx, account, before, keyring.current(), alone));
    return () => inTransaction(database, (tx) => unsuppressPerson(tx, account, person, keyring, how));
  },
  person_erased: async ({ database, account }, id) => {
    const how = { key: keyringOf("k".repeat(32)).current(), ticket: null, by: BY, closeImports };
    return () => inTransaction(database, (tx) => erasePerson(tx, account, { by: "import", id }, how));
  },
  sync_started: async ({ database, account }) => {
    const wanted = { account, resource: "campaigns", kind: "full", trigger: "command", by: BY } as const;
    return () => startRun(database, wanted, []);
  },
};

/** Whatever a decision changes. */
const stateOf = async ({ database }: World) =>
  JSON.stringify(
    [
      await database.applicantImport.findMany({ orderBy: { id: "asc" } }),
      await database.importControl.findMany(),
      await database.importRestore.findMany(),
      await database.statusCategory.findMany(),
      await database.syncRun.findMany({ orderBy: { id: "asc" } }),
    ],
    (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value),
  );

/** Decides while no row can be added to the audit. Returns what there is after that; throws if the decision was taken. */
async function refusedWithoutAudit(world: World, decide: () => Promise<unknown>) {
  const { database } = world;
  await database.$executeRawUnsafe(
    "create trigger refuse_row before insert on public.audit for each row execute function public.refuse_row()",
  );
  const refused = await decide().then(
    () => false,
    (error: unknown) => error instanceof Error && error.message.includes("refused here"),
  );
  await database.$executeRawUnsafe("drop trigger refuse_row on public.audit");
  if (!refused) throw new Error("the decision was taken without its row");
  return { rows: await database.audit.count(), state: await stateOf(world) };
}

it("each decision leaves one row in its own transaction, and none without it", async () => {
  const codes = Object.keys(DECIDE);
  const { world, ids } = await worldWith(people(codes.length, { source: "careers" }));
  const { database, account } = world;
  await database.$executeRawUnsafe(
    "create function public.refuse_row() returns trigger language plpgsql as $$ begin raise exception 'refused here'; end $$",
  );
  for (const [n, [code, prepare]] of Object.entries(DECIDE).entries()) {
    const decide = await prepare(world, ids[n] ?? 0n);
    const before = { rows: await database.audit.count(), state: await stateOf(world) };
    // The kill switch is thrown even if the audit cannot be written.
    const refused = code === "kill_switch_on" ? before : await refusedWithoutAudit(world, decide);
    expect({ code, ...refused }).toEqual({ code, ...before });
    await decide();
    const rows = await database.audit.findMany({ orderBy: { id: "asc" }, skip: before.rows });
    const by = { source: "command", role: "operator", name: "amelie", why: "the offers were wrong" };
    expect(rows).toMatchObject([{ account, what: code, ...by }]);
  }
});

it("a decision that is refused leaves no row", async () => {
  const { world, ids, deps } = await worldWith(people(1));
  expect(await releaseImport(deps, ids[0] ?? 0n)).toMatchObject({ isDone: false });
  const run = await runToReview(world);
  await expect(acceptRun({ ...deps, absent: 2 }, run)).rejects.toMatchObject({ code: "review_changed" });
  expect(await world.database.audit.count()).toBe(0);
});

it("a row says which imports, from which state to which, and nothing of the person", async () => {
  const { world, ids, deps } = await worldWith([{ email: "lea.martin@example.org", first_name: "Léa", key: "k-1" }]);
  await holdImport({ ...deps, by: because("asked by lea.martin@example.org") }, ids[0] ?? 0n);
  const [row] = await world.database.audit.findMany();
  expect(row).toMatchObject({ subjects: [String(ids[0])], facts: { from: "ready", to: "held" }, why: "asked by ***" });
  expect(JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))).not.toMatch(
    /lea|martin/i,
  );
});

it("a table of decisions that is locked or lacking does not keep the kill switch from being thrown", async () => {
  const { world, deps } = await worldWith(people(1));
  const operator = await connect(world);
  await operator.query("begin; lock table public.audit");
  expect(await holdAll(deps, "stop")).toEqual({ held: 1, sending: 0, isUnaudited: true });
  await operator.query("alter table public.audit rename to audit_of_later; commit");
  const said = await world.run(["imports", "hold", "--all"]);
  expect(said).toMatchObject({ code: 0, stdout: expect.stringMatching(/not in the audit/) });
});

it("a chain of decisions that is locked does not keep the kill switch from being thrown, and is whole afterwards", async () => {
  const { world, deps } = await worldWith(people(1));
  const operator = await connect(world);
  const row = `insert into public.audit (account, source, role, what) values ('${world.account}', 'command', 'operator', 'x')`;
  await operator.query(`begin; ${row}; set constraints all immediate`);
  expect(await holdAll(deps, "stop")).toEqual({ held: 1, sending: 0, isUnaudited: true });
  await operator.query("commit");
  await releaseAll(deps);
  const verified = await world.run(["audit", "verify", "--json"]);
  expect(JSON.parse(verified.stdout)).toMatchObject({ verified: true, decisions: 2, fault: null });
});

it("a command says why, who ran it and from where", async () => {
  const { world, ids } = await worldWith(people(2));
  const id = String(ids[0]);
  await world.run(["imports", "hold", id, "--reason", "wrong offers"]);
  await world.run(["imports", "release", id, "--reason", "offers are right now"]);
  await world.run(["imports", "hold", "--all", "--reason", "stop"]);
  await world.run(["imports", "release", "--all"]);
  const rows = await world.database.audit.findMany({ orderBy: { id: "asc" } });
  expect(rows.map(({ what, why }) => [what, why])).toEqual([
    ["import_held", "wrong offers"],
    ["import_released", "offers are right now"],
    ["kill_switch_on", "stop"],
    ["kill_switch_off", null],
  ]);
  expect(new Set(rows.map(({ source, name }) => `${source} ${name}`)).size).toBe(1);
  const tooLong = await world.run(["imports", "hold", id, "--reason", "x".repeat(501)]);
  expect(tooLong).toMatchObject({ code: 2, stderr: expect.stringMatching(/500 characters/) });
});
