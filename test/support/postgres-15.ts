/** The Postgres that the machine has installed beside the embedded one, and its programs: Debian's, version 15. */
import { chown, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe } from "vitest";
import { unprivilegedAccount, weAreRoot } from "../../src/database/embedded/account.ts";
import { freePort } from "../../src/database/embedded/port.ts";
import { runTool } from "../../src/database/embedded/tool.ts";
import { noteOn, POSTGRES_15, postgres15Installed } from "./installed.ts";
import { makeDataDir } from "./postgres.ts";

/** Declares tests that need Postgres 15: skipped, by name, without one. */
export function describeWithPostgres15(name: string, declare: () => void): void {
  const note = noteOn("Postgres 15", postgres15Installed());
  describe.skipIf(!postgres15Installed())(`${name}${note}`, declare);
}

export interface Postgres15 {
  /** Of the database `postgres`, as a superuser. */
  readonly url: string;
  remove(): Promise<void>;
}

/** A server of Postgres 15 of the test's own, its data in `directory` (by default one that goes with it). */
export async function startPostgres15(options: {
  readonly directory?: string;
  readonly settings?: Readonly<Record<string, string | number>>;
}): Promise<Postgres15> {
  const home = options.directory ?? (await makeDataDir());
  const account = weAreRoot() ? await unprivilegedAccount() : null;
  const data = join(home, "postgres-15");
  await mkdir(data, { mode: 0o700 });
  if (account !== null) await chown(data, account.uid, account.gid);
  const port = await freePort();
  const settings = { port, listen_addresses: "127.0.0.1", fsync: "off", ...options.settings };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const tool = async (program: string, args: readonly string[]): Promise<void> => {
    const { code, output } = await runTool(join(POSTGRES_15, program), args, { account, cwd: data });
    if (code !== 0) throw new Error(`${program}: ${output}`);
  };
  await tool("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
  const unix = "-c unix_socket_directories=";
  await tool("pg_ctl", ["start", "-w", "-D", data, "-l", join(data, "log"), "-o", [...flags, unix].join(" ")]);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async remove() {
      await tool("pg_ctl", ["stop", "-w", "-m", "immediate", "-D", data]);
      await rm(options.directory === undefined ? home : data, { recursive: true, force: true });
    },
  };
}

/** Runs `pg_dump`, `psql` or `pg_restore` of version 15; rejects with what it says unless it ends well. */
export async function client15(program: "pg_dump" | "psql" | "pg_restore", args: readonly string[]): Promise<string> {
  const { code, output } = await runTool(join(POSTGRES_15, program), args, { account: null, cwd: "/" });
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${output}`);
  return output;
}
