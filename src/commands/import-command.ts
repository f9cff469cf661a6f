import type { Command } from "commander";
import { EXIT, run } from "./run.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly errors?: string;
  readonly source: string;
  readonly json?: boolean;
}

interface Edge {
  readonly print: (text: string) => void;
  readonly printJson: (value: unknown) => void;
}

const MORE = `
CSV: the first line names the columns, as the API does (email, first_name, last_name, locale, phone_code, phone_number,
iso_country, campaign_id, …) or in other words (courriel, prénom, nom, langue, téléphone, indicatif, pays, offre, cv, …);
; , or tabs; UTF-8, UTF-16 or Windows-1252. JSONL (.jsonl, .ndjson): an object with those fields on each line.
A column resume (or cv) names a file, relative to FILE. Importing a file twice changes nothing.

Exit codes: 0 all lines accepted; 1 some were rejected, or it failed; 2 the file or an option is wrong, nothing was read.

Examples:
  applicant-sync import people.csv --dry-run
  applicant-sync import people.csv --errors rejected.csv
  applicant-sync import rejected.csv --source "old system"`;

/** `import FILE`: people of a file into the outbox. */
export function addImportCommand(program: Command, { print, printJson }: Edge): void {
  program
    .command("import <file>")
    .description("import people from a CSV or JSONL file into the outbox; a worker creates them, each once")
    .option("--dry-run", "say what it would do, and write nothing")
    .option("--errors <file>", "write the lines that are rejected there, with the reasons, to be fixed and imported")
    .option("--source <name>", "where they come from, as lists show it", "file")
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", MORE)
    .action((path: string, { dryRun = false, errors, source, json = false }: Options) =>
      run({}, async (context) => {
        const { importPeople } = await import("./import.ts");
        const { renderFileImport } = await import("./import-text.ts");
        const { createFileBar } = await import("./progress-bar.ts");
        const bar = json ? null : createFileBar(process.stderr);
        try {
          const report = await importPeople(context, path, { dryRun, errors: errors ?? null, source }, bar?.update);
          bar?.stop();
          if (json) printJson(report);
          else print(renderFileImport(report));
          const rejected = report.imported?.rejected ?? report.dryRun?.rejected ?? 0;
          return rejected > 0 ? EXIT.failed : EXIT.ok;
        } finally {
          bar?.stop();
        }
      }),
    );
}
