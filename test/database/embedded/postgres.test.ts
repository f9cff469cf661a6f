import { mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { sharedMegabytes } from "../../../src/database/embedded/cluster.ts";
import {
  keepEmbeddedPostgres,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
  type EmbeddedOptions,
} from "../../../src/database/embedded/postgres.ts";
import { makeDataDir } from "../../support/postgres.ts";
import { silent } from "../../support/silent.ts";
import { expectEnd, freshOptions, killServer, pidOf, query, runHolder, serverLives } from "./support.ts";

// One data directory for most tests: each leaves its server stopped, and creating one is the slowest part.
let options: EmbeddedOptions;
beforeAll(async () => {
  options = { dataDir: await makeDataDir(), logger: silent };
});
afterAll(() => rm(options.dataDir, { recursive: true, force: true }));

describe("the embedded Postgres", () => {
  test("answers on its URL, in UTF-8, sorted by code point, on this machine only", async () => {
    const held = await startEmbeddedPostgres(options);
    onTestFinished(() => held.release());
    const row = await query(
      held.url,
      "select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale from pg_database where datname = current_database()",
    );
    expect(row).toEqual({ encoding: "UTF8", provider: "b", locale: "C.UTF-8" });
    expect(await query(held.url, "show listen_addresses")).toEqual({ listen_addresses: "127.0.0.1" });
  });

  test("lets each session read for itself, at its own priority", async () => {
    const held = await startEmbeddedPostgres(options);
    onTestFinished(() => held.release());
    expect(await query(held.url, "show io_method")).toEqual({ io_method: "sync" });
  });

  test.each([
    ["256 MB", 256, 64],
    ["1 GB", 1_024, 128],
    ["64 GB", 65_536, 512],
  ])("shares an eighth of %s of memory between its sessions, from 64 to 512 MB", (_, memory, shared) => {
    expect(sharedMegabytes(memory * 1024 ** 2)).toBe(shared);
  });

  test("refuses a wrong password", async () => {
    const held = await startEmbeddedPostgres(options);
    onTestFinished(() => held.release());
    const url = new URL(held.url);
    url.password = "wrong";
    await expect(query(url.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("keeps its password in a file that only the server's account reads", async () => {
    const held = await startEmbeddedPostgres(options);
    onTestFinished(() => held.release());
    const file = join(options.dataDir, "postgres", "applicant-sync.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toContain(new URL(held.url).password);
  });

  test("keeps data, port and password over a restart", async () => {
    const first = await startEmbeddedPostgres(options);
    await query(first.url, "create table kept as select 42 as answer");
    await first.release();
    const second = await startEmbeddedPostgres(options);
    onTestFinished(() => second.release());
    expect(second.url).toBe(first.url);
    expect(await query(second.url, "select answer from kept")).toEqual({ answer: 42 });
  });

  test("uses another port when its own is in use", async () => {
    const first = await startEmbeddedPostgres(options);
    await first.release();
    const squatter = createServer();
    onTestFinished(() => void squatter.close());
    await new Promise<void>((listening) => squatter.listen(Number(new URL(first.url).port), "127.0.0.1", listening));
    const second = await startEmbeddedPostgres(options);
    onTestFinished(() => second.release());
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    expect(await query(second.url, "select 1 as one")).toEqual({ one: 1 });
  });

  test("works in a directory whose name has spaces, quotes and accents", async () => {
    const dataDir = join((await freshOptions()).dataDir, "l'été de Zoë");
    const held = await startEmbeddedPostgres({ dataDir, logger: silent });
    onTestFinished(() => held.release());
    expect(await query(held.url, "select 1 as one")).toEqual({ one: 1 });
  });

  test("writes no values of a failing statement into its log", async () => {
    const held = await startEmbeddedPostgres(options);
    onTestFinished(() => held.release());
    await query(held.url, "create table person (email text primary key, seen_at timestamptz)");
    const values = "('zoe.invented@example.com', null)";
    const statements = [
      `insert into person values ${values}, ${values}`,
      "insert into person (seen_at) values ('zoe.invented')",
      'select "zoe.invented" from person',
      "do $$ begin raise warning 'zoe.invented'; raise exception 'zoe.invented'; end $$",
    ];
    for (const statement of statements)
      await expect(query(held.url, statement)).rejects.toMatchObject({ severity: "ERROR" });
    const log = await readFile(join(options.dataDir, "postgres.log"), "utf8");
    expect(log).toContain("ready to accept connections");
    expect(log).not.toContain("zoe.invented");
  });
});

describe("several holders of one data directory", () => {
  test("share a server, which the last one stops", async () => {
    const first = await startEmbeddedPostgres(options);
    const second = await startEmbeddedPostgres(options);
    expect(second.url).toBe(first.url);
    await first.release();
    expect(await query(second.url, "select 1 as one")).toEqual({ one: 1 });
    const pid = await pidOf(options.dataDir);
    await second.release();
    await expectEnd(pid);
  });

  test("may release twice, which counts once", async () => {
    const first = await startEmbeddedPostgres(options);
    const second = await startEmbeddedPostgres(options);
    onTestFinished(() => second.release());
    await Promise.all([first.release(), first.release()]);
    expect(await query(second.url, "select 1 as one")).toEqual({ one: 1 });
  });

  test("create it once when they start at the same time for the first time", async () => {
    const fresh = await freshOptions();
    const held = await Promise.all([1, 2, 3, 4].map(() => startEmbeddedPostgres(fresh)));
    onTestFinished(async () => {
      await Promise.all(held.map((one) => one.release()));
    });
    expect(new Set(held.map((one) => one.url)).size).toBe(1);
  });

  test("in other processes count as much", async () => {
    const holder = await runHolder(options.dataDir);
    const held = await startEmbeddedPostgres(options);
    expect(held.url).toBe(holder.url);
    await held.release();
    expect(await query(holder.url, "select 1 as one")).toEqual({ one: 1 });
    const pid = await pidOf(options.dataDir);
    await holder.end("SIGTERM");
    await expectEnd(pid);
  });

  test("that were killed leave a server that the next one uses and stops", async () => {
    const holder = await runHolder(options.dataDir);
    const pid = await pidOf(options.dataDir);
    await holder.end("SIGKILL");
    expect(serverLives(pid)).toBe(true);
    const held = await startEmbeddedPostgres(options);
    expect(await pidOf(options.dataDir)).toBe(pid);
    await held.release();
    await expectEnd(pid);
  });
});

describe("after an accident", () => {
  test("a killed server is started again with what was committed", async () => {
    const first = await startEmbeddedPostgres(options);
    await query(first.url, "create table survivor as select 42 as answer");
    await killServer(options.dataDir);
    const second = await startEmbeddedPostgres(options);
    expect(await query(second.url, "select answer from survivor")).toEqual({ answer: 42 });
    await Promise.all([first.release(), second.release()]);
  });

  test("a pid file whose process id now belongs to another process does not prevent a start", async () => {
    const first = await startEmbeddedPostgres(options);
    await first.release();
    await writeFile(join(options.dataDir, "postgres", "postmaster.pid"), `${process.pid}\n/\n1\n20000\n\n\n\nready\n`);
    const second = await startEmbeddedPostgres(options);
    onTestFinished(() => second.release());
    expect(await query(second.url, "select 1 as one")).toEqual({ one: 1 });
  });

  test("the files of an interrupted creation are removed", async () => {
    const fresh = await freshOptions();
    await mkdir(join(fresh.dataDir, "postgres.new-1234", "base"), { recursive: true });
    const held = await startEmbeddedPostgres(fresh);
    onTestFinished(() => held.release());
    expect((await readdir(fresh.dataDir)).filter((name) => name.includes(".new-"))).toEqual([]);
  });
});

describe("a server that was asked to stay", () => {
  test("keeps running after its last user, until it is stopped", async () => {
    const held = await keepEmbeddedPostgres(options);
    await held.release();
    expect(await query(held.url, "select 1 as one")).toEqual({ one: 1 });
    expect(await stopEmbeddedPostgres(options)).toBe("stopped");
    await expect(query(held.url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await stopEmbeddedPostgres(options)).toBe("not_running");
  });

  test("is not stopped while a process uses it, but when that process ends", async () => {
    const kept = await keepEmbeddedPostgres(options);
    expect(await stopEmbeddedPostgres(options)).toBe("in_use");
    const pid = await pidOf(options.dataDir);
    await kept.release();
    await expectEnd(pid);
  });
});

describe("a server that ends with the process that has started it", () => {
  test("is stopped by it, although it was asked to stay and another process uses it", async () => {
    const held = await startEmbeddedPostgres({ ...options, endsWithProcess: true });
    const kept = await keepEmbeddedPostgres(options);
    onTestFinished(async () => void (await stopEmbeddedPostgres(options)));
    await held.release();
    await expect(query(kept.url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await kept.release();
  });

  test("is left by another process of that kind", async () => {
    const kept = await keepEmbeddedPostgres(options);
    onTestFinished(async () => void (await stopEmbeddedPostgres(options)));
    const held = await startEmbeddedPostgres({ ...options, endsWithProcess: true });
    await kept.release();
    await held.release();
    expect(await query(kept.url, "select 1 as one")).toEqual({ one: 1 });
  });
});

describe("what cannot work says what to do", () => {
  test("a data directory of another major version is refused with both versions and what to do", async () => {
    await (await startEmbeddedPostgres(options)).release();
    const file = join(options.dataDir, "postgres", "PG_VERSION");
    await writeFile(file, "17\n");
    onTestFinished(() => writeFile(file, "18\n"));
    await expect(startEmbeddedPostgres(options)).rejects.toMatchObject({
      code: "data_dir_version",
      message: expect.stringMatching(/Postgres 17.*Postgres 18.*DATABASE_URL/),
    });
  });

  test("a file where the data directory should be is refused", async () => {
    const dataDir = join((await freshOptions()).dataDir, "file");
    await writeFile(dataDir, "");
    await expect(startEmbeddedPostgres({ dataDir, logger: silent })).rejects.toMatchObject({
      code: "data_dir_unusable",
      message: expect.stringContaining(dataDir),
    });
  });

  test("a server that does not start shows the end of its log, and the next start works again", async () => {
    await (await startEmbeddedPostgres(options)).release();
    const conf = join(options.dataDir, "postgres", "postgresql.auto.conf");
    await writeFile(conf, "nonsense\n");
    await expect(startEmbeddedPostgres(options)).rejects.toMatchObject({
      code: "database_start_failed",
      message: expect.stringContaining('syntax error in file "'),
    });
    await writeFile(conf, "");
    const held = await startEmbeddedPostgres(options);
    await held.release();
  });

  test("a data directory that vanished under its holder does not make the release fail", async () => {
    const dataDir = await makeDataDir();
    const held = await startEmbeddedPostgres({ dataDir, logger: silent });
    await killServer(dataDir);
    await rm(dataDir, { recursive: true, force: true });
    await expect(held.release()).resolves.toBeUndefined();
  });
});
