/**
 * `npm run bench -- report [--rows 1000000] [--data DIRECTORY]`: how long the questions of `applicant-sync report` take with so many applications and five
 * changes of each, what the facts of reports cost a page write, and what reports that run at the same time do to it. A directory keeps the filled database for the next run.
 */
import { resolve } from "node:path";
import type { Client } from "pg";
import { table } from "../../src/platform/text.ts";
import { createDatabase } from "../../src/database/client.ts";
import { ask } from "../../src/report/ask.ts";
import { QUESTIONS, type Question } from "../../src/report/questions.ts";
import { measureWrites, type Writes } from "./report/writes.ts";
import { seedReports } from "./report/seed.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { ACCOUNT } from "./support/environment.ts";
import { short } from "./support/figures.ts";
import { withParts } from "./support/parts.ts";
import { openClient, openPostgres } from "./support/services.ts";

const DAY_MS = 86_400_000;
const READERS = 8;
const BARS = { questionMs: 1_000, asOfMs: 5_000, p99: 1.2, unchangedTime: 1.02, unchangedWal: 200_000 } as const;

export async function measureReport(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { rows: "1000000", data: "" });
  const rows = countOf(options.rows, "rows");
  return withParts(async (parts) => {
    const url = await openPostgres(parts, options.data === "" ? undefined : resolve(options.data));
    const client = await openClient(parts, url);
    const facts = (await isSeeded(client)) ? null : await fill(client, rows);
    const database = createDatabase(url);
    parts.add("database", () => database.$disconnect());
    const at = new Date(Date.now() - 200 * DAY_MS);
    const asked = { account: ACCOUNT, timezone: "Europe/Paris", language: "en" } as const;
    const answers: { readonly name: string; readonly ms: number; readonly bar: number }[] = [];
    for (const [name, question] of Object.entries<Question>(QUESTIONS)) {
      const ms = await timed(() => ask(database, question, { ...asked, at: null }));
      answers.push({ name, ms, bar: BARS.questionMs });
      if (question.asOf === undefined) continue;
      const past = await timed(() => ask(database, question, { ...asked, at }));
      answers.push({ name: `${name}, as of a day`, ms: past, bar: BARS.asOfMs });
    }
    const asOf = await timed(() => client.query("select * from report.application_as_of($1) offset 0", [at]));
    answers.push({ name: "application_as_of, every row", ms: asOf, bar: BARS.asOfMs });

    tell(answers.map(({ name, ms }) => `${name}: ${Math.round(ms)} ms`).join("; "));
    const writes = await measureWrites(parts, { url, database, client, rows, readers: READERS });
    const text = [
      `${rows} applications; their facts were made in ${facts === null ? "an earlier run" : `${short(facts / 1_000)} s`}.`,
      table(
        ["question", "ms"],
        answers.map(({ name, ms }) => [name, Math.round(ms)]),
      ),
      table(
        ["page write", "median ms", "p99 ms", "total ms", "WAL (MB)"],
        Object.entries(writes).map(([name, { median, p99, total, wal }]) => [
          name,
          short(median),
          short(p99),
          Math.round(total),
          short(wal / 1_000_000),
        ]),
      ),
    ].join("\n\n");
    const missed = answers.flatMap(({ name, ms, bar }) =>
      ms > bar ? [`${name}: ${Math.round(ms)} ms, more than ${bar}`] : [],
    );
    return { text, missed: [...missed, ...missedBy(writes)] };
  });
}

async function isSeeded(client: Client): Promise<boolean> {
  const { rows } = await client.query("select from public.application_fact where account = $1 limit 1", [ACCOUNT]);
  return rows.length > 0;
}

/** Returns how long the facts took, in milliseconds. */
async function fill(client: Client, rows: number): Promise<number> {
  tell("the database is filled");
  await seedReports(client, rows);
  tell("the facts are made");
  const facts = await timed(() => client.query("select public.refresh_account_facts($1)", [ACCOUNT]));
  tell(`made in ${short(facts / 1_000)} s`);
  await client.query("vacuum (freeze, analyze)");
  await client.query("checkpoint");
  return facts;
}

function missedBy(writes: Writes): readonly string[] {
  const { alone, besideReports, unchanged, unchangedWithout } = writes;
  const p99 = besideReports.p99 / alone.p99;
  const time = unchanged.total / unchangedWithout.total;
  const wal = unchanged.wal - unchangedWithout.wal;
  return [
    ...(p99 > BARS.p99 ? [`page writes beside reports: p99 ${p99.toFixed(2)} times, more than ${BARS.p99}`] : []),
    ...(time > BARS.unchangedTime
      ? [`unchanged pages: ${time.toFixed(2)} times, more than ${BARS.unchangedTime}`]
      : []),
    ...(wal > BARS.unchangedWal ? [`unchanged pages: ${short(wal / 1_000)} kB more log, over 200 kB`] : []),
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
