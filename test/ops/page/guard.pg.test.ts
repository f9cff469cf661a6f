import { describe, expect, it } from "vitest";
import { isSafe } from "../../../src/ops/page/origin.ts";
import { useDatabase } from "../../support/database.ts";
import { as, openPage } from "./support.ts";

const database = useDatabase();
/** What needs no password of the page, and why. */
const OPEN: Readonly<Record<string, string>> = {
  "/metrics": "it holds no personal data, and METRICS_TOKEN closes it",
  "/openapi.json": "it describes the routes of imports, and nothing of the account",
  "/imports": "it is closed without IMPORT_TOKEN, which is no password of the page",
  "/imports/:id": "it is closed without IMPORT_TOKEN, which is no password of the page",
};
const SAME_ORIGIN = { "sec-fetch-site": "same-origin" };

/** Every route of the page with every method, and paths that do not exist. */
async function everywhere() {
  const page = await openPage(database());
  const own = page.routes.filter(({ url }) => url === "/" || url.startsWith("/ops"));
  const paths = own.map(({ method, url }) => ({ method, path: url.replaceAll(/:\w+|\*/g, "1") }));
  const unknown = ["GET", "POST", "PUT", "DELETE"].map((method) => ({ method, path: "/ops/nothing/here" }));
  const slashed = paths.filter(({ path }) => path !== "/").map(({ method, path }) => ({ method, path: `${path}/` }));
  return { ...page, paths: [...paths, ...slashed, ...unknown] };
}

describe("the guard", () => {
  it("shows nothing to anybody who has not signed in, at any route and with any method", async () => {
    const { url, account, paths } = await everywhere();
    expect(paths.length).toBeGreaterThan(10);
    for (const { method, path } of paths) {
      const answer = await fetch(url + path, { method, headers: SAME_ORIGIN });
      expect([method, path, answer.status]).toEqual([method, path, 401]);
      expect(answer.headers.get("www-authenticate")).toBe('Basic realm="applicant-sync", charset="UTF-8"');
      expect(await answer.text()).not.toContain(account);
    }
  });

  it("stands before every route of the server but a few, none of which writes for a user of the page", async () => {
    const { url, routes } = await openPage(database());
    const others = routes.filter((one) => one.url !== "/" && !one.url.startsWith("/ops"));
    expect(new Set(others.map((one) => one.url))).toEqual(new Set(Object.keys(OPEN)));
    for (const { method, url: path } of others.filter((one) => !isSafe(one.method))) {
      const answer = await fetch(url + path.replace(":id", "1"), {
        method,
        headers: { ...SAME_ORIGIN, ...as("operator") },
      });
      // Nothing is there for this method, or it asks for a token.
      expect([method, path, [401, 403, 404, 405].includes(answer.status)]).toEqual([method, path, true]);
    }
  });

  it("lets a viewer write nowhere", async () => {
    const { url, paths } = await everywhere();
    for (const { method, path } of paths.filter((one) => !isSafe(one.method))) {
      const answer = await fetch(url + path, { method, headers: { ...SAME_ORIGIN, ...as("viewer") } });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
    expect((await fetch(url, { headers: as("viewer") })).status).toBe(200);
  });

  it("tells a viewer what is for operators with the way back to what a viewer may see", async () => {
    const { url } = await openPage(database());
    for (const path of ["/ops/imports/1/release", "/ops/sources/hold"]) {
      const text = await (await fetch(url + path, { headers: as("viewer") })).text();
      expect(text).toMatch(/href="\/ops\/imports"[^]*A viewer decides nothing/);
    }
  });

  it("shows nothing without OPS_PASSWORD, and says what to set", async () => {
    const { url, account } = await openPage(database(), {
      env: { OPS_PASSWORD: "", OPS_VIEWER_PASSWORD: "", OPS_USER_HEADER: "" },
    });
    for (const path of ["/", "/ops/runs", "/ops/nothing"]) {
      const answer = await fetch(url + path, { headers: as("operator") });
      expect(answer.status).toBe(403);
      const text = await answer.text();
      expect(text).toContain("OPS_PASSWORD");
      expect(text).not.toContain(account);
    }
  });

  it("refuses what another site makes a browser send, at every route that writes, before it looks at the password", async () => {
    const { url, paths } = await everywhere();
    const others = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example.org" },
      { origin: "null" },
    ];
    const writes = paths.filter(({ method }) => !isSafe(method));
    expect(writes.filter(({ method }) => method === "POST").length).toBeGreaterThan(10);
    for (const { method, path } of writes) {
      for (const headers of others) {
        const answer = await fetch(url + path, { method, headers: { ...as("operator"), ...headers } });
        expect([method, path, answer.status, await answer.text()]).toEqual([
          method,
          path,
          403,
          expect.stringContaining("sent by a page of another site"),
        ]);
      }
    }
    for (const headers of [SAME_ORIGIN, { origin: url }, {}]) {
      const answer = await fetch(`${url}/ops/nothing`, { method: "POST", headers: { ...as("operator"), ...headers } });
      expect(answer.status).toBe(404);
    }
  });

  it("sends headers that close the page to frames, scripts and addresses of others", async () => {
    const { url } = await openPage(database());
    const { headers } = await fetch(url, { headers: as("operator") });
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});
