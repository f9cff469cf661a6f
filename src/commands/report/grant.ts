import type { Command } from "commander";
import { grantReports } from "../../report/grant.ts";
import { print, runCommand } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";

export function declare(command: Command): void {
  addExamples(command, "metabase", "hr --people");
  command
    .argument("<role>", "a role that exists and may log in")
    .option("--people", "also the names and addresses of applicants, in the schema report_people")
    .action((role: string, { people }: { readonly people?: true }) =>
      runCommand({}, async (context) => {
        const { database } = await openExisting(context);
        const { beyond } = await grantReports(database, role, { people: people === true });
        const schemas = people === true ? "the schemas report and report_people" : "the schema report";
        const limits = "a statement of it may take 60 seconds, and it cannot write";
        const rest = beyond.length === 0 ? [] : [`Others gave it more: ${beyond.join("; ")}.`];
        print([`The role ${role} can read ${schemas}; ${limits}.`, ...rest].join("\n"));
      }),
    );
}
