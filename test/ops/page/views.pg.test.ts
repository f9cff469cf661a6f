import { expect, it } from "vitest";
import { waitFor } from "../../support/wait-for.ts";
import { openSite } from "./browser.ts";
import { as } from "./support.ts";

const VIEWS = 1_000;
const AT_ONCE = 20;

it("makes no request to the vendor, however often it is looked at during a full pull", async () => {
  const { world, url } = await openSite({ sandbox: { campaigns: 12, applications: 3_000, quota: null } });
  const posted = await fetch(`${url}/ops/sync`, {
    method: "POST",
    redirect: "manual",
    headers: { ...as("operator"), "content-type": "application/x-www-form-urlencoded" },
    body: "resource=applications&kind=full",
  });
  expect(posted.status).toBe(303);
  const paths = ["/", "/ops/runs", posted.headers.get("location") ?? "", "/ops/sync", "/ops/deletions"];
  for (let seen = 0; seen < VIEWS; seen += AT_ONCE) {
    const views = Array.from({ length: AT_ONCE }, async (_, n) => {
      const answer = await fetch(url + (paths[n % paths.length] ?? ""), { headers: as("viewer") });
      return [answer.status, (await answer.text()).length < 60_000];
    });
    expect(new Set((await Promise.all(views)).map(String))).toEqual(new Set(["200,true"]));
  }
  const run = await world.waitForRun();
  expect(run.state).toBe("proven");
  // What the API received is what the pull logged, once no request is on its way any more.
  const logged = () => world.database.apiRequest.findMany({ where: { account: world.account } });
  await waitFor("the last request", async () => (await logged()).length === world.sandbox.requests.length);
  const log = await logged();
  expect(log.filter(({ job }) => !/^(page|detail|confirm|control)-/.test(job ?? ""))).toEqual([]);
}, 180_000);
