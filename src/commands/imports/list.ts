import { InvalidArgumentError, type Command } from "commander";
import { ALL_IMPORTS, conditionOf, type ImportFilter } from "../../outbox/operations/filter.ts";
import { countImports, listImports, type ImportLine } from "../../outbox/operations/list.ts";
import { overviewOf, type ImportsOverview } from "../../outbox/operations/overview.ts";
import { writeSheet } from "../../outbox/operations/sheet/write.ts";
import { localTime, plain, table } from "../../platform/text.ts";
import { openQueue, outboxOptionsOf, type Context, type Stores } from "../../wiring.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { examples } from "../verbs.ts";
import { declareFilters, filterOf, type FilterOptions } from "./filter-options.ts";

interface Options extends FilterOptions {
  readonly limit?: number;
  readonly csv?: string;
  readonly json?: true;
}

const SHOWN = 50;

export function declare(command: Command): void {
  declareFilters(command)
    .option("--limit <number>", `maximum number of imports; ${SHOWN} by default, all with --csv`, limit)
    .option("--csv <file>", "write them to this file with the people, for a spreadsheet and for --from")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples(
        "applicant-sync imports list",
        "applicant-sync imports list --state needs_review,rejected --since 2d --limit 200",
        "applicant-sync imports list --state rejected --file candidates.csv --csv to-fix.csv",
        "applicant-sync imports list --email -",
      ),
    )
    .action(({ limit: most, csv, json, ...options }: Options) =>
      runCommand({}, async (context) => {
        const filter = await filterOf(options, context.config.schedules.timezone);
        show(await importsList(context, filter, { csv: csv ?? null, most: most ?? null }), json, renderImports);
      }),
    );
}

function limit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A whole number above 0.");
}

export interface ImportsList extends ImportsOverview {
  /** How many imports match the filter. */
  readonly matching: number;
  /** The newest of them; empty with `--csv`. */
  readonly imports: readonly ImportLine[];
  /** The file that was written, and how many imports it holds; null: none. */
  readonly csv: { readonly file: string; readonly imports: number } | null;
}

/** The imports that match a filter, newest first, and an overview of the outbox. Throws what `writeSheet` throws. */
async function importsList(
  context: Context,
  filter: ImportFilter,
  { csv, most }: { readonly csv: string | null; readonly most: number | null },
): Promise<ImportsList> {
  const stores = await openExisting(context);
  const { database } = stores;
  if (csv === null) return listOf(context, stores, filter, most ?? SHOWN);
  const { account, language, schedules } = context.config;
  const condition = await conditionOf(database, account, filter);
  const options = { path: csv, limit: most ?? Number.MAX_SAFE_INTEGER, language, timezone: schedules.timezone };
  const written = await writeSheet({ database, account }, condition, options);
  const overview = await overviewOf(database, outboxOptionsOf(context.config), () => workersOf(context, stores));
  return { ...overview, matching: written, imports: [], csv: { file: csv, imports: written } };
}

async function workersOf(context: Context, stores: Stores): Promise<number | null> {
  try {
    const { queue } = await openQueue(context, stores);
    return await queue.workers();
  } catch (error) {
    // The list is in Postgres; whether a worker runs is unknown until the queue is back.
    context.logger.warn({ err: error }, "the queue does not answer");
    return null;
  }
}

/** The newest imports that match a filter. */
export async function listOf(
  context: Context,
  stores: Stores,
  filter: Partial<ImportFilter>,
  most: number,
): Promise<ImportsList> {
  const { config } = context;
  const { database } = stores;
  const condition = await conditionOf(database, config.account, { ...ALL_IMPORTS, ...filter });
  const [overview, matching, imports] = await Promise.all([
    overviewOf(database, outboxOptionsOf(config), () => workersOf(context, stores)),
    countImports(database, condition),
    listImports(database, condition, most),
  ]);
  return { ...overview, matching, imports, csv: null };
}

const NONE = "-";

/** A line of counts, and one that says why nothing is sent, if so. */
export function renderOverview({ counts, oldestWaiting, gate, delivery }: ImportsOverview): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  const all = some.length === 0 ? "none" : some.map(([state, count]) => `${count} ${state}`).join(", ");
  const since = oldestWaiting === null ? "" : `; the oldest waits since ${localTime(oldestWaiting)}`;
  const until = gate.until === null ? "" : ` Until ${localTime(gate.until)}.`;
  return [
    `Imports: ${all}${since}.`,
    ...(gate.open ? [] : [`Nothing is sent now: ${plain(gate.reason)}${until}`]),
    ...describeDelivery(delivery),
  ].join("\n");
}

const LIMITS: Readonly<Record<string, string>> = {
  quota: "the quota of requests (KELIO_REQUESTS_PER_MINUTE)",
  hour_cap: "the cap of IMPORTS_PER_HOUR",
  day_cap: "the cap of IMPORTS_PER_DAY",
  quiet_hours: "QUIET_HOURS",
  circuit_open: "the pause after unknown outcomes",
};

function describeDelivery(delivery: ImportsOverview["delivery"]): readonly string[] {
  const { waiting, createdLastHour, awaitingApproval, limit: limitedBy, perHour, lastAt } = delivery;
  const lately = `Applicants in the last hour: ${createdLastHour}`;
  const last = lastAt === null ? "" : `the last of ${waiting} will be sent about ${localTime(lastAt, "minute")}`;
  const rate =
    limitedBy === "no_worker"
      ? `No worker is running. Start one with: applicant-sync start. From then, ${last}.`
      : lastAt === null
        ? `${lately}.`
        : `Sending about ${perHour} an hour, limited by ${LIMITS[limitedBy ?? ""] ?? limitedBy}: ${last}. ${lately}.`;
  const approval = `Waiting for the approval of their source: ${awaitingApproval}. See: applicant-sync imports list --state held --reason source_approval`;
  return [...(waiting + createdLastHour > 0 ? [rate] : []), ...(awaitingApproval > 0 ? [approval] : [])];
}

/** A column of the list. One that is empty in every row is left out, unless it is always shown. */
interface Column {
  readonly head: string;
  readonly cell: (one: ImportLine) => string | null;
  readonly always?: true;
}

const COLUMNS: readonly Column[] = [
  { head: "import", cell: ({ id }) => id },
  { head: "state", cell: ({ state }) => state },
  { head: "why", cell: ({ reasonCode }) => reasonCode, always: true },
  { head: "key", cell: ({ key }) => key, always: true },
  { head: "source", cell: ({ source }) => source },
  { head: "file", cell: ({ file, line }) => (file === null ? null : `${file}:${line}`) },
  { head: "campaign", cell: ({ campaignId }) => campaignId },
  { head: "applicant", cell: ({ applicantId }) => applicantId },
  { head: "application", cell: ({ applicationId }) => applicationId },
  { head: "submitted", cell: ({ createdAt }) => localTime(createdAt) },
  { head: "changed", cell: ({ updatedAt }) => localTime(updatedAt) },
];

export function renderImports(found: ImportsList): string {
  const { imports, matching, csv } = found;
  const heading = renderOverview(found);
  if (csv !== null) {
    return `${heading}\nImports written to ${plain(csv.file)}: ${csv.imports}. It holds personal data, so only you can read it; delete it when it is no longer needed.`;
  }
  if (imports.length === 0) return matching === total(found) ? heading : `${heading}\nNo import matches.`;
  const columns = COLUMNS.filter(({ cell, always }) => always === true || imports.some((one) => cell(one) !== null));
  const rows = imports.map((one) => columns.map(({ cell }) => cell(one) ?? NONE));
  const head = columns.map((column) => column.head);
  const more = matching > imports.length ? [`The newest ${imports.length} of ${matching}. More: --limit`] : [];
  return [heading, "", table(head, rows), ...more].join("\n");
}

function total({ counts }: ImportsOverview): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
