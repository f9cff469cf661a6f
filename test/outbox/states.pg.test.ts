import { describe, expect, it } from "vitest";
import {
  assertTransition,
  IMPORT_STATES,
  STEP_STATES,
  TRANSITIONS,
  type StepState,
} from "../../src/outbox/import/states.ts";
import { inTransaction } from "../../src/database/client.ts";
import { lockImport, moveStep } from "../../src/outbox/import/row.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();

type StepColumn = "applicant_state" | "application_state";

/** An import whose step was put into a state past all rules. */
async function importAt(column: StepColumn, state: StepState): Promise<bigint> {
  const email = `${crypto.randomUUID()}@example.org`;
  const { id } = await database().applicantImport.create({
    data: { account: "test", source: "test", intake: "http", campaignId: 7n, email, person: Buffer.of() },
  });
  await past(`update public.applicant_import set applicant_id = 1, application_id = 2, resends = 1,
    applicant_state = '${column === "applicant_state" ? state : "sent"}',
    application_state = '${column === "applicant_state" ? "draft" : state}' where id = ${id}`);
  return id;
}

/** Runs a statement without the triggers that guard the table. */
async function past(sql: string): Promise<void> {
  await database().$transaction([
    database().$executeRaw`set local session_replication_role = replica`,
    database().$executeRawUnsafe(sql),
  ]);
}

/** What every change of a state must write besides. */
function writesOf(column: StepColumn, to: StepState): string {
  const isFinished = to === "rejected" || (to === "sent" && column === "application_state");
  return [
    `admitted = admitted or '${to}' in ('ready', 'held')`,
    `attempts = attempts + ${to === "sending" ? 1 : 0}`,
    "claimed_at = now()",
    "unknown_since = now()",
    `finished_at = ${isFinished ? "now()" : "null"}`,
  ].join(", ");
}

/** What the database says of a change; null: it is made. */
async function refusalOf(column: StepColumn, from: StepState, to: StepState): Promise<string | null> {
  const id = await importAt(column, from);
  try {
    await database().$executeRawUnsafe(
      `update public.applicant_import set ${column} = '${to}', ${writesOf(column, to)} where id = ${id}`,
    );
    return null;
  } catch (error) {
    return /cannot go from \w+ to \w+/.exec(String(error))?.[0] ?? String(error);
  }
}

function codeAllows(from: StepState, to: StepState): boolean {
  try {
    assertTransition(from, to);
    return true;
  } catch {
    return false;
  }
}

const pairs = STEP_STATES.flatMap((from) => STEP_STATES.flatMap((to) => (from === to ? [] : [{ from, to }])));

describe("the states of an import", () => {
  it("may change as the table import_transition says, and no other way", async () => {
    const rows = await database().$queryRaw<{ from: string; to: string }[]>`
      select from_state as from, to_state as to from public.import_transition`;
    const inCode = STEP_STATES.flatMap((from) => TRANSITIONS[from].map((to) => `${from} → ${to}`));
    expect(rows.map(({ from, to }) => `${from} → ${to}`).toSorted()).toEqual(inCode.toSorted());
  });

  it.each(["applicant_state", "application_state"] as const)(
    "are checked for every pair alike by the code and the database, in %s",
    async (column) => {
      // A check of the table's own keeps an application from waiting for an applicant who is there.
      const possible = pairs.filter(({ from, to }) => column === "applicant_state" || ![from, to].includes("waiting"));
      for (const { from, to } of possible) {
        const refusal = codeAllows(from, to) ? null : `cannot go from ${from} to ${to}`;
        expect(await refusalOf(column, from, to), `${from} to ${to}`).toBe(refusal);
      }
    },
  );

  it("are those of its applicant until that is there, then those of its application", async () => {
    const seen = new Set<string>();
    for (const state of STEP_STATES.filter((one) => one !== "waiting")) {
      const inFirst = await importAt("applicant_state", state);
      const inSecond = await importAt("application_state", state);
      const [first, second] = await Promise.all(
        [inFirst, inSecond].map((id) => database().applicantImport.findUniqueOrThrow({ where: { id } })),
      );
      expect(first?.state).toBe(state === "sent" ? "draft" : state);
      expect(second?.state).toBe(state === "sent" ? "done" : state);
      seen.add(second?.state ?? "");
    }
    expect([...seen].toSorted()).toEqual([...IMPORT_STATES].toSorted());
  });

  it("cannot begin in a state that only a request can lead to", async () => {
    for (const applicantState of STEP_STATES.filter((state) => !["draft", "held", "ready"].includes(state))) {
      const data = { account: "test", source: "test", intake: "http", person: Buffer.of(), applicantState };
      const create = database().applicantImport.create({ data: { ...data, email: `${applicantState}@example.org` } });
      await expect(create).rejects.toThrow(`cannot begin as ${applicantState}`);
    }
  });
});

describe("a change of an import's state", () => {
  /** Moves an import along the way, one state after the other; returns its row after each. */
  async function go(column: StepColumn, way: readonly StepState[]) {
    const id = await importAt(column, "ready");
    await database().importEvent.deleteMany({ where: { importId: id } });
    const rows = [];
    for (const to of way) {
      await inTransaction(database(), async (tx) => {
        const row = await lockImport(tx, "test", id);
        if (row !== null) await moveStep(tx, row, { to, reasonCode: `api_${to}` });
      });
      rows.push(await database().applicantImport.findUniqueOrThrow({ where: { id } }));
    }
    return { id, rows };
  }

  it.each(["applicant_state", "application_state"] as const)("leaves an event each, in %s", async (column) => {
    const { id } = await go(column, ["sending", "unknown", "ready", "sending", "rejected"]);
    const events = await database().importEvent.findMany({ where: { importId: id }, orderBy: { id: "asc" } });
    expect(events.map(({ fromState, toState, reasonCode }) => [fromState, toState, reasonCode])).toEqual([
      ["ready", "sending", "api_sending"],
      ["sending", "unknown", "api_unknown"],
      ["unknown", "ready", "api_ready"],
      ["ready", "sending", "api_sending"],
      ["sending", "rejected", "api_rejected"],
    ]);
    expect(new Set(events.map(({ step }) => `${step}_state`))).toEqual(new Set([column]));
  });

  it.each(["applicant_state", "application_state"] as const)(
    "counts attempts, and keeps the times of what is going on, in %s",
    async (column) => {
      const { rows } = await go(column, ["sending", "unknown", "ready", "sending", "rejected", "ready"]);
      expect(rows.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 2, 2, 2]);
      expect(rows.map(({ finishedAt }) => finishedAt !== null)).toEqual([false, false, false, false, true, false]);
      const [sending, unknown, , again] = rows;
      expect(unknown?.unknownSince?.getTime()).toBeGreaterThanOrEqual(sending?.claimedAt?.getTime() ?? Infinity);
      expect(again?.claimedAt?.getTime()).toBeGreaterThanOrEqual(unknown?.unknownSince?.getTime() ?? Infinity);
    },
  );

  it.each([
    { to: "sending", forgotten: "attempts, claimed_at" },
    { to: "rejected", forgotten: "finished_at" },
    { to: "held", forgotten: "queued_at, not_before", more: "queued_at = now()" },
    { to: "ready", from: "draft", forgotten: "admitted" },
    { to: "unknown", from: "sending", forgotten: "unknown_since, lookups, absences, lookup_page" },
  ] as const)("is refused where it leaves out $forgotten", async ({ to, forgotten, ...rest }) => {
    const id = await importAt("applicant_state", "from" in rest ? rest.from : "ready");
    if (to !== "ready") await past(`update public.applicant_import set admitted = true where id = ${id}`);
    const more = "more" in rest ? `, ${rest.more}` : "";
    const move = database().$executeRawUnsafe(
      `update public.applicant_import set applicant_state = '${to}'${more} where id = ${id}`,
    );
    await expect(move).rejects.toThrow(`must set ${forgotten} as well`);
  });

  it("finishes an import once everything it asked for is in the account", async () => {
    const first = await go("applicant_state", ["sending", "sent"]);
    expect(first.rows.at(-1)).toMatchObject({ state: "draft", finishedAt: null });
    const second = await go("application_state", ["sending", "sent"]);
    expect(second.rows.at(-1)?.state).toBe("done");
    expect(second.rows.at(-1)?.finishedAt).not.toBeNull();
  });
});
