/**
 * The commands: parse, run one of them, map errors to exit codes. Loaded by cli.ts. What a command alone needs is loaded by
 * it: the kill switch must not wait for Prisma, BullMQ and an HTTP server to load.
 */
import { readFileSync } from "node:fs";
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { addImportCommand } from "./import-command.ts";
import { addImportsCommands } from "./imports-cli.ts";
import { EXIT, EXIT_CODES, report, run } from "./run.ts";
import type { SyncProgress } from "./sync.ts";
import { plainJson, plainLines } from "../platform/text.ts";
import type { Context } from "../wiring.ts";
import type { RunReport } from "../sync/runs/report.ts";
import { resourceNames } from "../sync/resources.ts";

function print(text: string): void {
  process.stdout.write(`${plainLines(text)}\n`);
}

function printJson(value: unknown): void {
  process.stdout.write(`${plainJson(value)}\n`);
}

function exitCodeOfRuns(runs: readonly RunReport[]): number {
  if (runs.some((one) => one.state === "failed")) return EXIT.failed;
  return runs.some((one) => one.state === "unproven" || one.state === "needs_review") ? EXIT.unproven : EXIT.ok;
}

function runNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("The number of a run, as `applicant-sync review` shows it.");
}

const manifest: { readonly version: string; readonly description: string } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);

const program = new Command("applicant-sync")
  .description(`${manifest.description}.`)
  .version(manifest.version)
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(plainLines(text)) })
  .addHelpText("after", EXIT_CODES);

program
  .command("start")
  .description("run the worker: process jobs and keep the schedules until it is stopped")
  .addHelpText("after", "\nExample:\n  applicant-sync start")
  .action(() =>
    run({ keys: true, logLevel: "info", serves: true }, async (context) => {
      const { start } = await import("./start.ts");
      return start(context);
    }),
  );

program
  .command("sync")
  .description("mirror a resource once, in full or what is new, and wait for the end")
  .addArgument(new Argument("[resource]").choices([...resourceNames, "all"]).default("all"))
  .option("--incremental", "fetch only what is new or has another status, in a few requests")
  .option("--json", "print the outcome as JSON")
  .addHelpText(
    "after",
    "\nExamples:\n  applicant-sync sync\n  applicant-sync sync campaigns\n  applicant-sync sync --incremental\n  applicant-sync sync applications --json",
  )
  .action((resource: string, options: { readonly json?: true; readonly incremental?: true }) =>
    run({ keys: true }, async (context) => {
      const { sync, wantedResources } = await import("./sync.ts");
      const { renderRuns } = await import("./status.ts");
      const wanted = wantedResources(resource, context.config, options.incremental ? "incremental" : "full");
      const runs = await withProgress(context, options.json !== true, (watch) => sync(context, wanted, watch));
      if (options.json) printJson({ runs });
      else print(renderRuns(runs));
      return exitCodeOfRuns(runs);
    }),
  );

program
  .command("review")
  .description("what a full sync did not mark as deleted, because it would have been too much at once; decide on it")
  .addOption(new Option("--accept <run>", "mark what is gone as deleted").argParser(runNumber).conflicts("reject"))
  .option("--reject <run>", "keep all rows", runNumber)
  .option("--json", "print it as JSON")
  .addHelpText("after", "\nExamples:\n  applicant-sync review\n  applicant-sync review --accept 42")
  .action((options: { readonly accept?: number; readonly reject?: number; readonly json?: true }) =>
    run({}, async (context) => {
      const { accept, reject } = options;
      const decision = accept !== undefined ? { accept } : reject !== undefined ? { reject } : null;
      const { renderReview, review } = await import("./review.ts");
      const held = await review(context, decision);
      if (options.json) printJson({ held });
      else print(renderReview(held, decision));
      return EXIT.ok;
    }),
  );

addImportCommand(program, { print, printJson });
addImportsCommands(program, { print, printJson });

program
  .command("status")
  .description("what the mirror holds, how fresh it is, the last runs, the quota used, the queue")
  .option("--json", "print it as JSON")
  .addHelpText("after", "\nExamples:\n  applicant-sync status\n  applicant-sync status --json")
  .action((options: { readonly json?: true }) =>
    run({}, async (context) => {
      const { renderStatus, status } = await import("./status.ts");
      const found = await status(context);
      if (options.json) printJson(found);
      else print(renderStatus(found));
      return EXIT.ok;
    }),
  );

program
  .command("plan")
  .description("what the schedules cost of the quota, how fresh they keep the mirror, and whether they fit")
  .option("--json", "print it as JSON")
  .addHelpText("after", "\nExamples:\n  applicant-sync plan\n  APPLICATIONS_CRON='0 */2 * * *' applicant-sync plan")
  .action((options: { readonly json?: true }) =>
    run({}, async (context) => {
      const { plan, renderPlan } = await import("./plan.ts");
      const found = await plan(context);
      if (options.json) printJson(found);
      else print(renderPlan(found));
      return EXIT.ok;
    }),
  );

program
  .command("doctor")
  .description("check settings, database, queue, clock, keys and scopes; costs one request for each read scope")
  .option("--json", "print the checks as JSON")
  .addHelpText("after", "\nExamples:\n  applicant-sync doctor\n  applicant-sync doctor --json")
  .action((options: { readonly json?: true }) =>
    run({ keys: true }, async (context) => {
      const { doctor, renderDoctor, reportDoctor } = await import("./doctor.ts");
      const checks = await doctor(context);
      if (options.json) printJson(reportDoctor(checks));
      else print(renderDoctor(checks));
      return checks.some(({ outcome }) => outcome === "wrong") ? EXIT.failed : EXIT.ok;
    }),
  );

program
  .command("database")
  .description("print the connection URL; the embedded Postgres is started if need be and keeps running")
  .addOption(new Option("--stop", "stop the embedded Postgres").conflicts("copyTo"))
  .option(
    "--copy-to [url]",
    `copy everything into another, empty Postgres; without a URL, into that of COPY_TO_URL, which other users of the machine do not see`,
  )
  .addHelpText(
    "after",
    `\nExamples:\n  psql "$(applicant-sync database)"\n  applicant-sync database --stop\n  COPY_TO_URL=postgresql://app:secret@db.example.org:5432/ats applicant-sync database --copy-to`,
  )
  .action((options: { readonly stop?: true; readonly copyTo?: true | string }) =>
    run({}, async (context) => {
      const { stop, copyTo } = options;
      if (copyTo !== undefined) {
        const { copyDatabaseTo, renderDatabaseCopy } = await import("./database-copy.ts");
        print(renderDatabaseCopy(await copyDatabaseTo(context, copyTo === true ? null : copyTo)));
        return EXIT.ok;
      }
      const { databaseUrl, stopDatabase } = await import("./database.ts");
      print(stop ? await stopDatabase(context) : await databaseUrl(context));
      return EXIT.ok;
    }),
  );

program
  .command("migrate")
  .description("apply pending migrations; other commands do so first unless AUTO_MIGRATE=off")
  .addHelpText("after", "\nExample:\n  applicant-sync migrate")
  .action(() =>
    run({}, async (context) => {
      const { migrateDatabase, renderMigrate } = await import("./migrate.ts");
      print(renderMigrate(await migrateDatabase(context)));
      return EXIT.ok;
    }),
  );

program
  .command("sandbox")
  .description("run a local stand-in of the Kelio ATS API on 127.0.0.1")
  .option("--port <port>", "where to listen; 0 picks a free one", "4010")
  .option("--seed <number>", "the same seed gives the same data", "1")
  .option("--campaigns <number>", "how many", "60")
  .option("--applications <number>", "how many", "3000")
  .option("--latency <ms>", "the time of an answer: one number, or a range such as 100-400", "0")
  .option("--quota <requests>", "requests a minute, or off", "120")
  .option("--window <kind>", "rolling or fixed", "rolling")
  .option("--variant <name=value...>", "how an open question of the API is answered; a wrong name lists them all")
  .addHelpText(
    "after",
    "\nExamples:\n  applicant-sync sandbox --port 4010\n  applicant-sync sandbox --applications 20000 --latency 100-400\n  applicant-sync sandbox --variant envelope=data --variant pagination=headers",
  )
  .action((options: Readonly<Record<string, unknown>>) =>
    run({ serves: true }, async ({ lifecycle }) => {
      // Loaded here only: no worker carries the sandbox along.
      const { parseSandboxOptions } = await import("./sandbox-options.ts");
      const { runSandbox } = await import("./sandbox.ts");
      await runSandbox(parseSandboxOptions(options), { signal: lifecycle.signal, print });
      return EXIT.ok;
    }),
  );

program
  .command("demo")
  .description("see it work: a sandbox API, an embedded Postgres and one full sync, all on this machine")
  .addHelpText("after", "\nExample:\n  applicant-sync demo")
  .action(() =>
    run({}, async (context) => {
      const { demo, keepDatabase, renderDemo } = await import("./demo.ts");
      print("A sandbox API and an embedded Postgres start on this machine; then one full sync, at the real quota.");
      const found = await withProgress(context, true, (watch) => demo(context, watch));
      print(`\n${renderDemo(found)}`);
      if (process.stdin.isTTY && process.stdout.isTTY) {
        print("\nCtrl-C stops the database and the sandbox; the data stays for the next demo.");
        await context.lifecycle.stopped;
      } else {
        await keepDatabase(found.dataDir, context);
        print(
          `\nThe database keeps running. Stop it with: DATA_DIR="${found.dataDir}" npx applicant-sync database --stop`,
        );
      }
      return exitCodeOfRuns(found.runs);
    }),
  );

/** Shows how the runs get on, if asked to; on Ctrl-C says what becomes of those that have begun. */
async function withProgress<T>(
  { lifecycle }: Context,
  shown: boolean,
  work: (watch: (progress: SyncProgress) => void) => Promise<T>,
): Promise<T> {
  const { createProgressBar } = await import("./progress-bar.ts");
  const bar = shown ? createProgressBar(process.stderr) : null;
  let begun = false;
  try {
    return await work((progress) => {
      begun = true;
      bar?.update(progress);
    });
  } finally {
    bar?.stop();
    if (begun && lifecycle.signal.aborted) {
      process.stderr.write("Stopped. What was read is kept; the same command, or a worker, goes on from there.\n");
    }
  }
}

// A reader that went away (`| head`) is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failed),
);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = report(error);
}
