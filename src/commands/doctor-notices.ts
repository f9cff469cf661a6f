import type { Config } from "../config/config.ts";
import { channelsOf } from "../ops/notices/channels.ts";
import { describeTarget } from "../ops/notices/heartbeat.ts";
import { noticesState } from "../ops/notices/notices-state.ts";
import { localTime } from "../platform/text.ts";
import type { Stores } from "../process/stores.ts";
import { ok, warning, type Check } from "./check.ts";

/** Who is notified when something needs a person, and whether that arrives. Sends nothing. */
export async function noticesCheck(config: Config, database: Stores["database"]): Promise<Check> {
  const channels = channelsOf(config);
  const { heartbeat } = config.notices;
  const { undelivered, delivered } = await noticesState(database, config);
  const ways = channels.map(({ name, description }) => {
    const failing = undelivered.find(({ channel }) => channel === name);
    if (failing !== undefined) return `${description}: not delivered since ${localTime(failing.since)}`;
    const last = delivered.find(({ channel }) => channel === name);
    return last === undefined ? description : `${description}, last delivered ${localTime(last.at)}`;
  });
  if (heartbeat !== null) ways.push(`heartbeat to ${describeTarget(heartbeat)}`);
  if (channels.length === 0) {
    const only = heartbeat === null ? "" : `, only ${ways.join("")}`;
    return warning(
      "notices",
      `nobody is notified when something needs a person${only}: set NOTIFY_URL, or SMTP_URL and NOTIFY_EMAIL, then run: applicant-sync notify test`,
    );
  }
  const detail = ways.join("; ");
  return undelivered.length === 0
    ? ok("notices", detail)
    : warning("notices", `${detail}. Try: applicant-sync notify test`);
}
