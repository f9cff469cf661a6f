import { expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { openForms } from "./forms.ts";
import { as, openPage } from "./support.ts";

const database = useDatabase();

/** Nothing has these ids: unknown, out of range of an integer and of a bigint, negative, no number, and text that Postgres stores nowhere. */
const NOTHING = [
  "99",
  "2147483647",
  "2147483648",
  "9223372036854775807",
  "9223372036854775808",
  "9".repeat(40),
  "0",
  "-1",
  "1.5",
  "1e3",
  "0x1",
  "NaN",
  "un",
  "%00",
  "%E2%80%AE1",
  "%27%3B--",
  // The router reads none of these.
  "%zz",
  "%E0%A4%A",
  "9".repeat(101),
  // A name is cut at 200: not within a character.
  `${"a".repeat(199)}%F0%9F%98%80`,
];

it("is not found, whatever route names what nothing has, and whatever it is", async () => {
  const { url, routes } = await openPage(database());
  const named = routes.filter((one) => one.url.startsWith("/ops") && one.url.includes(":"));
  const asked = named.filter(({ method }) => method === "GET" || method === "POST");
  expect(asked.length).toBeGreaterThan(10);
  for (const { method, url: path } of asked) {
    for (const id of NOTHING) {
      const answer = await fetch(url + path.replace(/:\w+/, id), {
        method,
        headers: as("operator"),
        redirect: "manual",
      });
      // 405: the path does not take this method, whatever it names.
      expect([method, path, id, answer.status]).toEqual([method, path, id, expect.toBeOneOf([404, 405])]);
      expect([path, id, answer.headers.get("content-type")]).toEqual([path, id, "text/html; charset=utf-8"]);
    }
  }
});

it("is the first page, where a query names what no page begins with", async () => {
  const { url, routes } = await openPage(database());
  const lists = routes.filter((one) => one.method === "GET" && one.url.startsWith("/ops/") && !/[:*]/.test(one.url));
  for (const { url: path } of lists) {
    for (const id of NOTHING) {
      const query = ["before", "below", "run", "campaign", "subject", "source", "key", "state", "since", "until"];
      const answer = await fetch(`${url}${path}?${query.map((name) => `${name}=${id}`).join("&")}`, {
        headers: as("operator"),
      });
      expect([path, id, answer.status]).toEqual([path, id, expect.toBeOneOf([200, 405])]);
    }
  }
});

it("keeps what a person typed without the character that Postgres stores nowhere", async () => {
  const { get, post, audit } = await openForms(database());
  expect(await post("/ops/kill-switch/on", { why: "a\0b\ud800" })).toMatchObject({ status: 303 });
  expect(await audit()).toMatchObject([{ what: "kill_switch_on", why: "ab\ufffd" }]);
  const source = encodeURIComponent("a\0b");
  expect((await get(`/ops/imports?source=${source}&reason=%00&file=%00&key=%00`)).status).toBe(200);
});
