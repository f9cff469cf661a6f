import type { Command } from "commander";
import { conditionOf, type ImportFilter } from "../../outbox/operations/filter.ts";
import { countImports, listImports, type ImportLine } from "../../outbox/operations/list.ts";
import { overviewOf, type ImportsOverview } from "../../outbox/operations/overview.ts";
import type { Language, Text } from "../../platform/language.ts";
import { localTime, plain, table } from "../../platform/text.ts";
import { outboxOptionsOf } from "../../outbox/context.ts";
import type { Context, Stores } from "../../process/stores.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { workersOf } from "../workers.ts";
import { positiveNumber } from "./arguments.ts";
import { addExamples } from "../verbs.ts";
import { declareFilters, filterOf, type FilterOptions } from "./filter-options.ts";
import { WORDS, type ListWords } from "./list-words.ts";

interface Options extends FilterOptions {
  readonly limit?: number;
  readonly csv?: string;
  readonly json?: true;
}

const SHOWN = 50;

export function declare(command: Command): void {
  addExamples(
    command,
    "",
    "--state needs_review,rejected --since 2d --limit 200",
    "--state rejected --file candidates.csv --csv to-fix.csv",
    "--email -",
  );
  declareFilters(command)
    .option("--limit <number>", `maximum number of imports; ${SHOWN} by default, all with --csv`, positiveNumber)
    .option("--csv <file>", "write them to this file with the people, for a spreadsheet and for --from")
    .option("--json", "print it as JSON")
    .action(({ limit: most, csv, json, ...options }: Options) =>
      runCommand({}, async (context) => {
        const filter = await filterOf(options, context.config.schedules.timezone);
        show(await importsList(context, filter, { csv: csv ?? null, most: most ?? null }), json, (list) =>
          renderImports(list, context.config.language),
        );
      }),
    );
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
  const { writeSheet } = await import("../../outbox/operations/sheet/write.ts");
  const options = { path: csv, limit: most ?? Number.MAX_SAFE_INTEGER, language, timezone: schedules.timezone };
  const written = await writeSheet({ database, account }, condition, options);
  const overview = await overviewOf(database, outboxOptionsOf(context.config), () => workersOf(context, stores));
  return { ...overview, matching: written, imports: [], csv: { file: csv, imports: written } };
}

/** The newest imports that match a filter. */
export async function listOf(
  context: Context,
  stores: Stores,
  filter: ImportFilter,
  most: number,
): Promise<ImportsList> {
  const { config } = context;
  const { database } = stores;
  const condition = await conditionOf(database, config.account, filter);
  const [overview, matching, imports] = await Promise.all([
    overviewOf(database, outboxOptionsOf(config), () => workersOf(context, stores)),
    countImports(database, condition),
    listImports(database, condition, most),
  ]);
  return { ...overview, matching, imports, csv: null };
}

const NONE = "-";

/** A line of counts, and one that says why nothing is sent, if so. */
export function renderOverview(overview: ImportsOverview, language: Language = "en"): string {
  const { counts, oldestWaiting, gate, delivery } = overview;
  const words = WORDS[language];
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  const all = some.length === 0 ? words.none : some.map(([state, count]) => `${count} ${state}`).join(", ");
  const since = oldestWaiting === null ? "" : words.oldest(localTime(oldestWaiting));
  const until = gate.until === null ? null : localTime(gate.until);
  const reason = plain(language === "fr" ? gate.french : gate.reason);
  return [
    words.imports(all, since),
    ...(gate.open ? [] : [words.closed(reason, until)]),
    ...describeDelivery(delivery, words),
  ].join("\n");
}

function describeDelivery(delivery: ImportsOverview["delivery"], words: ListWords): readonly string[] {
  const { waiting, createdLastHour, awaitingApproval, limit: limitedBy, perHour, lastAt } = delivery;
  const lately = words.lately(createdLastHour);
  const last = lastAt === null ? "" : words.last(waiting, localTime(lastAt, "minute"));
  const limits: Readonly<Record<string, string>> = words.limits;
  const limitText = limits[limitedBy ?? ""] ?? limitedBy ?? "";
  const rate =
    limitedBy === "no_worker"
      ? words.noWorker(last)
      : lastAt === null
        ? `${lately}.`
        : words.sending(perHour ?? 0, limitText, last, lately);
  return [
    ...(waiting + createdLastHour > 0 ? [rate] : []),
    ...(awaitingApproval > 0 ? [words.approval(awaitingApproval)] : []),
  ];
}

/** A column of the list. One that is empty in every row is left out, unless it is always shown. */
interface Column {
  readonly head: Text;
  readonly cell: (one: ImportLine) => string | null;
  readonly always?: true;
}

const COLUMNS: readonly Column[] = [
  { head: { en: "import", fr: "import" }, cell: ({ id }) => id },
  { head: { en: "state", fr: "état" }, cell: ({ state }) => state },
  { head: { en: "why", fr: "motif" }, cell: ({ reasonCode }) => reasonCode, always: true },
  { head: { en: "key", fr: "clé" }, cell: ({ key }) => key, always: true },
  { head: { en: "source", fr: "source" }, cell: ({ source }) => source },
  { head: { en: "file", fr: "fichier" }, cell: ({ file, line }) => (file === null ? null : `${file}:${line}`) },
  { head: { en: "campaign", fr: "offre" }, cell: ({ campaignId }) => campaignId },
  { head: { en: "applicant", fr: "candidat" }, cell: ({ applicantId }) => applicantId },
  { head: { en: "application", fr: "candidature" }, cell: ({ applicationId }) => applicationId },
  { head: { en: "submitted", fr: "reçu le" }, cell: ({ createdAt }) => localTime(createdAt) },
  { head: { en: "changed", fr: "modifié le" }, cell: ({ updatedAt }) => localTime(updatedAt) },
];

export function renderImports(found: ImportsList, language: Language = "en"): string {
  const { imports, matching, csv } = found;
  const words = WORDS[language];
  const heading = renderOverview(found, language);
  if (csv !== null) return `${heading}\n${words.written(plain(csv.file), csv.imports)}`;
  if (imports.length === 0) return matching === total(found) ? heading : `${heading}\n${words.noMatch}`;
  const columns = COLUMNS.filter(({ cell, always }) => always === true || imports.some((one) => cell(one) !== null));
  const rows = imports.map((one) => columns.map(({ cell }) => cell(one) ?? NONE));
  const head = columns.map((column) => column.head[language]);
  const more = matching > imports.length ? [words.more(imports.length, matching)] : [];
  return [heading, "", table(head, rows), ...more].join("\n");
}

function total({ counts }: ImportsOverview): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
