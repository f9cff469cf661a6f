import { describe, expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { chromiumInstalled, noteOn } from "../../support/installed.ts";
import { importPeople } from "../../support/imports.ts";
import { axeViolations, visit } from "./browser.ts";
import { openPage } from "./support.ts";

const database = useDatabase();
const SUBJECT = { source: "jobboard", campaign: "7" };

/** Every screen that a GET route shows, and a refusal: a new route is walked without being named here. */
async function everyScreen() {
  const page = await openPage(database());
  const { account } = page;
  const [added] = await importPeople({ database: database(), env: page.settings }, [{ email: "ann@example.org" }]);
  await database().$executeRaw`
    update public.applicant_import set applicant_state = 'held', reason_code = 'by_hand' where account = ${account}`;
  const run = { account, resource: "applications", kind: "full", trigger: "schedule", state: "needs_review" };
  const { id } = await database().syncRun.create({ data: { ...run, candidates: 1, known: 10 } });
  await database().syncCandidate.create({ data: { runId: id, id: 1n, state: "open" } });
  const queries = Object.entries(SUBJECT).map(([name, value]) => `${name}=${value}&subject=${value}`);
  const paths = page.routes
    .filter(
      ({ method, url }) => method === "GET" && (url === "/" || url.startsWith("/ops/")) && !/\.(css|js)$/.test(url),
    )
    .map(({ url }) => url.replace(":run", String(id)).replace(":id", String(added?.id)))
    .map((path) => (path.includes("*") ? "/ops/nothing" : `${path}?${queries.join("&")}`));
  return { page, paths: [...new Set(paths)] };
}

describe.skipIf(!chromiumInstalled())(`every screen${noteOn("chromium", chromiumInstalled())}`, () => {
  it.each(["en-GB", "fr-FR"])(
    "in %s: axe finds nothing, light and dark, nothing is wider than 320 pixels, and all is reached by keyboard",
    async (locale) => {
      const { page, paths } = await everyScreen();
      expect(paths.length).toBeGreaterThan(15);
      const { page: screen } = await visit(page, "/", { locale, viewport: { width: 900, height: 500 } });
      for (const path of paths) {
        await screen.setViewportSize({ width: 900, height: 500 });
        await screen.emulateMedia({ colorScheme: "light" });
        await screen.goto(path);
        expect([path, await axeViolations(screen)]).toEqual([path, []]);
        await screen.emulateMedia({ colorScheme: "dark" });
        expect([path, await axeViolations(screen, "colours")]).toEqual([path, []]);
        await screen.setViewportSize({ width: 320, height: 640 });
        expect([path, await screen.evaluate("document.documentElement.scrollWidth")]).toEqual([path, 320]);
        // A cut label reads as another: "Fri 2" is not "Fri 27".
        const cut = `[...document.querySelectorAll(".marks span")]
          .filter((one) => getComputedStyle(one).visibility === "visible" && getComputedStyle(one).overflow === "hidden")
          .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)`;
        expect([path, await screen.evaluate(cut)]).toEqual([path, []]);
        const unreached = `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), textarea, select, summary")]
          .filter((one) => one.tabIndex < 0).map((one) => one.outerHTML)`;
        expect([path, await screen.evaluate(unreached)]).toEqual([path, []]);
      }
    },
  );
});
