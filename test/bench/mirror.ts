/**
 * `npm run bench:mirror -- [--rows 50000] [--rounds 4]`: rows a second and write-ahead log of the page write, beside
 * other ways to write the same rows, in pages of 50, one after the other on one server, another one first in each round; the median of the rounds.
 */
import { z } from "zod";
import { table } from "../../src/commands/text.ts";
import { createDatabase } from "../../src/database.ts";
import { countOf, readOptions, runBench, tell, type Report } from "./support/bench.ts";
import { median, short } from "./support/figures.ts";
import { withParts } from "./support/parts.ts";
import { openClient, openPostgres } from "./support/services.ts";
import { CASES, measureWriter, type Case, type Rate } from "./mirror/measure.ts";
import { makePages } from "./mirror/rows.ts";
import { createWriters } from "./mirror/writers.ts";

const MEGABYTE = 1_000_000;
const WARM_ROWS = 5_000;
const BARS = { overBatch: 3, unchangedWal: MEGABYTE, overCopy: 0.8, overUpserts: 20 } as const;

interface Result {
  readonly name: string;
  readonly sample: number | null;
  readonly rates: Readonly<Record<Case, Rate>>;
}

function measureAll(
  rows: number,
  rounds: number,
): Promise<{ readonly results: readonly Result[]; readonly rowBytes: number }> {
  return withParts(async (parts) => {
    const url = await openPostgres(parts);
    const client = await openClient(parts, url);
    const database = createDatabase(url);
    parts.add("database", () => database.$disconnect());
    const pagesOf = (name: Case, count: number) =>
      makePages(count, (index) => name === "1 % changed" && index % 100 === 0);
    const writers = createWriters(database, client);
    const found = writers.map((): Readonly<Record<Case, Rate>>[] => []);
    for (const writer of writers) {
      await writer.prepare?.();
      // Code and caches get warm on rows that nobody counts, or the first writer would pay for all.
      await measureWriter(client, writer, pagesOf, WARM_ROWS);
    }
    for (let round = 1; round <= rounds; round += 1) {
      tell(`round ${round} of ${rounds}`);
      for (const i of [...writers.keys()].map((place) => (place + round) % writers.length)) {
        const writer = writers[i];
        if (writer !== undefined) found[i]?.push(await measureWriter(client, writer, pagesOf, rows));
      }
    }
    const results = writers.map(({ name, sample }, i) => ({
      name,
      sample: sample ?? null,
      rates: medians(found[i] ?? []),
    }));
    const sizes = await client.query(`select avg(pg_column_size(application.*)) as bytes from application`);
    const [size] = z.array(z.object({ bytes: z.coerce.number() })).parse(sizes.rows);
    return { results, rowBytes: size?.bytes ?? 0 };
  });
}

function medians(rounds: readonly Readonly<Record<Case, Rate>>[]): Readonly<Record<Case, Rate>> {
  const of = (name: Case): Rate => ({
    rowsPerSecond: median(rounds.map((round) => round[name].rowsPerSecond)),
    wal: median(rounds.map((round) => round[name].wal)),
  });
  return { insert: of("insert"), unchanged: of("unchanged"), "1 % changed": of("1 % changed") };
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

async function measure(): Promise<Report> {
  const options = readOptions({ rows: "50000", rounds: "4" });
  const rows = countOf(options.rows, "rows");
  const { results, rowBytes } = await measureAll(rows, countOf(options.rounds, "rounds"));
  const head = ["rows a second / MB of log", ...CASES.flatMap((name) => [name, "log"])];
  const lines = results.map(({ name, sample, rates }) => [
    sample === null ? name : `${name} (${sample} rows, log scaled)`,
    ...CASES.flatMap((one) => [Math.round(rates[one].rowsPerSecond), short(rates[one].wal / MEGABYTE)]),
  ]);
  const note = `${rows} rows of ${Math.round(rowBytes)} bytes, raw included, in pages of 50.`;
  return { text: `${table(head, lines)}\n${note}`, missed: missedBy(results) };
}

await runBench(measure);
