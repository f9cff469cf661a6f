import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { CONDITIONS } from "../../src/ops/state/conditions.ts";
import { describeCondition } from "../../src/ops/state/describe.ts";
import { sentencesOf } from "../../src/ops/state/sentences.ts";
import { createState } from "../../src/ops/state/state.ts";
import type { NoticesState } from "../../src/ops/state/types.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { quotaUse } from "../../src/quota/request-gate.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
/** A Wednesday, 11:00 in Paris. */
const NOW = new Date("2026-12-02T10:00Z");
const SCHEDULES = {
  TIMEZONE: "Europe/Paris",
  CAMPAIGNS_CRON: "0 2 * * *",
  APPLICATIONS_CRON: "10 2 * * *",
  APPLICANTS_CRON: "off",
  ORGANISATION_CRON: "off",
  INCREMENTAL_CRON: "off",
};

interface Planted {
  readonly workers?: number | null;
  readonly notices?: NoticesState;
  readonly now?: () => Date;
  readonly env?: Readonly<Record<string, string>>;
}

/** An account of its own. */
function account({ workers = 1, notices, now = () => NOW, env = {} }: Planted = {}) {
  const name = `ops_${crypto.randomUUID().slice(0, 8)}`;
  const config = loadConfig({ KELIO_ACCOUNT: name, ...SCHEDULES, ...env }, { keys: false });
  const state = createState({
    database: database(),
    config,
    quotaUse: () => quotaUse(database(), name),
    outbox: outboxOptionsOf(config),
    workers: () => Promise.resolve(workers),
    ...(notices === undefined ? {} : { notices: () => Promise.resolve(notices) }),
    now,
  });
  const plant = (resource: string, startedAt: string, run: Readonly<Record<string, unknown>> = {}) =>
    database().syncRun.create({
      data: { account: name, resource, kind: "full", trigger: "schedule", state: "proven", startedAt, ...run },
    });
  const fresh = () =>
    Promise.all([plant("campaigns", "2026-12-02T01:00:00Z"), plant("applications", "2026-12-02T01:10:00Z")]);
  const found = async () => (await state.read()).conditions.map(({ code, subject }) => `${code} ${subject}`.trim());
  return { name, config, state, plant, fresh, found };
}

describe("the conditions", () => {
  it("are none where every resource is fresh and proven", async () => {
    const { state, fresh, found } = account();
    await fresh();
    expect(await found()).toEqual([]);
    const { resources, workers } = await state.read();
    expect(resources.map(({ resource, word }) => `${resource} ${word}`)).toEqual([
      "campaigns on_time",
      "applications on_time",
      "applicants off",
      "managers off",
      "entities off",
      "units off",
    ]);
    expect(workers).toEqual({ running: 1, schedules: 2, isNeeded: true });
  });

  it("name each resource that is late, overdue or unproven for three nights, and since when", async () => {
    const { state, plant } = account();
    await plant("campaigns", "2026-12-01T01:00:00Z");
    await plant("applications", "2026-11-28T01:10:00Z");
    await plant("applications", "2026-12-02T01:10:00Z", { state: "unproven", errorCode: "rows_missing" });
    const { conditions } = await state.read();
    expect(conditions.map(({ code, subject, since }) => [code, subject, since?.toISOString()])).toEqual([
      ["unproven_three_nights", "applications", "2026-11-29T07:10:00.000Z"],
      ["mirror_late", "campaigns", "2026-12-02T07:00:00.000Z"],
    ]);
    await plant("applications", "2026-12-02T01:20:00Z");
    state.forget();
    expect((await state.read()).conditions.map(({ code }) => code)).toEqual(["mirror_late"]);
  });

  it("say that the access is refused where the last runs failed for that", async () => {
    const { plant, fresh, found } = account();
    await fresh();
    await plant("campaigns", "2026-12-02T09:00:00Z", { state: "failed", errorCode: "api_refused" });
    expect(await found()).toEqual(["access_refused campaigns"]);
  });

  it("leave a first sync its time, and name what was never synced once it failed or nobody is there", async () => {
    const first = account();
    await first.plant("campaigns", "2026-12-02T06:00:00Z", { state: "running" });
    await first.plant("applications", "2026-12-02T06:00:00Z", { state: "failed", errorCode: "api_unreachable" });
    expect(await first.found()).toEqual(["never_synced applications"]);
    expect(await account({ workers: 0 }).found()).toEqual([
      "no_worker",
      "never_synced campaigns",
      "never_synced applications",
    ]);
    expect(await account({ workers: null }).found()).toEqual([]);
    const begun = account({ workers: null });
    await begun.plant("campaigns", "2026-12-02T01:00:00Z");
    const said = sentencesOf(await begun.state.read(), "en").map(({ text }) => text);
    expect(said.join(" ")).toMatch(
      /^Not read to the end yet: applications\. .* What has been read to the end was proven/,
    );
  });

  it("measure a schedule from the moment it was set", async () => {
    const { name, state, plant, found } = account({
      env: { APPLICATIONS_CRON: "off", CAMPAIGNS_CRON: "0 * * * *" },
    });
    await plant("campaigns", "2026-12-01T01:00:00Z");
    const tick = { account: name, name: "campaigns", expression: "0 * * * * Europe/Paris", nextAt: NOW };
    await database().scheduleTick.create({ data: { ...tick, expressionSince: "2026-12-02T09:50:00Z" } });
    expect(await found()).toEqual([]);
    await database().scheduleTick.updateMany({ where: { account: name }, data: { expressionSince: null } });
    state.forget();
    expect(await found()).toEqual(["mirror_overdue campaigns"]);
    // This process has another schedule than the worker, which was not started again yet.
    await database().scheduleTick.updateMany({ where: { account: name }, data: { expression: "0 2 1 * * UTC" } });
    state.forget();
    expect(await found()).toEqual([]);
  });

  it("tell of a held account, of imports and reviews that wait, and of a pause of the quota", async () => {
    const { name, state, fresh, plant } = account();
    await fresh();
    const held = { held: true, heldReason: "wrong offers", heldAt: new Date("2026-12-02T08:00Z") };
    await database().importControl.create({ data: { account: name, ...held } });
    await database().apiPause.create({ data: { account: name, step: 1, notedAt: NOW, until: NOW } });
    const { id } = await plant("campaigns", "2026-12-02T02:00:00Z", {
      state: "needs_review",
      candidates: 40,
      known: 100,
    });
    const { conditions } = await state.read();
    expect(conditions.map(({ code, subject }) => [code, subject])).toEqual([
      ["kill_switch", ""],
      ["review_waiting", String(id)],
      ["quota_refused", ""],
    ]);
    await database().importRestore.create({ data: { account: name, code: "database_copied" } });
    state.forget();
    expect((await state.read()).conditions.map(({ code }) => code)).toEqual([
      "database_restored",
      "review_waiting",
      "quota_refused",
    ]);
  });

  it("tell of notices that do not arrive, of another account that nobody serves, and of a night that does not fit", async () => {
    const since = new Date("2026-12-01T08:00Z");
    const undelivered = [{ channel: "webhook", since }];
    const { name, plant, found } = account({
      notices: { channels: ["webhook"], waiting: 2, undelivered },
      env: { APPLICATIONS_CRON: "off", CAMPAIGNS_CRON: "* * * * *" },
    });
    await plant("campaigns", NOW.toISOString(), { total: 100_000 });
    const nextAt = new Date(Date.now() - 2 * 86_400_000);
    await database().scheduleTick.create({ data: { account: `${name}_b`, name: "campaigns", expression: "", nextAt } });
    expect(await found()).toEqual([
      "night_does_not_fit CAMPAIGNS_CRON",
      "night_does_not_fit day",
      "notice_undelivered webhook",
      `account_vanished ${name}_b`,
    ]);
    await database().scheduleTick.deleteMany({ where: { account: `${name}_b` } });
  });
});

describe("a state", () => {
  it("is read once for all who ask within ten seconds, and anew after a decision", async () => {
    let now = NOW;
    const { state, fresh } = account({ now: () => now });
    const [one, other] = await Promise.all([state.read(), state.read()]);
    expect(other).toBe(one);
    await fresh();
    now = new Date(NOW.getTime() + 9_000);
    expect(await state.read()).toBe(one);
    now = new Date(NOW.getTime() + 11_000);
    expect((await state.read()).resources[0]?.word).toBe("on_time");
    await database().syncRun.deleteMany({});
    state.forget();
    expect((await state.read()).resources[0]?.word).toBe("never_synced");
  });

  it("counts the runs and requests since yesterday evening, in the time zone of the account", async () => {
    const { name, state, plant, fresh } = account();
    await fresh();
    await plant("campaigns", "2026-12-01T16:59:00Z", { inserted: 1_000 });
    await plant("campaigns", "2026-12-01T17:01:00Z", { inserted: 3, updated: 2, deleted: 1, state: "unproven" });
    await plant("campaigns", "2026-12-01T18:00:00Z", { state: "failed", errorCode: "api_unreachable" });
    const request = { account: name, method: "GET", path: "/campaigns" };
    await database().apiRequest.createMany({
      data: ["2026-12-01T16:59:00Z", "2026-12-01T17:01:00Z"].map((at) => ({ ...request, at })),
    });
    expect((await state.read()).lastNight).toEqual({
      from: new Date("2026-12-01T17:00Z"),
      ended: 3,
      failed: 1,
      running: 0,
      rowsChanged: 6,
      requests: 1,
    });
  });

  it("says what the schedules will do until noon", async () => {
    const { state, plant } = account({ env: { APPLICATIONS_CRON: "off", CAMPAIGNS_CRON: "*/20 * * * *" } });
    await plant("campaigns", "2026-12-02T09:59:00Z", { total: 120 });
    expect((await state.read()).forecast).toMatchObject({
      from: NOW,
      to: new Date("2026-12-02T11:00Z"),
      requests: 12,
      share: 12 / (60 * 120),
      runs: ["10:20", "10:40", "11:00"].map((time) => ({
        resource: "campaigns",
        kind: "full",
        at: new Date(`2026-12-02T${time}Z`),
        requests: 4,
      })),
    });
  });
});

describe("the sentences", () => {
  it("are eight, all green, in both languages, while all is well", async () => {
    const { state, fresh } = account({ notices: { channels: ["email"], waiting: 0, undelivered: [] } });
    await fresh();
    for (const language of ["en", "fr"] as const) {
      const sentences = sentencesOf(await state.read(), language);
      expect(sentences.map(({ colour }) => colour)).toEqual(Array.from({ length: 8 }, () => "green"));
      const shown = sentences.map(({ text, since }) => `${text} ${since?.getTime()}`).join();
      expect(shown).not.toMatch(/[{}]|undefined|NaN/);
    }
  });

  it("put the worst first, and say what several resources share once", async () => {
    const { name, state, plant } = account({ workers: 0 });
    await plant("campaigns", "2026-11-28T01:00:00Z");
    await plant("applications", "2026-11-29T01:10:00Z");
    await database().importControl.create({ data: { account: name, held: true, heldReason: "Ann Example" } });
    const sentences = sentencesOf(await state.read(), "fr");
    expect(sentences.map(({ code, colour }) => `${code} ${colour}`)).toEqual([
      "fresh red",
      "imports red",
      "workers red",
      ...["proven", "night", "deletions", "quota", "notices"].map((code) => `${code} green`),
    ]);
    expect(sentences[0]).toMatchObject({
      text: expect.stringMatching(/^Offres, candidatures : dernière lecture le 2026-11-28 /),
      since: new Date("2026-11-30T07:00Z"),
      next: expect.stringContaining("applicant-sync sync all"),
      docs: "docs/conditions.md#mirror_overdue",
    });
    // A reason that a person typed may name somebody.
    expect(JSON.stringify(sentences)).not.toContain("Ann Example");
  });

  it("have a text and a next step in both languages for every condition", () => {
    const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const rows = Object.values(CONDITIONS).flatMap(({ text, next }) => [text, next]);
    // The message of a conflict is English; the word that it is about is not.
    const inFrench = ({ fr }: { readonly fr: string }) => new Set(names(fr.replace("{what}", "{conflict}")));
    expect(rows.map(inFrench)).toEqual(rows.map(({ en }) => new Set(names(en))));
    expect(describeCondition({ code: "no_worker", facts: {} }, "en").docs).toBe("docs/conditions.md#no_worker");
  });
});
