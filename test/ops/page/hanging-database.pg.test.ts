import { expect, it, onTestFinished } from "vitest";
import { createDatabase } from "../../../src/database/client.ts";
import { createTestDatabase } from "../../support/postgres.ts";
import { startRelay } from "../../support/relay.ts";
import { waitFor } from "../../support/wait-for.ts";
import { as, openPage } from "./support.ts";

/** The longest that anybody waits: a view for 10 s, a scrape for 3 s, a connection for 10 s. */
const PATIENCE_MS = 25_000;

it("every route answers 503 while Postgres accepts connections and answers nothing, and is well again afterwards", async () => {
  const own = await createTestDatabase();
  onTestFinished(own.drop);
  const relay = await startRelay(own.url);
  const database = createDatabase(relay.url);
  onTestFinished(() => database.$disconnect());
  onTestFinished(() => relay.goOn());
  const { url, routes } = await openPage(database);
  const ask = async (path: string, method: string, headers: Readonly<Record<string, string>> = as("operator")) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url + path, { method, headers, signal, redirect: "manual" });
    return { what: `${method} ${path} ${response.status}`, status: response.status, text: await response.text() };
  };
  const isOurs = (path: string) => path === "/" || (path.startsWith("/ops/") && !/\*|\.(css|js)/.test(path));
  const pathsOf = (method: string) =>
    [...new Set(routes.filter((one) => one.method === method && isOurs(one.url)).map((one) => one.url))]
      .map((path) => path.replaceAll(/:\w+/g, "1"))
      .toSorted();
  const form = {
    ...as("operator"),
    "content-type": "application/x-www-form-urlencoded",
    "sec-fetch-site": "same-origin",
  };
  const importer = { authorization: "Bearer a-token-of-an-importer" };
  const all = () => [
    ...pathsOf("GET").map((path) => ask(path, "GET")),
    ...pathsOf("POST").map((path) => ask(path, "POST", form)),
    ask("/health", "GET"),
    ask("/imports/1", "GET", importer),
  ];
  const isUp = async () => /^applicant_sync_database_up\{.*\} (\d)$/m.exec((await ask("/metrics", "GET")).text)?.[1];
  expect(await ask("/health", "GET")).toMatchObject({ status: 200 });

  relay.hang();
  const asked = all();
  const [scraped, page] = await Promise.all([ask("/metrics", "GET"), ask("/ops/nothing", "GET")]);
  expect(scraped).toMatchObject({ status: 200, text: expect.stringMatching(/^applicant_sync_database_up\{.*\} 0$/m) });
  expect(page.status).toBe(404);
  const answers = (await Promise.all(asked)).map(({ what }) => what);
  // What needs no database: the form of a sync, and the refusal of methods that a path does not have.
  expect(answers.filter((what) => !/ (503|405)$/.test(what))).toEqual(["GET /ops/sync 200"]);
  expect(answers).toEqual(
    expect.arrayContaining(["GET / 503", "GET /ops/imports/1 503", "POST /ops/kill-switch/on 503"]),
  );

  relay.goOn();
  await waitFor("the database is up again", async () => (await isUp()) === "1");
  // They are asked all at once: on a busy machine one of them may wait for longer than it is given.
  await waitFor("every route is well again", async () =>
    (await Promise.all(all())).every(({ status }) => status < 500),
  );
}, 90_000);
