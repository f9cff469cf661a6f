import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumInstalled, noteOn } from "../../support/installed.ts";
import { axeViolations, openSite, visit, type Site } from "./browser.ts";

const ends: (() => Promise<void>)[] = [];
let site: Site;

/** Where the pictures of docs/page.md are written, by `npm run screenshots`. */
const PICTURES = process.env["SCREENSHOTS"];

describe.skipIf(!chromiumInstalled())(`the page in a browser${noteOn("chromium", chromiumInstalled())}`, () => {
  beforeAll(async () => {
    const env = { CAMPAIGNS_CRON: "0 2 * * *", APPLICATIONS_CRON: "10 2 * * *", APPLICANTS_CRON: "20 2 * * *" };
    site = await openSite({ env, onEnd: (end) => void ends.push(end) });
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });

  const SCREENS = [
    ["first", "/"],
    ["runs", "/ops/runs"],
    ["run", "/ops/runs/1"],
    ["sync", "/ops/sync"],
    ["deletions", "/ops/deletions"],
    ["statuses", "/ops/statuses"],
    ["people", "/ops/people"],
    ["imports", "/ops/imports"],
    ["retention", "/ops/retention"],
    ["audit", "/ops/audit"],
  ] as const;

  it.each(["en", "fr"] as const)(
    "in %s: axe finds nothing, light and dark, and nothing is wider than 320 pixels",
    async (language) => {
      const locale = language === "fr" ? "fr-FR" : "en-GB";
      const { page, complaints } = await visit(site, "/", { locale });
      for (const [name, path] of SCREENS) {
        await page.setViewportSize({ width: 900, height: 500 });
        await page.emulateMedia({ colorScheme: "light" });
        await page.goto(path);
        expect([name, await page.getAttribute("html", "lang")]).toEqual([name, language]);
        expect([name, await axeViolations(page)]).toEqual([name, []]);
        if (PICTURES !== undefined)
          await page.screenshot({ path: `${PICTURES}/page-${name}-${language}.png`, fullPage: true });
        await page.emulateMedia({ colorScheme: "dark" });
        expect([name, await axeViolations(page, "colours")]).toEqual([name, []]);
        await page.setViewportSize({ width: 320, height: 640 });
        expect([name, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([name, 320]);
      }
      expect(complaints).toEqual([]);
    },
  );

  it("is used by keyboard alone: the skip link first, then on to a sync, which the audit names", async () => {
    const { page } = await visit(site, "/ops/sync", { extraHTTPHeaders: { "x-forwarded-user": "lea" } });
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("campaigns");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/ops\/runs\/\d+$/);
    const run = /\d+$/.exec(page.url())?.[0] ?? "";
    const audited = await site.world.database.audit.findFirst({
      where: { what: "sync_started", subjects: { has: run } },
    });
    expect(audited).toMatchObject({
      source: "page",
      role: "operator",
      name: "lea",
      facts: { resource: "campaigns", kind: "full" },
    });
    await site.world.waitForRun();
  });
});
