import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { noteConditions } from "../../src/ops/state/condition-since.ts";
import { createState } from "../../src/ops/state/state.ts";
import { quotaUse } from "../../src/quota/request-gate.ts";
import { sentencesOf } from "../../src/ops/state/sentences.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { useDatabase } from "../support/database.ts";
import { importPeople } from "../support/imports.ts";

const database = useDatabase();
const NOW = new Date("2026-12-02T10:00Z");
const EARLIER = new Date("2026-12-01T22:00Z");

/** An account without a worker, whose schedules cost more than the quota allows. */
function account() {
  const name = `since_${crypto.randomUUID().slice(0, 8)}`;
  const config = loadConfig({ KELIO_ACCOUNT: name, CAMPAIGNS_CRON: "* * * * *" }, { keys: false });
  const outbox = outboxOptionsOf(config);
  const state = createState({
    database: database(),
    config,
    quotaUse: () => quotaUse(database(), config.account),
    outbox,
    workers: async () => 0,
    now: () => NOW,
  });
  const since = async (code: string) => {
    state.forget();
    const { conditions } = await state.read();
    return conditions.find((one) => one.code === code)?.since?.toISOString();
  };
  return { name, config, state, since };
}

it("nothing is wrong since a worker saw that first, until a condition is seen that its sentence tells of", async () => {
  const { name, state } = account();
  const quiet = async (code: string) => {
    state.forget();
    const found = sentencesOf(await state.read(), "en").find((one) => one.code === code);
    return found?.colour === "green" ? found.since?.toISOString() : found?.colour;
  };
  expect(await quiet("imports")).toBe(NOW.toISOString());
  await noteConditions(database(), name, { at: EARLIER, conditions: [] });
  await noteConditions(database(), name, { at: NOW, conditions: [] });
  expect(await quiet("imports")).toBe(EARLIER.toISOString());
  await noteConditions(database(), name, { at: NOW, conditions: [{ code: "kill_switch", subject: "" }] });
  await noteConditions(database(), name, { at: new Date(NOW.getTime() + 60_000), conditions: [] });
  expect(await quiet("imports")).toBe("2026-12-02T10:01:00.000Z");
  expect(await quiet("notices")).toBe(EARLIER.toISOString());
});

describe("a condition holds since", () => {
  it("a worker saw it first, until it is over", async () => {
    const { name, state, since } = account();
    await database().syncRun.create({
      data: {
        account: name,
        resource: "campaigns",
        kind: "full",
        trigger: "schedule",
        state: "proven",
        startedAt: NOW,
        total: 100_000,
      },
    });
    expect(await since("night_does_not_fit")).toBe(NOW.toISOString());
    const { conditions } = await state.read();
    await noteConditions(database(), name, { at: EARLIER, conditions });
    await noteConditions(database(), name, { at: NOW, conditions });
    expect(await since("night_does_not_fit")).toBe(EARLIER.toISOString());
    await noteConditions(database(), name, { at: NOW, conditions: [] });
    await noteConditions(database(), name, { at: NOW, conditions });
    expect(await since("night_does_not_fit")).toBe(NOW.toISOString());
  });

  it("a worker last ran, where none does", async () => {
    const { name, since } = account();
    expect(await since("no_worker")).toBeUndefined();
    for (const at of [new Date("2026-12-01T21:00Z"), EARLIER]) {
      await noteConditions(database(), name, { at, conditions: [{ code: "no_worker", subject: "" }] });
    }
    expect(await since("no_worker")).toBe(EARLIER.toISOString());
  });

  it("the first import waits that a person has not dealt with", async () => {
    const { name, state, since } = account();
    await importPeople(
      { database: database(), env: { KELIO_ACCOUNT: name } },
      ["a", "b"].map((one) => ({ email: `${one}@example.org` })),
    );
    await database()
      .$executeRaw`update public.applicant_import set applicant_state = 'held', reason_code = 'by_hand' where account = ${name}`;
    const rows = await database().applicantImport.findMany({ where: { account: name }, orderBy: { updatedAt: "asc" } });
    expect(await since("imports_need_person")).toBe(rows[0]?.updatedAt.toISOString());
    const worst = sentencesOf(await state.read(), "en").find(({ code }) => code === "imports");
    expect(worst).toMatchObject({ colour: "red", since: rows[0]?.updatedAt });
  });

  it("the API refuses requests and answers none", async () => {
    const { name, since } = account();
    const request = { account: name, method: "GET", path: "/campaigns" };
    await database().apiRequest.createMany({
      data: [
        { ...request, at: new Date("2026-12-02T08:00Z"), status: 403 },
        { ...request, at: new Date("2026-12-02T09:00Z"), status: 200 },
        { ...request, at: new Date("2026-12-02T09:10Z"), status: 403 },
        { ...request, at: new Date("2026-12-02T09:50Z"), status: 429 },
      ],
    });
    await database().apiPause.create({ data: { account: name, step: 2, notedAt: NOW, until: NOW } });
    expect(await since("quota_refused")).toBe("2026-12-02T09:10:00.000Z");
  });
});
