import type { Supervision } from "../platform/supervision.ts";

/**
 * What systemd puts into the environment of a service of type `notify`. `WATCHDOG_PID` says for which process the watchdog
 * is meant, as children inherit it.
 */
export function managerOf(
  env: Readonly<Record<string, string | undefined>>,
  pid: number = process.pid,
): Supervision["manager"] {
  const { NOTIFY_SOCKET: socket = "", WATCHDOG_USEC: microseconds = "", WATCHDOG_PID: owner = "" } = env;
  if (socket === "") return null;
  const isOurs = owner === "" || owner === String(pid);
  return { socket, watchdogMs: isOurs && /^[1-9]\d*$/.test(microseconds) ? Number(microseconds) / 1000 : null };
}
