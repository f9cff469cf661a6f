import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { getPriority } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { hasCode } from "../../src/platform/errors.ts";
import { grantReports } from "../../src/report/grant.ts";
import { yieldReports } from "../../src/report/priority.ts";
import { useDatabase } from "../support/database.ts";
import { asSuperuser, onServer } from "../support/postgres.ts";
import { waitFor } from "../support/wait-for.ts";

const database = useDatabase();
const LOWEST = 19;
/** What Linux says of the weight of its session. */
const groupOf = (pid: number) =>
  readFile(`/proc/${pid}/autogroup`, "utf8").catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw error;
    return "a kernel without such groups: nice 19";
  });
const CONTROL_GROUPS = "/sys/fs/cgroup/cpu";
/** Root makes them with version 1, from Linux 5.15, where it is in none itself. */
const MAY_MAKE_GROUPS =
  process.getuid?.() === 0 &&
  existsSync(join(CONTROL_GROUPS, "cpu.idle")) &&
  /^\d+:(\w+,)*cpu(,\w+)*:\/$/m.test(readFileSync("/proc/self/cgroup", "utf8"));
/** What `cpu.idle` of its control group says. */
async function idleOf(pid: number): Promise<string> {
  const [, group = ""] = /^\d+:(?:\w+,)*cpu(?:,\w+)*:(.*)$/m.exec(await readFile(`/proc/${pid}/cgroup`, "utf8")) ?? [];
  return (await readFile(join(CONTROL_GROUPS, group, "cpu.idle"), "utf8")).trim();
}
/** The scheduling policy of a process on Linux, the 41st figure that `/proc` has of it (proc_pid_stat(5)): 0 is the usual one, 5 idle. */
const policyOf = async (pid: number) => (await readFile(`/proc/${pid}/stat`, "utf8")).split(" ").at(-12);

/** A session that logs in as a role of the test's own, and its server process. */
async function sessionOf(name: string): Promise<number> {
  const [row] = await database().$queryRaw<[{ name: string }]>`select current_database() as name`;
  const url = new URL(asSuperuser(`postgresql://localhost/${row.name}`));
  await onServer(url.href, `create role ${name} login password 'few'`);
  onTestFinished(() => onServer(url.href, `drop owned by ${name}`, `drop role ${name}`));
  if (name.startsWith("reads_")) await grantReports(database(), name);
  const client = new Client({
    connectionString: Object.assign(new URL(url), { username: name, password: "few" }).href,
  });
  await client.connect();
  onTestFinished(() => client.end());
  // A role may change its own settings, for good.
  await client.query("set default_transaction_read_only = off");
  await client.query(`alter role ${name} in database "${row.name}" reset all`);
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid ?? 0;
}

it("sessions of a role that was granted reports get the lowest priority, and those of others keep theirs", async () => {
  const unique = crypto.randomUUID().slice(0, 8);
  const reader = await sessionOf(`reads_${unique}`);
  const other = await sessionOf(`writes_${unique}`);
  const before = getPriority(other);
  onTestFinished(yieldReports(database()));
  await waitFor("the lowest priority", () => getPriority(reader) === LOWEST);
  expect(getPriority(other)).toBe(before);
});

it.runIf(process.platform === "linux")("sessions of reports run where nothing else does", async () => {
  const unique = crypto.randomUUID().slice(0, 8);
  const reader = await sessionOf(`reads_${unique}`);
  const other = await sessionOf(`writes_${unique}`);
  onTestFinished(yieldReports(database()));
  await waitFor("the idle policy", async () => (await policyOf(reader)) === "5");
  await waitFor("the least weight of its group", async () => (await groupOf(reader)).includes(`nice ${LOWEST}`));
  expect(await policyOf(other)).toBe("0");
});

it.runIf(MAY_MAKE_GROUPS)("sessions of reports are in an idle control group, where one may be made", async () => {
  const unique = crypto.randomUUID().slice(0, 8);
  const reader = await sessionOf(`reads_${unique}`);
  const other = await sessionOf(`writes_${unique}`);
  onTestFinished(yieldReports(database()));
  await waitFor("an idle control group", async () => (await idleOf(reader)) === "1");
  expect(await idleOf(other)).toBe("0");
});
