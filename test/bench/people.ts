/**
 * `npm run bench -- people [--rows 1000000] [--suppressed 100000] [--synced 10000] [--rounds 4]`: what personal data costs in a large account.
 * The erasure of one person and retention, with so many applications and changes; and the CPU of a page while so many people are suppressed,
 * beside that of one while nobody is, in syncs of so many applications.
 */
import { table } from "../../src/platform/text.ts";
import { measureErasures } from "./people/erasure.ts";
import { measureRetention } from "./people/retention.ts";
import { seedPeople } from "./people/seed.ts";
import { measureSuppression } from "./people/suppression.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { percentile, short } from "./support/figures.ts";
import { withParts } from "./support/parts.ts";
import { openClient, openDirectory, openPostgres } from "./support/services.ts";

const MOST_ERASURE_MS = 5_000;
const MOST_SHARE = 0.03;
/** What a page write may wait for retention. */
const MOST_WAIT_MS = 1_000;

export async function measurePeople(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { rows: "1000000", suppressed: "100000", synced: "10000", rounds: "4" });
  const rows = countOf(options.rows, "rows");
  const large = await withParts(async (parts) => {
    const url = await openPostgres(parts);
    const client = await openClient(parts, url);
    tell("the database is filled");
    await seedPeople(client, rows);
    const directory = await openDirectory(parts);
    return {
      erasures: await measureErasures(parts, { url, directory }),
      retention: await measureRetention(parts, url),
    };
  });
  const shares = await measureSuppression({
    suppressed: countOf(options.suppressed, "suppressed"),
    rows: countOf(options.synced, "synced"),
    rounds: countOf(options.rounds, "rounds"),
  });
  const { erasures, retention } = large;
  const erased = erasures.map(({ name, transactionMs, cleanUpMs, left }) => {
    return [name, ...[transactionMs, cleanUpMs, transactionMs + cleanUpMs].map(short), left.join(", ")];
  });
  const kept = retention.map(({ name, rows: count, ms, waits }) => {
    return [name, count, short(ms), short(percentile(waits, 0.5)), short(Math.max(0, ...waits))];
  });
  const costs = shares.map(({ name, without, with: cost }) => {
    return [name, short(without), short(cost), `${short((cost / without - 1) * 100)} %`];
  });
  return {
    text: [
      table(["erasure", "transaction ms", "clean-up ms", "together ms", "not rewritten"], erased),
      table(["retention", "rows", "ms", "median wait of a page ms", "longest wait ms"], kept),
      table(["page", "CPU ms, nobody suppressed", `CPU ms, ${options.suppressed} suppressed`, "more"], costs),
    ].join("\n\n"),
    missed: [
      ...erasures.flatMap(({ name, transactionMs, cleanUpMs }) => {
        const ms = transactionMs + cleanUpMs;
        return ms > MOST_ERASURE_MS ? [`erasure, ${name}: ${short(ms)} ms, more than ${MOST_ERASURE_MS}`] : [];
      }),
      ...retention.flatMap(({ name, waits }) => {
        const longest = Math.max(0, ...waits);
        return longest > MOST_WAIT_MS ? [`${name}: a page waited ${short(longest)} ms, more than ${MOST_WAIT_MS}`] : [];
      }),
      ...shares.flatMap(({ name, without, with: cost }) => {
        const share = cost / without - 1;
        return share > MOST_SHARE ? [`${name}: ${short(share * 100)} % more CPU, more than ${MOST_SHARE * 100} %`] : [];
      }),
    ],
  };
}
