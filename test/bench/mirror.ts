/**
 * `npm run bench -- mirror [--rows 50000]`: rows a second and write-ahead log of the page write, beside other ways to
 * write the same rows, in pages of 50, in turn, on one server.
 */
import { z } from "zod";
import { table } from "../../src/platform/text.ts";
import { createDatabase } from "../../src/database/client.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { short } from "./support/figures.ts";
import { withParts } from "./support/parts.ts";
import { openClient, openPostgres } from "./support/services.ts";
import { CASES, measureCase, type Case, type Rate } from "./mirror/measure.ts";
import { createWriters, type Writer } from "./mirror/writers.ts";

const MEGABYTE = 1_000_000;
const WARM_ROWS = 5_000;
const FIRST_ID = 10_000_000;
const BARS = { overBatch: 3, unchangedWal: MEGABYTE, overCopy: 0.8, overUpserts: 20 } as const;

interface Result {
  readonly writer: Writer;
  readonly rates: Readonly<Record<Case, Rate>>;
}

function measureAll(rows: number): Promise<{ readonly results: readonly Result[]; readonly rowBytes: number }> {
  return withParts(async (parts) => {
    const url = await openPostgres(parts);
    const client = await openClient(parts, url);
    const database = createDatabase(url);
    parts.add("database", () => database.$disconnect());
    const lanes = createWriters(database, client).map((writer, i) => ({ writer, firstId: (i + 1) * FIRST_ID }));
    for (const { writer } of lanes) await writer.prepare?.();
    // Code and caches get warm on rows that nobody counts, or the first pages would pay for all.
    for (const name of CASES) await measureCase(client, lanes, name, WARM_ROWS);
    await client.query("truncate application");
    tell("insert");
    const insert = await measureCase(client, lanes, "insert", rows);
    await client.query("vacuum analyze application");
    tell("unchanged");
    const unchanged = await measureCase(client, lanes, "unchanged", rows);
    tell("1 % changed");
    const changed = await measureCase(client, lanes, "1 % changed", rows);
    const none = { rowsPerSecond: 0, wal: 0 };
    const results = lanes.map(({ writer }, i) => ({
      writer,
      rates: { insert: insert[i] ?? none, unchanged: unchanged[i] ?? none, "1 % changed": changed[i] ?? none },
    }));
    const sizes = await client.query(`select avg(pg_column_size(application.*)) as bytes from application`);
    const [size] = z.array(z.object({ bytes: z.coerce.number() })).parse(sizes.rows);
    return { results, rowBytes: size?.bytes ?? 0 };
  });
}

function missedBy([ours, batch, copy, upserts]: readonly Result[]): readonly string[] {
  const ratio = (name: Case, other: Result | undefined) =>
    (ours?.rates[name].rowsPerSecond ?? 0) / (other?.rates[name].rowsPerSecond ?? Infinity);
  const wal = ours?.rates.unchanged.wal ?? Infinity;
  const bars = [
    [ratio("unchanged", batch), BARS.overBatch, "unchanged, beside the batch upsert"],
    [ratio("insert", copy), BARS.overCopy, "insert, beside COPY + merge"],
    [ratio("insert", upserts), BARS.overUpserts, "insert, beside one Prisma upsert a row"],
  ] as const;
  return [
    ...bars.flatMap(([got, bar, what]) =>
      got >= bar ? [] : [`${what}: ${got.toFixed(2)} times the rate, less than ${bar}`],
    ),
    ...(wal <= BARS.unchangedWal ? [] : [`unchanged: ${short(wal / MEGABYTE)} MB of log, more than 1 MB`]),
  ];
}

export async function measureMirror(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { rows: "50000" });
  const rows = countOf(options.rows, "rows");
  const { results, rowBytes } = await measureAll(rows);
  const head = ["rows a second / MB of log", ...CASES.flatMap((name) => [name, "log"])];
  const lines = results.map(({ writer, rates }) => [
    writer.everyNthPage === undefined ? writer.name : `${writer.name} (1 page in ${writer.everyNthPage}, log scaled)`,
    ...CASES.flatMap((one) => [Math.round(rates[one].rowsPerSecond), short(rates[one].wal / MEGABYTE)]),
  ]);
  const note = `${rows} rows of ${Math.round(rowBytes)} bytes, raw included, in pages of 50.`;
  return { text: `${table(head, lines)}\n${note}`, missed: missedBy(results) };
}
