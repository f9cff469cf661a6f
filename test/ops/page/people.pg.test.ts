import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { chromiumInstalled, noteOn } from "../../support/installed.ts";
import { visit } from "./browser.ts";
import { openPage } from "./support.ts";

const database = useDatabase();

/** Texts that would do harm on a page that showed them as they are. */
const HOSTILE = `<img src=x onerror=alert(1)>"><script>alert(2)</script>\u001b[31m\u202Elive\u2066&amp;' onfocus='alert(3)`;
/** The same as the page shows it. */
const SHOWN = String.raw`<img src=x onerror=alert(1)>"><script>alert(2)</script>\u001b[31m\u202elive\u2066&amp;' onfocus='alert(3)`;

describe.skipIf(!chromiumInstalled())(`people at the page${noteOn("chromium", chromiumInstalled())}`, () => {
  it("see at once that a list is late", async () => {
    const page = await openPage(database(), { env: { CAMPAIGNS_CRON: "0 2 * * *" } });
    const { account } = page;
    await database()
      .$executeRaw`insert into public.sync_run (account, resource, kind, trigger, state, started_at, finished_at)
      values (${account}, 'campaigns', 'full', 'schedule', 'proven', now() - interval '9 days', now() - interval '9 days')`;
    const { page: screen } = await visit(page, "/");
    const first = screen.locator(".sentences > li").first();
    expect(await first.getAttribute("class")).toBe("red");
    expect(await first.textContent()).toMatch(/campaigns/);
  });

  it("decide about deletions that wait, and not by a form about what has changed since", async () => {
    const page = await openPage(database(), { env: { OPS_USER_HEADER: "" } });
    const { account } = page;
    const of = { account, resource: "applications", kind: "full", trigger: "schedule", state: "needs_review" };
    const { id } = await database().syncRun.create({ data: { ...of, candidates: 3, known: 10 } });
    const rows = [1n, 2n, 3n].map((row) => ({ runId: id, id: row, state: "open" }));
    await database().syncCandidate.createMany({ data: rows });
    const { page: screen } = await visit(page, "/ops/deletions");
    const send = async () => {
      await screen.click(`a[href="/ops/deletions/${id}"]`);
      const form = screen.locator(`form[action="/ops/deletions/${id}/reject"]`);
      await form.locator('input[name="typed"]').fill("3");
      return () => form.locator("button").click();
    };
    const decided = () => database().audit.findMany({ where: { account } });
    const stale = await send();
    await database().syncRun.update({ where: { id }, data: { candidates: 4 } });
    await stale();
    await screen.waitForSelector("text=Nothing was decided");
    expect(await decided()).toEqual([]);
    await database().syncRun.update({ where: { id }, data: { candidates: 3 } });
    await screen.goto("/ops/deletions");
    await (
      await send()
    )();
    await screen.waitForURL("**/ops/deletions?done=rejected*");
    expect(await decided()).toMatchObject([{ what: "deletions_rejected", source: "page", subjects: [String(id)] }]);
  });

  it("decide nothing as a viewer, whatever form they send", async () => {
    const started: unknown[] = [];
    const page = await openPage(database(), { startSync: async (wanted) => started.push(wanted) });
    const { page: screen } = await visit(page, "/ops/sync", { user: "viewer" });
    expect(await screen.locator("form").count()).toBe(0);
    await Promise.all([screen.waitForURL("**/ops/sync"), screen.evaluate(submitted("/ops/sync"))]);
    await screen.waitForSelector("text=A viewer decides nothing. Sign in as operator");
    expect(started).toEqual([]);
  });

  it("send its forms under a name in the network and without TLS, where a browser tells no Sec-Fetch-Site", async () => {
    const started: unknown[] = [];
    const page = await openPage(database(), { startSync: async (wanted) => started.push(wanted) });
    const url = page.url.replace("127.0.0.1", "page.example.org");
    const { page: screen } = await visit({ url }, "/ops/sync");
    await screen.selectOption("#resource", "campaigns");
    await Promise.all([screen.waitForURL("**/ops/runs/1"), screen.click("main button")]);
    expect(started).toMatchObject([{ resource: "campaigns", kind: "incremental" }]);
  });

  it("are protected from forms of other sites, although the browser signs them in", async () => {
    const started: unknown[] = [];
    const page = await openPage(database(), { startSync: async (wanted) => started.push(wanted) });
    const other = createServer((_request, response) => {
      response.setHeader("content-type", "text/html").end("<!doctype html><title>Another site</title>");
    });
    onTestFinished(() => void other.close());
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const { page: screen } = await visit(page, "/ops/sync");
    await screen.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
    await screen.evaluate(submitted(`${page.url}/ops/sync`));
    await screen.waitForSelector("text=sent by a page of another site");
    expect(started).toEqual([]);
  });

  it("read hostile texts as texts, in every field of a run", async () => {
    const page = await openPage(database(), { env: { KELIO_ENVIRONMENT: "production" } });
    const [run] = await database().$queryRaw<{ id: number }[]>`
      insert into public.sync_run (account, resource, kind, trigger, state, finished_at, error_code, error_message)
      values (${page.account}, ${HOSTILE}, ${HOSTILE}, ${HOSTILE}, 'failed', now(), 'x', ${HOSTILE}) returning id`;
    await database().$executeRaw`insert into public.api_request (account, method, path, job, status, error_kind)
      values (${page.account}, 'GET', ${HOSTILE}, ${`page-${run?.id}-0-${HOSTILE}`}, 500, ${HOSTILE})`;
    const extraHTTPHeaders = { "x-forwarded-user": "<b onclick=alert(4)>Léa</b>" };
    const { page: screen, complaints } = await visit(page, "/ops/runs", { extraHTTPHeaders });
    const text = async () => (await screen.textContent("body")) ?? "";
    expect(await text()).toContain(SHOWN);
    expect(await text()).toContain("<b onclick=alert(4)>L");
    await screen.click(`a[href="/ops/runs/${run?.id}"]`);
    const shown = await text();
    expect(shown.split(SHOWN).length - 1).toBeGreaterThanOrEqual(6);
    expect(["\u001b", "\u202e", "\u2066"].filter((one) => shown.includes(one))).toEqual([]);
    expect(await screen.locator("main :is(img, script, b), [onclick], [onerror], [onfocus]").count()).toBe(0);
    expect(await screen.textContent("header")).toContain("Production");
    expect(complaints).toEqual([]);
  });
});

/** A script that sends a form there, as a page of any origin can. */
function submitted(action: string): string {
  return `{
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: ${JSON.stringify(action)} });
    form.innerHTML = '<input name="resource" value="all"><input name="kind" value="full">';
    document.body.append(form);
    form.submit();
  }`;
}
