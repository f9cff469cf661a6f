import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { createDatabase, type Database } from "../../src/database/client.ts";
import { closeImports } from "../../src/outbox/operations/close.ts";
import { keepErasures } from "../../src/outbox/restore/erasures.ts";
import { cleanUp, cleanUpIfDue } from "../../src/people/erase/clean-up.ts";
import { createErasure } from "../../src/people/erase/erasure.ts";
import { PERSON } from "../support/decider.ts";
import { keyringOf, PRIVACY_KEY } from "../support/keyring.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { addCanary, PERSON_IDS, remains } from "../support/person.ts";

const ORDER = { named: { by: "applicant", id: PERSON_IDS.applicant }, by: PERSON, ticket: null, shown: null } as const;
const nothing = () => Promise.resolve();

/** The database of a process whose connection `killer` ends before its statement `fatal` of a transaction, or before the commit. */
function dyingAt(real: Database, killer: Database, fatal: number, count: (statement: number) => void): Database {
  let statement = 0;
  let backend = 0;
  const die = () => killer.$queryRaw`select pg_terminate_backend(${backend}::integer)`;
  const counted = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(whole, name) {
        const value: unknown = Reflect.get(whole, name);
        if (typeof value === "object" && value !== null) return counted(value);
        if (typeof value !== "function") return value;
        return async (...values: readonly unknown[]) => {
          count((statement += 1));
          if (statement === fatal) await die();
          return Reflect.apply(value, whole, values);
        };
      },
    });
  return new Proxy(real, {
    get(whole, name) {
      if (name !== "$transaction") return Reflect.get(whole, name);
      return (work: (tx: object) => Promise<unknown>, options: object) =>
        whole.$transaction(async (tx) => {
          const [own] = await tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
          backend = own?.pid ?? 0;
          const result = await work(counted(tx));
          count((statement += 1));
          if (statement === fatal) await die();
          return result;
        }, options);
    },
  });
}

/** A database with the person. */
async function open() {
  const { url, drop } = await createTestDatabase();
  const database = createDatabase(url);
  onTestFinished(async () => {
    await database.$disconnect();
    await drop();
  });
  await addCanary(database, "default");
  return { url, database };
}

it("an erasure that ends before any of its statements, or before its commit, has done nothing, and a repeat does all of it", async () => {
  const { url, database } = await open();
  const before = await remains(database);
  const counts = async () => [
    await database.suppression.count(),
    await database.erasure.count(),
    await database.audit.count(),
    await database.cleanUp.count(),
  ];
  let last = 0;
  const eraseUntil = async (fatal: number) => {
    const victim = createDatabase(url);
    const erase = createErasure({
      database: dyingAt(victim, database, fatal, (statement) => (last = statement)),
      account: "default",
      keyring: keyringOf(PRIVACY_KEY),
      closeImports,
      keepFiles: nothing,
      cleanUp: async () => ({ left: [], later: [] }),
    });
    try {
      return await erase(ORDER);
    } finally {
      await victim.$disconnect();
    }
  };
  let fatal = 1;
  for (; ; fatal += 1) {
    const erased = await eraseUntil(fatal).then(
      () => true,
      () => false,
    );
    if (erased) break;
    expect({ fatal, counts: await counts() }).toEqual({ fatal, counts: [0, 0, 0, 0] });
    expect(await remains(database)).toEqual(before);
  }
  expect(fatal).toBe(last + 1);
  expect(last).toBeGreaterThan(20);
  expect(await remains(database)).toEqual([]);
});

it("after the commit, what a killed process has left of the list and of the files is done by a worker, or by the next erasure", async () => {
  const { url, database: own } = await open();
  const directory = await mkdtemp(join(tmpdir(), "killed-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const list = join(directory, "erasures.jsonl");
  const config = loadConfig(
    { KELIO_ACCOUNT: "default", DATABASE_URL: url, PRIVACY_KEY, ERASURE_LIST: list },
    { keys: false },
  );
  const postgres = { databaseUrl: url, directory: null, account: "default" };
  const keepList = () => keepErasures(own, config);
  const killed = () => Promise.reject(new Error("killed"));
  const erase = (after: {
    readonly keepFiles: () => Promise<void>;
    readonly cleanUp: () => ReturnType<typeof cleanUp>;
  }) =>
    createErasure({ database: own, account: "default", keyring: keyringOf(PRIVACY_KEY), closeImports, ...after })(
      ORDER,
    );
  const listed = async () => (await readFile(list, "utf8")).split("\n").length - 1;

  await expect(erase({ keepFiles: killed, cleanUp: () => cleanUp(postgres) })).rejects.toThrow("killed");
  expect(await cleanUpIfDue(postgres, keepList)).toMatchObject({ left: expect.any(Array) });
  expect(await listed()).toBe(await own.erasure.count());
  expect(await cleanUpIfDue(postgres, killed)).toBeNull();

  await expect(erase({ keepFiles: keepList, cleanUp: killed })).rejects.toThrow("killed");
  expect(await own.cleanUp.count()).toBe(1);
  await erase({ keepFiles: keepList, cleanUp: () => cleanUp(postgres) });
  expect(await own.cleanUp.count()).toBe(0);
});
