import { spawnSync } from "node:child_process";
import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { prepareDataDirectory } from "../../../src/database/embedded/directory.ts";
import { startEmbeddedPostgres, type EmbeddedOptions } from "../../../src/database/embedded/postgres.ts";
import { findPostmaster, forgetDeadPostmaster } from "../../../src/database/embedded/postmaster.ts";
import { noteOn } from "../../support/installed.ts";
import { makeDataDir } from "../../support/postgres.ts";
import { silent } from "../../support/silent.ts";
import { pidOf, query } from "./support.ts";

let options: EmbeddedOptions;
beforeAll(async () => {
  options = { dataDir: await makeDataDir(), logger: silent };
});
afterAll(() => rm(options.dataDir, { recursive: true, force: true }));

/** Runs `code` where `/proc/PID` is empty, as a hardened service sees the processes of others. Null: not possible here. */
function runWhereHidden(pid: number, code: string, ...args: readonly string[]): string | null {
  const hide = `mount -t tmpfs none /proc/${pid} && exec "$0" "$@"`;
  const run = spawnSync("unshare", ["--mount", "sh", "-c", hide, process.execPath, "--eval", code, ...args]);
  return run.status === 0 ? run.stdout.toString().trim() : null;
}

const note = noteOn("a mount namespace", runWhereHidden(process.pid, "0") !== null);

const FIND = `
  const [module, cluster] = process.argv.slice(1);
  const { findPostmaster, forgetDeadPostmaster } = await import(module);
  await forgetDeadPostmaster({ cluster });
  console.log(JSON.stringify(await findPostmaster({ cluster })));
`;

/** What the built program finds of `pid` where that process is hidden from it. */
function findWhereHidden(pid: number, cluster: string): unknown {
  const built = new URL("../../../dist/database/embedded/postmaster.js", import.meta.url).href;
  return JSON.parse(runWhereHidden(pid, FIND, built, cluster) ?? "");
}

describe("the server of a data directory", () => {
  test("is found under another name of the directory", async () => {
    const held = await startEmbeddedPostgres(options);
    onTestFinished(() => held.release());
    const other = `${options.dataDir}-link`;
    await symlink(options.dataDir, other);
    onTestFinished(() => rm(other));
    const again = await startEmbeddedPostgres({ ...options, dataDir: other });
    onTestFinished(() => again.release());
    expect(new URL(again.url).port).toBe(new URL(held.url).port);
    expect(await query(held.url, "select 1 as one")).toEqual({ one: 1 });
  });
});

describe.skipIf(note !== "")(`a server that the system hides${note}`, () => {
  test("is found, and its pid file stays", async () => {
    const held = await startEmbeddedPostgres(options);
    onTestFinished(() => held.release());
    const pid = await pidOf(options.dataDir);
    const { cluster } = await prepareDataDirectory(options.dataDir, silent);
    const port = Number(new URL(held.url).port);
    expect(findWhereHidden(pid, cluster)).toEqual({ pid, port, ready: true });
    expect(await pidOf(options.dataDir)).toBe(pid);
  });

  test("is none if nothing listens on its port, but the pid file stays, for Postgres to decide", async () => {
    await (await startEmbeddedPostgres(options)).release();
    const directory = await prepareDataDirectory(options.dataDir, silent);
    const file = join(directory.cluster, "postmaster.pid");
    const text = `${process.pid}\n/\n1\n1\n\n\n\nready\n`;
    await writeFile(file, text);
    expect(findWhereHidden(process.pid, directory.cluster)).toBeNull();
    expect(await readFile(file, "utf8")).toBe(text);
    expect(await findPostmaster(directory)).toBeNull();
    await forgetDeadPostmaster(directory);
    await expect(readFile(file)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
