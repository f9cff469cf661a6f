import type { Command } from "commander";
import { join } from "node:path";
import { loadConfig, type Config } from "../config/config.ts";
import type { Database } from "../database/client.ts";
import { keepEmbeddedPostgres } from "../database/embedded/postgres.ts";
import { openStores, type Context } from "../process/stores.ts";
import { applicationsPerCampaign, applicationsPerWeek } from "../report/overview.ts";
import { startSandbox, type Sandbox } from "../sandbox/server.ts";
import type { ResourceName } from "../sync/resources.ts";
import { countMirror } from "../sync/table-counts.ts";
import { table } from "../platform/text.ts";
import { withProgress, type WatchSync } from "./progress.ts";
import { print, runCommand } from "./run.ts";
import { exitCodeOf } from "./runs-text.ts";
import { syncIn } from "./sync.ts";
import { addExamples } from "./verbs.ts";

const DIRECTORY = "demo";
/** The resources that its reports are about. */
const RESOURCES: readonly ResourceName[] = ["campaigns", "applications"];

export function declare(command: Command): void {
  addExamples(command);
  command.action(() =>
    runCommand({}, async (context) => {
      print("A sandbox API and an embedded Postgres start on this machine; one full sync follows, at the real quota.");
      const found = await withProgress(context, true, (watch) => demo(context, watch));
      print(`\n${renderDemo(found)}`);
      if (process.stdin.isTTY && process.stdout.isTTY) {
        print("\nCtrl-C stops the database and the sandbox; the data is kept for the next demo.");
        await context.lifecycle.stopped;
      } else {
        await keepDatabase(found.dataDir, context);
        const stop = `DATA_DIR="${found.dataDir}" npx --no applicant-sync database --stop`;
        print(`\nThe database keeps running. Stop it with: ${stop}`);
      }
      return exitCodeOf(found.runs);
    }),
  );
}

/**
 * Runs the product once on this machine: a sandbox API, an embedded Postgres of its own (`demo` in the data directory), one
 * full sync of campaigns and applications within the quota, and two reports from the mirror.
 */
async function demo({ logger, lifecycle, config: own }: Context, watch: WatchSync) {
  const sandbox = await startSandbox();
  lifecycle.add("sandbox", sandbox.close);
  const config = demoConfig(sandbox, join(own.database.dataDir, DIRECTORY));
  const context = { config, logger, lifecycle };
  const stores = await openStores(context);
  const runs = await syncIn(context, stores, { resources: RESOURCES, kind: "full" }, watch);
  return {
    runs,
    ...(await readMirror(stores.database, config.account)),
    databaseUrl: stores.databaseUrl,
    /** The directory of its files, and the DATA_DIR with which other commands find this database. */
    directory: stores.directory,
    dataDir: config.database.dataDir,
  };
}

/** Keeps the database of the demo running after this command, where nobody is there to look at it before it ends. */
async function keepDatabase(dataDir: string, { logger }: Pick<Context, "logger">): Promise<void> {
  const held = await keepEmbeddedPostgres({ dataDir, logger });
  await held.release();
}

/** The settings with which a user would point at the sandbox; no setting of the real account is used. */
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

async function readMirror(database: Database, account: string) {
  const [mirror, campaigns, weeks] = await Promise.all([
    countMirror(database, account, []),
    applicationsPerCampaign(database, account, 5),
    applicationsPerWeek(database, account, 6),
  ]);
  return { mirror, campaigns, weeks };
}

/** What stands in the mirror, two reports an HR person would ask for, and how to look further. */
function renderDemo(report: Awaited<ReturnType<typeof demo>>): string {
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
