import { execFile } from "node:child_process";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { expect, it } from "vitest";
import type { Cli } from "../support/cli.ts";
import { PRIVACY_KEY } from "../support/keyring.ts";
import { remains } from "../support/person.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

interface Somebody {
  readonly id: bigint;
  readonly email: string;
}

/** `people erase` as a process whose connections have a name, and whose list of erasures may be another file. */
function erase({ cli, env }: World, { id }: Somebody, list?: string): Cli {
  const url = new URL(env["DATABASE_URL"] ?? "");
  url.searchParams.set("application_name", "victim");
  const more = { DATABASE_URL: url.href, ...(list === undefined ? {} : { ERASURE_LIST: list }) };
  return cli(["people", "erase", "--applicant", String(id), "--yes"], more);
}

async function kill(...processes: readonly Cli[]): Promise<void> {
  for (const one of processes) {
    expect(one.isRunning()).toBe(true);
    one.kill("SIGKILL");
    expect(await one.ended).toMatchObject({ signal: "SIGKILL" });
  }
}

/** Returns what erases somebody until a statement waits for a lock that is held, kills the process there, and frees the lock. */
function killer(world: World, holder: Client) {
  return async (lock: string, waiting: string, person: Somebody): Promise<void> => {
    await holder.query("begin");
    await holder.query(lock);
    const victim = erase(world, person);
    await waitFor(`the erasure at: ${waiting}`, async () => {
      const rows = await world.database.$queryRaw<readonly unknown[]>`
        select from pg_stat_activity where application_name = 'victim' and wait_event_type = 'Lock' and strpos(query, ${waiting}) > 0`;
      return rows.length === 1;
    });
    await kill(victim);
    await holder.query("rollback");
  };
}

describeOnBackends("an erasure whose process is killed beside two workers", ({ redisUrl }) => {
  it("has done nothing before its commit; after it, a worker that runs, or the next one, does the rest", async () => {
    const world = await openWorld({ redisUrl: redisUrl(), sandbox: { applications: 60 }, env: { PRIVACY_KEY } });
    const { account, database, env } = world;
    await world.sync(["applications", "applicants"]);
    const people = await database.$queryRaw<Somebody[]>`
      select id, email from public.applicant a where email is not null
        and exists (select from public.application c where c.account = a.account and c.applicant_id = a.id) order by id limit 5`;
    const [first, second, third, fourth, fifth] = people;
    if (!first || !second || !third || !fourth || !fifth) throw new Error("the sandbox has too few people");
    const workers = [await world.worker(), await world.worker()];
    const holder = new Client({ connectionString: env["DATABASE_URL"] ?? "" });
    await holder.connect();
    const killAt = killer(world, holder);
    const directory = env["DATA_DIR"] ?? "";
    const list = join(directory, "erasures.jsonl");
    const listed = async () => (await readFile(list, "utf8")).split("\n").filter((line) => line.endsWith("}")).length;
    const isListed = async (count: number) => (await database.erasure.count()) === count && (await listed()) === count;
    const isComplete = (count: number) =>
      waitFor(
        "the end of what was left",
        async () => (await database.cleanUp.count()) === 0 && (await isListed(count)),
      );

    await killAt(`select public.lock_account('${account}', 'mirror applicant', 10000)`, "lock_account", first);
    await killAt(
      `select from public.application where applicant_id = ${second.id} for update`,
      "update public.application",
      second,
    );
    expect(await database.erasure.count()).toBe(0);
    expect(await database.cleanUp.count()).toBe(0);
    expect(await database.applicant.count({ where: { account, id: { in: [first.id, second.id] }, email: null } })).toBe(
      0,
    );

    // A list that nobody writes, then one that nobody reads, keep the process where it opens it.
    const pipe = join(directory, "pipe");
    await promisify(execFile)("mkfifo", [pipe]);
    const committed = async (victim: Cli, count: number) => {
      await waitFor("the commit", async () => {
        if (!victim.isRunning()) throw new Error(`The process ended: ${victim.stderr()}`);
        return (await database.erasure.count()) === count;
      });
    };
    const unlisted = erase(world, third, pipe);
    await committed(unlisted, 1);
    await kill(unlisted);
    await isComplete(1);
    await appendFile(list, `{"id":"killed while it wro`);
    const unwritten = erase(world, fourth, pipe);
    await committed(unwritten, 2);
    await writeFile(pipe, "");
    await kill(unwritten);
    await isComplete(2);
    // A worker that is at the clean-up already would leave nothing to the command.
    await kill(...workers);
    await killAt("lock table public.quarantine in share update exclusive mode", "public.quarantine", fifth);
    expect(await database.cleanUp.count()).toBe(1);
    await world.worker();
    await isComplete(3);

    for (const { id } of [first, second]) {
      expect(await world.run(["people", "erase", "--applicant", String(id), "--yes"])).toMatchObject({ code: 0 });
    }
    await isComplete(5);
    await world.sync(["applications", "applicants"]);
    const emails = people.map(({ email }) => email);
    expect(await remains(database, emails)).toEqual([]);
    await holder.end();
  }, 240_000);
});
