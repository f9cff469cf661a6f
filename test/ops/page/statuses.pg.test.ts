import { expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { chromiumInstalled, noteOn } from "../../support/installed.ts";
import { axeViolations, visit } from "./browser.ts";
import { EVIL, hiddenIn, isHarmless, openForms } from "./forms.ts";
import { openPage } from "./support.ts";

const database = useDatabase();

/** Applications with these statuses, one each. */
async function addApplications(account: string, statuses: readonly string[]) {
  const rows = statuses.map((status, n) => ({ account, id: BigInt(n + 1), status, raw: {}, hash: "" }));
  await database().application.createMany({ data: rows });
}

const LONG = "Vivier ".repeat(40);

it("shows what statuses mean, and sets a category by a form that is refused once it is stale", async () => {
  const { account, get, post, audit } = await openForms(database());
  expect((await get("/ops/statuses")).text).toContain("No application has been synced yet");
  await addApplications(account, ["Vivier", "Embauché", "Embauché", EVIL, "Two\nlines", "", LONG]);
  const { text } = await get("/ops/statuses");
  expect(text).toSatisfy(isHarmless);
  const keys = [...text.matchAll(/href="(\/ops\/statuses\/\w+)"/g)].map(([, path = ""]) => path);
  expect(keys).toHaveLength(6);
  const pages = await Promise.all(keys.map((path) => get(path)));
  expect(pages.map(({ status }) => status)).toEqual(keys.map(() => 200));
  const path = keys[pages.findIndex((page) => page.text.includes("Category of Vivier</bdi>"))] ?? "";
  const hidden = hiddenIn((await get(path)).text, path);
  expect(hidden).toEqual({ shown: "none guessed" });
  expect((await post(path, { ...hidden, category: "gone" })).status).toBe(409);
  expect((await post(path, hidden)).status).toBe(409);
  expect((await post("/ops/statuses/0123456789abcdef", { ...hidden, category: "hired" })).status).toBe(404);
  expect(await audit()).toEqual([]);
  const done = await post(path, { ...hidden, category: "refused", why: "a pool for later" });
  expect(done).toMatchObject({ status: 303, location: "/ops/statuses?done" });
  // The overview knows at once.
  expect((await get("/")).text).toContain("Reports do not know what 4 statuses mean.");
  expect((await get("/", "viewer", "fr")).text).toContain("Les rapports ignorent le sens de 4 statuts.");
  expect(await audit()).toMatchObject([
    {
      what: "statuses_mapped",
      source: "page",
      subjects: ["Vivier"],
      why: "a pool for later",
      facts: { Vivier: "refused" },
    },
  ]);
  expect(await post(path, { ...hidden, category: "hired" })).toMatchObject({
    status: 409,
    text: expect.stringContaining("Somebody has set the category"),
  });
  expect(
    await database()
      .$queryRaw`select category, is_open from report.application where account = ${account} and status = 'Vivier'`,
  ).toEqual([{ category: "refused", is_open: false }]);
  // Every name is a status of its own, whatever stands in it.
  for (const other of keys) {
    const shown = hiddenIn((await get(other)).text, other);
    expect((await post(other, { ...shown, category: "none" })).status).toBe(303);
  }
  expect(await database().statusCategory.count({ where: { account, category: null, isGuessed: false } })).toBe(6);
});

it("shows a viewer the same, in French, and nothing to decide by", async () => {
  const { account, get, post } = await openForms(database());
  await addApplications(account, ["Vivier", "Embauché"]);
  const { text } = await get("/ops/statuses", "viewer", "fr");
  expect(text).toMatch(/Vivier[^]*aucune[^]*le nom ne dit rien[^]*Embauché[^]*Embauche[^]*devinée/);
  expect(text).not.toContain("/ops/statuses/");
  expect((await post("/ops/statuses/0123456789abcdef", {}, { "sec-fetch-site": "cross-site" })).status).toBe(403);
});

it("is decided by two at once by one of them", async () => {
  const { account, get, post, audit } = await openForms(database());
  await addApplications(account, ["Vivier"]);
  const path = /\/ops\/statuses\/\w+/.exec((await get("/ops/statuses")).text)?.[0] ?? "";
  const hidden = hiddenIn((await get(path)).text, path);
  const sent = await Promise.all(["refused", "hired"].map((category) => post(path, { ...hidden, category })));
  expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([303, 409]));
  expect(await audit()).toHaveLength(1);
});

it.skipIf(!chromiumInstalled())(
  `is used in a browser, without JavaScript, too${noteOn("chromium", chromiumInstalled())}`,
  async () => {
    const site = await openPage(database(), { env: { OPS_USER_HEADER: "" } });
    await addApplications(site.account, ["Vivier", "Embauché"]);
    const set = async (category: string, options: { readonly javaScriptEnabled?: boolean } = {}) => {
      const { page, complaints } = await visit(site, "/ops/statuses", { locale: "fr-FR", ...options });
      await page.click("text=Vivier");
      await page.selectOption("select", category);
      await page.click("text=Choisir la catégorie");
      await page.waitForURL("**/ops/statuses?done");
      expect(complaints).toEqual([]);
      return page;
    };
    await set("withdrawn", { javaScriptEnabled: false });
    const page = await set("refused");
    expect(await axeViolations(page)).toEqual([]);
    await page.click("text=Vivier");
    expect(await axeViolations(page)).toEqual([]);
    expect(
      await database().statusCategory.findFirst({ where: { account: site.account, status: "Vivier" } }),
    ).toMatchObject({
      category: "refused",
      isGuessed: false,
    });
  },
);
