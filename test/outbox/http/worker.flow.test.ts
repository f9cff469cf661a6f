import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { describeOnBackends } from "../../support/redis.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openWorld, type World } from "../../support/world.ts";
import { answered, TOKEN, type Answered } from "./support.ts";

const HTTP = { HTTP_PORT: "0", IMPORT_TOKEN: TOKEN, LOG_LEVEL: "info" } as const;

/** Where a worker says that it listens. */
const listening = (log: () => string): Promise<string> =>
  waitFor("where it listens", () => /"url":"(http:[^"]+)"/.exec(log())?.[1]);

/** A worker in this process. Returns where it listens. */
async function listenHere(world: World): Promise<string> {
  await world.workerHere(HTTP);
  return listening(() => world.log.join(""));
}

function ask(url: string, body?: string): Promise<Answered> {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  return fetch(url, body === undefined ? { headers } : { method: "POST", headers, body }).then(answered);
}

describeOnBackends("a worker with HTTP_PORT", ({ redisUrl }) => {
  it("creates the person who is posted, and reports it", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    const url = await listenHere(world);
    const posted = await ask(`${url}/imports`, '{"email":"lea.martin@example.org","first_name":"Léa"}');
    expect(posted.status).toBe(202);
    const { imports }: { imports: readonly { readonly status_url: string }[] } = JSON.parse(
      JSON.stringify(posted.body),
    );
    const done = await waitFor("it is done", async () => {
      const { body } = await ask(url + (imports[0]?.status_url ?? ""));
      return body["state"] === "done" ? body : null;
    });
    const [effect] = world.sandbox.effects;
    expect(effect).toMatchObject({ outcome: "created", email: "lea.martin@example.org" });
    expect(done).toMatchObject({ applicant_id: String(effect?.id), attempts: 1, email_expected: true });
    expect(world.log.join("")).not.toMatch(/lea\.martin|Léa/);
    expect(world.log.join("")).not.toContain(TOKEN);
  });

  it("finishes a request whose body is still arriving when it receives a signal to stop", async () => {
    const world = await openWorld({ redisUrl: redisUrl() });
    const worker = await world.worker(HTTP);
    const url = await listening(worker.stderr);
    const body = '[{"email":"lea.martin@example.org"},{"email":"noe.petit@example.org"}]';
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let said = "";
    socket.setEncoding("utf8").on("data", (text: string) => (said += text));
    const closed = once(socket, "close");
    socket.write(
      `POST /imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n` +
        `Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    // From here on the request is in flight.
    await waitFor("leave to send the body", () => said.includes("100 Continue"));
    socket.write(body.slice(0, 30));
    worker.kill("SIGTERM");
    await waitFor("it stops", () => worker.stderr().includes('"msg":"stopping"'));
    await waitFor("it accepts no more", () =>
      fetch(`${url}/health`).then(
        () => false,
        () => true,
      ),
    );
    socket.write(body.slice(30));
    await closed;
    expect(said).toContain("HTTP/1.1 202 Accepted");
    expect(await worker.ended).toMatchObject({ code: 0 });
    expect(await world.database.applicantImport.count({ where: { account: world.account } })).toBe(2);
  });
});

it("does not start on a port that is in use: it names the setting, and has started no sync that is due", async () => {
  const world = await openWorld();
  const url = await listenHere(world);
  const due = { CAMPAIGNS_CRON: "0 2 * * *" };
  const ended = await world.run(["start"], { ...HTTP, ...due, HTTP_PORT: new URL(url).port });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain("HTTP_PORT");
  expect(await world.runs()).toEqual([]);
  expect(world.sandbox.requests).toEqual([]);
});
