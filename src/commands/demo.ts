import { join } from "node:path";
import { loadConfig, type Config } from "../config.ts";
import type { Database } from "../database.ts";
import type { Context } from "../main.ts";
import { applicationsPerCampaign, applicationsPerWeek, countMirror, type TableCount } from "../mirror/reads.ts";
import type { CampaignLine, WeekLine } from "../mirror/reads.ts";
import { startSandbox, type Sandbox } from "../sandbox/server.ts";
import type { RunReport } from "../sync/progress.ts";
import { resourceNames } from "../sync/resources.ts";
import { syncIn, type SyncProgress } from "./sync.ts";
import { openStores } from "../main.ts";
import { table } from "./text.ts";

const ACCOUNT = "demo";

export interface DemoReport {
  readonly runs: readonly RunReport[];
  readonly mirror: readonly TableCount[];
  readonly campaigns: readonly CampaignLine[];
  readonly weeks: readonly WeekLine[];
  readonly databaseUrl: string;
  readonly dataDir: string;
}

/**
 * A whole life of the product on this machine: a sandbox API, an embedded Postgres of its own (`demo` in the data
 * directory), one full sync of everything inside the quota, and a first look at the mirror.
 */
export async function demo(
  { logger, lifecycle, config: own }: Context,
  watch: (progress: SyncProgress) => void,
): Promise<DemoReport> {
  const sandbox = await startSandbox();
  lifecycle.add("sandbox", sandbox.close);
  const config = demoConfig(sandbox, join(own.database.dataDir, ACCOUNT));
  const context = { config, logger, lifecycle };
  const stores = await openStores(context);
  const runs = await syncIn(context, stores, resourceNames, watch);
  return { runs, ...(await look(stores.database)), databaseUrl: stores.databaseUrl, dataDir: config.database.dataDir };
}

/** The settings a user would write to point at the sandbox; nothing of the real account's is used. */
function demoConfig(sandbox: Sandbox, dataDir: string): Config {
  const [key] = sandbox.keys;
  return loadConfig(
    {
      KELIO_ACCOUNT: ACCOUNT,
      KELIO_API_URL: sandbox.url,
      KELIO_AUDIENCE: sandbox.audience,
      KELIO_PRIVATE_KEY: key?.privateKey,
      KELIO_SECRET_KEY: key?.secretKey,
      DATA_DIR: dataDir,
    },
    { keys: true },
  );
}

async function look(database: Database) {
  const [mirror, campaigns, weeks] = await Promise.all([
    countMirror(database, ACCOUNT),
    applicationsPerCampaign(database, ACCOUNT, 5),
    applicationsPerWeek(database, ACCOUNT, 6),
  ]);
  return { mirror, campaigns, weeks };
}

/** What stands in the mirror, two reports an HR person would ask for, and how to look further. */
export function renderDemo(report: DemoReport): string {
  const statuses = [...new Set(report.campaigns.map((line) => line.status))];
  const names = [...new Set(report.campaigns.map((line) => line.campaign))];
  const count = (campaign: string, status: string) =>
    report.campaigns.find((line) => line.campaign === campaign && line.status === status)?.applications ?? 0;
  return [
    "In the mirror:",
    table(
      ["table", "rows"],
      report.mirror.map((one) => [one.table, one.rows]),
    ),
    "",
    "Applications of the busiest campaigns, by status:",
    table(
      ["campaign", ...statuses],
      names.map((name) => [name, ...statuses.map((status) => count(name, status))]),
    ),
    "",
    "Applications a week:",
    table(
      ["week of", "applications"],
      report.weeks.map((one) => [one.week, one.applications]),
    ),
    "",
    "Look for yourself with any SQL tool:",
    `  psql "${report.databaseUrl}"`,
    `  select status, count(*) from application group by status;`,
  ].join("\n");
}
