import { join } from "node:path";
import { loadConfig, type Config } from "../config/config.ts";
import type { Database } from "../database/client.ts";
import { keepEmbeddedPostgres } from "../database/embedded/postgres.ts";
import { openStores, type Context } from "../wiring.ts";
import { applicationsPerCampaign, applicationsPerWeek, countMirror, type TableCount } from "../mirror/queries.ts";
import type { CampaignLine, WeekLine } from "../mirror/queries.ts";
import { startSandbox, type Sandbox } from "../sandbox/server.ts";
import type { RunReport } from "../sync/runs/report.ts";
import type { ResourceName } from "../sync/resources.ts";
import { syncIn, type SyncProgress } from "./sync.ts";
import { table } from "../platform/text.ts";

const DIRECTORY = "demo";
/** What its reports are about. */
const RESOURCES: readonly ResourceName[] = ["campaigns", "applications"];

export interface DemoReport {
  readonly runs: readonly RunReport[];
  readonly mirror: readonly TableCount[];
  readonly campaigns: readonly CampaignLine[];
  readonly weeks: readonly WeekLine[];
  readonly databaseUrl: string;
  /** What DATA_DIR must be for other commands to find this database, and where it really lies. */
  readonly dataDir: string;
  readonly directory: string | null;
}

/**
 * A whole life of the product on this machine: a sandbox API, an embedded Postgres of its own (`demo` in the data
 * directory), one full sync of campaigns and applications inside the quota, and a first look at the mirror.
 */
export async function demo(
  { logger, lifecycle, config: own }: Context,
  watch: (progress: SyncProgress) => void,
): Promise<DemoReport> {
  const sandbox = await startSandbox();
  lifecycle.add("sandbox", sandbox.close);
  const config = demoConfig(sandbox, join(own.database.dataDir, DIRECTORY));
  const context = { config, logger, lifecycle };
  const stores = await openStores(context);
  const runs = await syncIn(context, stores, { resources: RESOURCES, kind: "full" }, watch);
  return {
    runs,
    ...(await look(stores.database, config.account)),
    databaseUrl: stores.databaseUrl,
    directory: stores.directory,
    dataDir: config.database.dataDir,
  };
}

/** Lets the demo's database outlive this command, where nobody is there to look at it before it ends. */
export async function keepDatabase(dataDir: string, { logger }: Pick<Context, "logger">): Promise<void> {
  const held = await keepEmbeddedPostgres({ dataDir, logger });
  await held.release();
}

/** The settings a user would write to point at the sandbox; nothing of the real account's is used. */
function demoConfig(sandbox: Sandbox, dataDir: string): Config {
  const [key] = sandbox.keys;
  return loadConfig(
    {
      KELIO_API_URL: sandbox.url,
      KELIO_AUDIENCE: sandbox.audience,
      KELIO_PRIVATE_KEY: key?.privateKey,
      KELIO_SECRET_KEY: key?.secretKey,
      DATA_DIR: dataDir,
    },
    { keys: true },
  );
}

async function look(database: Database, account: string) {
  const [mirror, campaigns, weeks] = await Promise.all([
    countMirror(database, account, []),
    applicationsPerCampaign(database, account, 5),
    applicationsPerWeek(database, account, 6),
  ]);
  return { mirror, campaigns, weeks };
}

/** What stands in the mirror, two reports an HR person would ask for, and how to look further. */
export function renderDemo(report: DemoReport): string {
  const statuses = [...new Set(report.campaigns.map((line) => line.status))];
  const campaigns = new Map(report.campaigns.map((line) => [line.id, line.campaign]));
  const count = (id: string | null, status: string) =>
    report.campaigns.find((line) => line.id === id && line.status === status)?.applications ?? 0;
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
      [...campaigns].map(([id, name]) => [name, ...statuses.map((status) => count(id, status))]),
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
    `Its data is in ${report.directory ?? report.dataDir}.`,
  ].join("\n");
}
