/** What some tests need that npm does not bring. Imported by vitest.config.ts too, so it imports nothing of Vitest's. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export const PGBOUNCER = "/usr/sbin/pgbouncer";
export const CHROMIUM = "/usr/bin/chromium";
export const POSTGRES_15 = "/usr/lib/postgresql/15/bin";

/** Whether this machine has a PgBouncer. */
export function pgBouncerInstalled(): boolean {
  return existsSync(PGBOUNCER);
}

/** Whether this machine has Postgres 15. */
export function postgres15Installed(): boolean {
  return existsSync(`${POSTGRES_15}/postgres`);
}

/** Whether this machine has a Chromium. */
export function chromiumInstalled(): boolean {
  return existsSync(CHROMIUM);
}

/** Whether this machine has a `redis-server`. */
export function redisInstalled(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

/** Whether this machine has the programs of systemd, running or not. */
export function systemdInstalled(): boolean {
  return ["systemd-analyze", "systemd-notify", "systemd-socket-activate"].every(
    (program) => spawnSync(program, ["--version"]).status === 0,
  );
}

/** Whether this machine has Prometheus and its `promtool`. */
export function prometheusInstalled(): boolean {
  return ["prometheus", "promtool"].every((program) => spawnSync(program, ["--version"]).status === 0);
}

/** What the names of tests end with that need a program: that it was not found, where it was not. */
export function noteOn(program: string, isInstalled: boolean): string {
  return isInstalled ? "" : ` (needs ${program}, not found)`;
}
