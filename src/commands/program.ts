/** The commands of the program: their list, and what comes of one of them as an exit code. */
import { Command, CommanderError } from "commander";
import { manifest } from "../platform/manifest.ts";
import { plainLines } from "../platform/text.ts";
import { EXIT, EXIT_CODES, report } from "./run.ts";
import { spokenLanguage, usageText } from "./usage.ts";
import { addVerbs, type Verb } from "./verbs.ts";

const VERBS: readonly Verb[] = [
  {
    name: "start",
    summary: "run the worker: process jobs and follow the schedules until it is stopped",
    load: () => import("./start.ts"),
  },
  {
    name: "sync",
    summary: "sync one resource or all of them, in full or incrementally, and wait for the result",
    load: () => import("./sync.ts"),
  },
  {
    name: "review",
    summary: "accept or reject what a full sync did not mark as deleted because it was too much at once",
    load: () => import("./review.ts"),
  },
  {
    name: "import",
    summary: "add the people of a CSV or JSONL file to the outbox; a worker creates each of them once",
    load: () => import("./import.ts"),
  },
  {
    name: "imports",
    summary: "manage the people to be created: list, show, retry, resolve, hold, release, drop, dismiss",
    load: () => import("./imports/imports.ts"),
  },
  {
    name: "people",
    summary: "answer the requests of people about their data: show, export, erase, pending",
    load: () => import("./people/people.ts"),
  },
  {
    name: "status",
    summary: "show what the mirror holds, how fresh it is, the last runs, the quota used and the queue",
    load: () => import("./status.ts"),
  },
  {
    name: "report",
    summary: "answer twelve questions about applications, hires and sources, in the terminal or as a file",
    load: () => import("./report/report.ts"),
  },
  {
    name: "plan",
    summary: "show how much of the quota the schedules use, how fresh they keep the mirror, and whether they fit",
    load: () => import("./plan.ts"),
  },
  {
    name: "doctor",
    summary: "check settings, database, queue, clock, keys and scopes; makes one request for each read scope",
    load: () => import("./doctor.ts"),
  },
  {
    name: "audit",
    summary: "list the decisions of people, and verify that none was changed, removed or inserted",
    load: () => import("./audit.ts"),
  },
  {
    name: "notify",
    summary: "try who is notified when something needs a person: notify test sends a test and shows the outcome",
    load: () => import("./notify.ts"),
  },
  {
    name: "database",
    summary: "print the connection URL; an embedded Postgres is started if necessary and keeps running",
    load: () => import("./database.ts"),
  },
  {
    name: "migrate",
    summary: "apply pending migrations; other commands do so first unless AUTO_MIGRATE=off",
    load: () => import("./migrate.ts"),
  },
  {
    name: "sandbox",
    summary: "run a local stand-in for the Kelio ATS API on 127.0.0.1",
    load: () => import("./sandbox.ts"),
  },
  {
    name: "demo",
    summary: "try it out: a sandbox API, an embedded Postgres and one full sync, all on this machine",
    load: () => import("./demo.ts"),
  },
];

const VERSION = "-V, --version";

/** The program. `words`: its command line, of which only the named commands are loaded, none for the version; without it, all. */
export async function createProgram(words?: readonly string[]): Promise<Command> {
  const { version, description } = manifest();
  const program = new Command("applicant-sync")
    .description(`${description}.`)
    .version(version, VERSION)
    .exitOverride()
    .configureOutput({
      writeErr: (text) => process.stderr.write(plainLines(text)),
      outputError: (text, write) => write(usageText(text, spokenLanguage())),
    })
    .addHelpText("after", EXIT_CODES);
  if (words?.length !== 1 || !VERSION.split(", ").includes(words[0] ?? "")) await addVerbs(program, VERBS, words);
  return program;
}

/** Runs the command that the process was started with. Sets the exit code; never throws. */
export async function main(): Promise<void> {
  // A reader that went away (`| head`) is no error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failed),
  );
  try {
    const program = await createProgram(process.argv.slice(2));
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    else process.exitCode = report(error, spokenLanguage());
  }
}

/** Ends the process by an error that nobody caught. Node would print all that it holds, which may be values of a row. */
export function endBy(error: unknown): never {
  process.exit(report(error, spokenLanguage()));
}
