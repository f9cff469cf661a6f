import { InvalidArgumentError, type Command } from "commander";
import { IMPORT_STATES, type ImportState } from "../../outbox/import/states.ts";
import {
  isImportState,
  listImports,
  overviewOf,
  type ImportFilter,
  type ImportLine,
  type ImportsOverview,
} from "../../outbox/operations/overview.ts";
import { plain, table } from "../../platform/text.ts";
import { openStores, outboxOptionsOf, type Context } from "../../wiring.ts";
import { runCommand, show } from "../run.ts";
import { examples } from "../verbs.ts";
import { positiveId } from "./arguments.ts";

interface Options {
  readonly state: readonly ImportState[];
  readonly source?: string;
  readonly campaign?: bigint;
  readonly limit: number;
  readonly json?: true;
}

export function declare(command: Command): void {
  command
    .option(
      "--state <state>",
      `only these states: ${IMPORT_STATES.join(", ")}; repeated or with commas`,
      collectStates,
      [],
    )
    .option("--source <name>", "only imports of this source")
    .option("--campaign <id>", "only imports for this campaign", positiveId)
    .option("--limit <number>", "maximum number of imports", limit, 50)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples("applicant-sync imports list", "applicant-sync imports list --state needs_review,rejected --limit 200"),
    )
    .action(({ state: states, source, campaign, limit: most, json }: Options) =>
      runCommand({}, async (context) => {
        show(
          await importsList(context, { states, source: source ?? null, campaign: campaign ?? null, limit: most }),
          json,
          renderImports,
        );
      }),
    );
}

function collectStates(text: string, before: readonly ImportState[]): readonly ImportState[] {
  const states = text.split(",").map((one) => one.trim());
  const known = states.filter(isImportState);
  if (known.length === states.length) return [...before, ...known];
  throw new InvalidArgumentError(`A state is one of ${IMPORT_STATES.join(", ")}.`);
}

function limit(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A whole number from 1 to 99999.");
}

interface ImportsList extends ImportsOverview {
  readonly imports: readonly ImportLine[];
}

/** The imports that match a filter, newest first, and an overview of the outbox. */
async function importsList(context: Context, filter: ImportFilter): Promise<ImportsList> {
  const { database } = await openStores(context);
  const overview = await overviewOf(database, outboxOptionsOf(context.config));
  return { ...overview, imports: await listImports(database, context.config.account, filter) };
}

const NONE = "-";

/** A line of counts, and one that says why nothing is sent, if so. */
export function renderOverview({ counts, oldestWaiting, gate }: ImportsOverview): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  const all = some.length === 0 ? "none" : some.map(([state, count]) => `${count} ${state}`).join(", ");
  const since = oldestWaiting === null ? "" : `; the oldest waits since ${oldestWaiting}`;
  const until = gate.until === null ? "" : ` Until ${gate.until}.`;
  return [
    `Imports: ${all}${since}.`,
    ...(gate.open ? [] : [`Nothing is sent now: ${plain(gate.reason)}${until}`]),
  ].join("\n");
}

function renderImports(found: ImportsList): string {
  const heading = renderOverview(found);
  if (found.imports.length === 0) return heading;
  const rows = found.imports.map((one) => [
    one.id,
    one.state,
    one.reasonCode ?? NONE,
    one.key ?? NONE,
    one.source,
    one.campaignId ?? NONE,
    one.applicantId ?? NONE,
    one.applicationId ?? NONE,
    one.updatedAt,
  ]);
  const head = ["import", "state", "why", "key", "source", "campaign", "applicant", "application", "since"];
  return `${heading}\n\n${table(head, rows)}`;
}
