import { expect, it } from "vitest";
import { openApiQueue } from "../support/api-queue.ts";
import { describeOnBackends } from "../support/redis.ts";
import { openWorld, type World } from "../support/world.ts";

const LIST = { path: "/applications" };
/** Everything of ours but the mirrored tables and the quarantine, which hold people on purpose. */
const OWN_TABLES = ["api_request", "sync_run", "sync_walker", "sync_page", "schedule_tick", "account"];

async function tableTexts({ database }: World): Promise<readonly string[]> {
  const texts = OWN_TABLES.map((table) =>
    database.$queryRawUnsafe<{ text: string }[]>(`select to_jsonb(t)::text as text from public.${table} t`),
  );
  return (await Promise.all(texts)).flat().map(({ text }) => text);
}

/** What must be found nowhere, by what it is. */
function secretsOf({ sandbox, env }: World): Readonly<Record<string, readonly string[]>> {
  const people = [...sandbox.data.applicants.all(), ...sandbox.data.managers.all()];
  return {
    keys: sandbox.keys.flatMap(({ privateKey, secretKey }) => [privateKey, secretKey]),
    token: ["eyJ"],
    password: [new URL(env["DATABASE_URL"] ?? "").password].filter((text) => text !== ""),
    email: people.map(({ email }) => email),
    name: [...new Set(people.flatMap(({ last_name: last }) => last ?? []))],
    phone: sandbox.data.applicants.all().flatMap(({ phone_number: phone }) => phone ?? []),
  };
}

describeOnBackends("a run with everything that can go wrong in it", ({ redisUrl }) => {
  it("leaves no secret and nobody's data in logs, outputs, errors, jobs and request rows", async () => {
    const world = await openWorld({
      redisUrl: redisUrl(),
      env: { LOG_LEVEL: "trace", KELIO_TOKEN_SOURCE: "endpoint", APPLICATIONS_CRON: "0 3 29 2 *" },
      sandbox: { tokenLife: 2 },
    });
    const queue = await openApiQueue(world.env);
    const jobs: string[] = [];
    const { script } = world.sandbox;
    // Jobs are looked at while each request is under way.
    script.before({ ...LIST, times: Infinity }, async () => {
      jobs.push(...(await queue.jobs()).map(({ text }) => text));
    });
    script.fault({ kind: "status", status: 401 }, { ...LIST, nth: 2 });
    script.fault({ kind: "truncated", cut: "body" }, { ...LIST, nth: 4 });
    script.fault({ kind: "html", status: 502 }, { ...LIST, nth: 5 });
    script.fault({ kind: "reset" }, { ...LIST, nth: 7 });
    const worker = await world.worker();
    await world.waitForRun();
    script.fault({ kind: "status", status: 422 }, LIST);
    const commands = [];
    for (const args of [["sync", "applications"], ["sync"], ["status"], ["status", "--json"], ["doctor"]]) {
      commands.push(await world.run(args));
    }
    worker.kill("SIGTERM");
    const { stdout, stderr } = await worker.ended;
    await queue.close();

    const outputs = [...commands, { stdout, stderr }].flatMap((one) => [one.stdout, one.stderr]);
    const everything = [...outputs, ...jobs, ...(await tableTexts(world))].join("\n");
    expect(jobs.length).toBeGreaterThan(5);
    expect(everything).toMatch(/api_unreachable/);
    const found = Object.entries(secretsOf(world)).flatMap(([what, texts]) =>
      texts.filter((text) => everything.includes(text)).map((text) => `${what}: ${text}`),
    );
    expect(found).toEqual([]);
  });
});
