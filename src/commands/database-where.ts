/** `database --where`: where everything lies. It creates, starts and connects to nothing. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { locateEmbeddedPostgres, type EmbeddedPaths } from "../database/embedded/where.ts";
import { redactUrl } from "../platform/redact.ts";
import { table } from "../platform/text.ts";
import type { Context } from "../process/stores.ts";

/** Rows of what and where. */
export async function whereEverythingIs({ config }: Context): Promise<string> {
  const { url, dataDir } = config.database;
  const database = url === null ? embedded(await locateEmbeddedPostgres(dataDir)) : [["database", ownPostgres(url)]];
  const settings = join(process.cwd(), ".env");
  const seen = join(dataDir, "seen");
  return table(
    ["what", "where"],
    [
      ...database,
      ["watermark", `${seen}${existsSync(seen) ? "" : " (not there yet)"}`],
      ["queue", config.redis === null ? "in the database, schema bullmq" : "in the Redis of REDIS_URL"],
      [
        "settings",
        existsSync(settings) ? `the environment, then ${settings}` : `the environment; there is no ${settings}`,
      ],
    ],
    LONGEST,
  );
}

/** Of a path. */
const LONGEST = 4_000;

function embedded({ cluster, log, programs, account, isCreated, port }: EmbeddedPaths): readonly (readonly string[])[] {
  const state = port !== null ? `running on 127.0.0.1:${port}` : isCreated ? "not running" : "not created yet";
  return [
    ["database", `${cluster} (embedded Postgres, ${state})`],
    ...(account === null ? [] : [["runs as", `user ${account.uid}, because Postgres does not run as root`]]),
    ["its socket", "none: it listens on 127.0.0.1 alone"],
    ["its log", log],
    ["its programs", programs ?? "not installed for this machine"],
  ];
}

/** Without its login. */
function ownPostgres(url: string): string {
  const { host, pathname } = new URL(url);
  return redactUrl(`${host}${pathname} (DATABASE_URL)`);
}
