import { describe, expect, it, onTestFinished } from "vitest";
import { lead } from "../../support/outbox.ts";
import { useDatabase } from "../../support/database.ts";
import { EVIL, hiddenIn, isHarmless, openForms } from "./forms.ts";

const database = useDatabase();

async function planReview(account: string, absent = 3) {
  const run = { account, resource: "applications", kind: "full", trigger: "schedule", state: "needs_review" };
  const { id } = await database().syncRun.create({ data: { ...run, candidates: absent, known: 10 } });
  const rows = Array.from({ length: absent }, (_, n) => ({ runId: id, id: BigInt(n + 1), state: "open" }));
  await database().syncCandidate.createMany({ data: rows });
  return id;
}

describe("deletions on the page", () => {
  it("are decided with the number typed, once, and leave a row in the audit", async () => {
    const { account, get, post, audit } = await openForms(database());
    const run = await planReview(account);
    expect((await get("/ops/deletions", "viewer")).text).toContain(`/ops/deletions/${run}`);
    expect((await get(`/ops/runs/${run}`, "viewer")).text).toContain(`href="/ops/deletions/${run}"`);
    const shown = await get(`/ops/deletions/${run}`);
    const action = `/ops/deletions/${run}/reject`;
    const hidden = hiddenIn(shown.text, action);
    expect(hidden).toEqual({ absent: "3" });
    expect((await post(action, { ...hidden, typed: "4" })).status).toBe(409);
    expect(await audit()).toEqual([]);
    const done = await post(action, { ...hidden, typed: " 3 ", why: "they are still there" });
    expect(done).toMatchObject({ status: 303, location: `/ops/deletions?done=rejected&run=${run}` });
    expect(await audit()).toMatchObject([
      {
        what: "deletions_rejected",
        source: "page",
        role: "operator",
        subjects: [String(run)],
        why: "they are still there",
      },
    ]);
    expect((await post(action, { ...hidden, typed: "3" })).status).toBe(409);
    expect((await get(done.location ?? "", "viewer", "fr")).text).toMatch(/est terminée/);
  });

  it("that changed since the form was shown are not decided", async () => {
    const { account, post, audit } = await openForms(database());
    const run = await planReview(account);
    await database().syncRun.update({ where: { id: run }, data: { candidates: 5 } });
    const said = await post(`/ops/deletions/${run}/accept`, { absent: "3", typed: "3" });
    expect(said).toMatchObject({ status: 409, text: expect.stringContaining("5 absent rows now, not 3") });
    await planReview(account);
    expect((await post(`/ops/deletions/${run}/accept`, { absent: "5", typed: "5" })).status).toBe(409);
    expect(await audit()).toEqual([]);
  });
});

describe("imports on the page", () => {
  it("are held, released, dropped, retried, resolved and dismissed, each with its row in the audit", async () => {
    const { get, post, audit, add } = await openForms(database());
    const ids = (await add(["a", "b", "c"].map((name) => ({ email: `${name}@example.org` })))).map(({ id }) => id);
    const [one = 0n, other = 0n, third = 0n] = ids;
    await lead({ database: database() }, other, ["sending", "unknown"]);
    await lead({ database: database() }, third, ["rejected"]);
    const decide = async (id: bigint, action: string, more: Readonly<Record<string, string>> = {}) => {
      const path = `/ops/imports/${id}/${action}`;
      const hidden = hiddenIn((await get(path)).text, path);
      expect(await post(path, { ...hidden, why: "wrong offers", ...more })).toMatchObject({ status: 303 });
      return post(path, { ...hidden, ...more });
    };
    // A form that is sent once more is stale.
    expect((await decide(one, "hold")).status).toBe(409);
    await decide(one, "release");
    await decide(one, "drop");
    await decide(other, "resolve", { answer: "applicant", found: "4711" });
    await decide(third, "dismiss");
    await decide(third, "retry");
    expect((await audit()).map(({ what, source, why }) => `${what} ${source} ${why}`)).toEqual(
      ["held", "released", "dropped", "resolved", "dismissed", "retried"].map(
        (what) => `import_${what} page wrong offers`,
      ),
    );
  });

  it("show a viewer states and counts, and nothing of a person", async () => {
    const { get, add } = await openForms(database());
    const lea = { email: "lea@example.org", first_name: "Léa", last_name: "Martin", key: "lea-martin-1" };
    const [one] = await add([lea]);
    const list = await get("/ops/imports", "viewer");
    const shown = await get(`/ops/imports/${one?.id}`, "viewer");
    expect([list.status, shown.status]).toEqual([200, 200]);
    expect(list.text + shown.text).not.toMatch(/\blea\b|martin/i);
    expect((await get("/ops/imports", "viewer", "fr")).text).toMatch(
      /<option value="held"[^>]*>Suspendu<[^]*<td>Prêt<\/td>/,
    );
    expect((await get(`/ops/imports/${one?.id}`)).text).toMatch(/Person: first name<[^]*Martin/);
    expect((await get(`/ops/imports/${one?.id}`, "operator", "fr")).text).toMatch(/Personne : prénom</);
    expect((await get(`/ops/imports/${one?.id}/release`, "viewer")).status).toBe(403);
  });

  it("are found by each filter, and hostile texts stay texts in both languages", async () => {
    const { get, add } = await openForms(database());
    const [one] = await add([
      { email: "a@example.org", source: "careers", key: EVIL.slice(0, 25) },
      { email: "b@example.org" },
    ]);
    for (const query of [
      "state=ready&source=Careers",
      `key=${encodeURIComponent(EVIL.slice(0, 25))}`,
      "since=2020-01-01&source=careers",
    ]) {
      const { text } = await get(`/ops/imports?${query}`);
      expect(text).toContain(`/ops/imports/${one?.id}"`);
      expect(text).toSatisfy(isHarmless);
    }
    for (const query of [
      "state=done",
      "reason=nothing",
      "source=other",
      "campaign=x",
      `file=${encodeURIComponent(EVIL)}`,
      "until=2020-01-01",
      "state=%00",
      "below=0",
    ]) {
      const { status, text } = await get(`/ops/imports?${query}`, "operator", "fr");
      expect([query, status]).toEqual([query, 200]);
      expect(text).toSatisfy(isHarmless);
    }
    expect((await get("/ops/imports?reason=nothing", "operator", "fr")).text).toMatch(/Aucun import/);
    expect((await get("/ops/imports/999999")).status).toBe(404);
    // No time that Postgres could not read reaches it.
    for (const day of ["0000-01-01", "0999-12-31", "2026-02-31", "9999-12-31", "2026-13-01"]) {
      expect([day, (await get(`/ops/imports?since=${day}&until=${day}`)).status]).toEqual([day, 200]);
      expect([day, (await get(`/ops/audit?below=${day}T00:00:00Z~run~1`)).status]).toEqual([day, 200]);
    }
  });
});

describe("the kill switch on the page", () => {
  it("shows a viewer that it is on, and not what a person typed", async () => {
    const { get, post } = await openForms(database());
    await post("/ops/kill-switch/on", { why: "Ask Léa Martin" });
    const paths = ["/", "/ops/imports", "/ops/kill-switch", "/ops/audit"];
    const texts = await Promise.all(paths.map(async (path) => (await get(path, "viewer")).text));
    expect(texts.join("")).not.toContain("Martin");
    expect(texts[1]).toContain("The kill switch is on.");
    expect((await get("/ops/imports")).text).toContain("Ask Léa Martin");
  });

  it("is thrown and released with its reason, and after a restore only by who has checked", async () => {
    const { account, get, post, audit } = await openForms(database());
    expect(await post("/ops/kill-switch/on", { why: EVIL })).toMatchObject({ status: 303 });
    const shown = await get("/ops/kill-switch");
    expect(shown.text).toSatisfy(isHarmless);
    await database().importRestore.create({ data: { account, code: "database_older" } });
    const hidden = hiddenIn(shown.text, "/ops/kill-switch/off");
    expect((await post("/ops/kill-switch/off", { since: "1" })).status).toBe(409);
    expect((await post("/ops/kill-switch/off", hidden)).status).toBe(409);
    expect((await post("/ops/kill-switch/off", { ...hidden, checked: "yes" })).status).toBe(303);
    expect((await audit()).map(({ what }) => what)).toEqual(["kill_switch_on", "restore_released"]);
    const audited = await get("/ops/audit", "operator", "fr");
    expect(audited.text).toMatch(/Arrêt d&#39;urgence activé/);
    expect(audited.text).toSatisfy(isHarmless);
    expect((await get("/ops/audit", "viewer")).text).not.toContain("alert");
  });

  it("is thrown and released where Postgres refuses to move the imports", async () => {
    const { account, get, post, add } = await openForms(database());
    await add([{ email: "ann@example.org" }]);
    await database().$executeRaw`create function public.refuse_move() returns trigger language plpgsql as
      $$ begin raise exception 'refused' using errcode = '53100'; end $$`;
    await database()
      .$executeRaw`create trigger refuse_move before update on public.applicant_import execute function public.refuse_move()`;
    onTestFinished(async () => void (await database().$executeRaw`drop function public.refuse_move() cascade`));
    const isHeld = () => database().importControl.count({ where: { account, held: true } });
    expect([(await post("/ops/kill-switch/on", {})).status, await isHeld()]).toEqual([303, 1]);
    const hidden = hiddenIn((await get("/ops/kill-switch")).text, "/ops/kill-switch/off");
    expect([(await post("/ops/kill-switch/off", hidden)).status, await isHeld()]).toEqual([303, 0]);
  });
});

describe("the audit on the page", () => {
  it("shows decisions, runs and pauses in one order, a page at a time, each once", async () => {
    const { account, get } = await openForms(database());
    const at = new Date("2026-01-01T00:00:00Z");
    const run = { account, resource: "campaigns", kind: "full", trigger: "schedule", state: "proven", startedAt: at };
    await database().syncRun.createMany({ data: Array.from({ length: 60 }, () => run) });
    const by = { source: "page", role: "operator", what: "sync_started", facts: {} };
    await database().audit.createMany({ data: Array.from({ length: 60 }, () => ({ account, at, ...by })) });
    const until = new Date("2026-01-01T00:01:00Z");
    await database().apiPause.create({ data: { account, step: 1, notedAt: at, until } });
    const seen: string[] = [];
    for (let path: string | undefined = "/ops/audit"; path !== undefined;) {
      const { text } = await get(path);
      seen.push(...[...text.matchAll(/<th scope="row" *>/g)].map(([row]) => row));
      path = /href="(\/ops\/audit\?below=[^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
    }
    expect(seen).toHaveLength(121);
  });
});
