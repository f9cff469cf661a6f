import { Option, type Command } from "commander";
import { keepEmbeddedPostgres, stopEmbeddedPostgres, type StopOutcome } from "../database/embedded/postgres.ts";
import type { Context } from "../process/stores.ts";
import { whereEverythingIs } from "./database-where.ts";
import { print, runCommand } from "./run.ts";
import { examples } from "./verbs.ts";

interface Options {
  readonly stop?: true;
  readonly where?: true;
  readonly reporting?: true;
  readonly copyTo?: true | string;
}

export function declare(command: Command): void {
  command
    .addOption(new Option("--stop", "stop the embedded Postgres").conflicts(["where", "copyTo"]))
    .addOption(
      new Option("--where", "show where the database, its log and programs are; creates and starts nothing").conflicts(
        "copyTo",
      ),
    )
    .addOption(
      new Option(
        "--reporting",
        "create a login of the embedded Postgres that reads the schema report alone, and print where its password is",
      ).conflicts(["stop", "where", "copyTo"]),
    )
    .addOption(new Option("--copy-to [url]").hideHelp())
    .addHelpText(
      "after",
      WITHOUT_PASSWORD +
        examples(
          'psql "$(applicant-sync database)"',
          "applicant-sync database --where",
          "applicant-sync database --reporting",
          "applicant-sync database --stop",
          "COPY_TO_URL=postgresql://app:secret@db.example.org:5432/ats applicant-sync database copy-to",
        ),
    )
    .action(({ stop, where, reporting, copyTo }: Options) =>
      runCommand({}, async (context) => {
        if (copyTo !== undefined) await copy(context, copyTo === true ? null : copyTo);
        else if (reporting) print(await (await import("./database-reporting.ts")).openReporting(context));
        else if (where) print(await whereEverythingIs(context));
        else print(stop ? await stopDatabase(context) : await databaseUrl(context));
      }),
    );
  command
    .command("copy-to")
    .description("copy everything into another, empty Postgres, which goes on instead; imports are held until released")
    .argument("[url]", "of the other one; by default COPY_TO_URL, which other users of the machine cannot see")
    .addHelpText(
      "after",
      examples("COPY_TO_URL=postgresql://app:secret@db.example.org:5432/ats applicant-sync database copy-to"),
    )
    .action((url?: string) => runCommand({}, (context) => copy(context, url ?? null)));
}

async function copy(context: Context, url: string | null): Promise<void> {
  // Loaded here only: to print the URL needs no Prisma.
  const { copyDatabaseTo, renderDatabaseCopy } = await import("./database-copy.ts");
  print(renderDatabaseCopy(await copyDatabaseTo(context, url)));
}

const STOP_SENTENCES: Readonly<Record<StopOutcome, string>> = {
  stopped: "Stopped the embedded Postgres.",
  in_use: "The embedded Postgres is in use; it stops when the last process that uses it ends.",
  not_running: "The embedded Postgres is not running.",
};

const WITHOUT_PASSWORD = `
The password of DATABASE_PASSWORD is not in it: others would see it in the arguments of psql. Give it by PGPASSFILE or PGPASSWORD.
`;

/**
 * The connection URL, without the password of DATABASE_PASSWORD. An embedded server is started if need be, and runs until `stopDatabase`.
 */
async function databaseUrl({ config, logger }: Context): Promise<string> {
  if (config.database.urlAsGiven !== null) return config.database.urlAsGiven;
  const held = await keepEmbeddedPostgres({ dataDir: config.database.dataDir, logger });
  await held.release();
  return held.url;
}

/** Stops the embedded server. Returns a sentence that says what was done. */
async function stopDatabase({ config, logger }: Context): Promise<string> {
  if (config.database.url !== null) return "DATABASE_URL is set: applicant-sync does not stop that server.";
  return STOP_SENTENCES[await stopEmbeddedPostgres({ dataDir: config.database.dataDir, logger })];
}
