import type { Client } from "pg";
import { z } from "zod";
import { inTransaction, type Database } from "../../../src/database/client.ts";
import type { Lifecycle } from "../../../src/platform/lifecycle.ts";
import { writeItems } from "../../../src/mirror/write-page.ts";
import { createReader, grantReports } from "../../../src/report/grant.ts";
import { yieldReports } from "../../../src/report/priority.ts";
import { QUESTIONS } from "../../../src/report/questions.ts";
import { resources } from "../../../src/sync/resources.ts";
import { makePage, PER_PAGE } from "../mirror/rows.ts";
import { tell } from "../support/bench.ts";
import { ACCOUNT } from "../support/environment.ts";
import { percentile } from "../support/figures.ts";
import { openClient } from "../support/services.ts";

export interface Cost {
  readonly median: number;
  readonly p99: number;
  readonly total: number;
  /** Bytes of write-ahead log. */
  readonly wal: number;
}

const PAGES = 200;
/** A page of a worker comes when its request has been answered: the rate of 300 requests a minute. */
const BETWEEN_PAGES_MS = 200;
const TRIGGERS = ["application", "change"] as const;

export type Writes = Readonly<
  Record<"insertWithout" | "insert" | "unchangedWithout" | "unchanged" | "alone" | "besideReports", Cost>
>;

/** Page writes of new rows and of unchanged ones, without and with the triggers of reports; then one changed row in a page, alone and beside reports. */
export async function measureWrites(parts: Lifecycle, options: Options): Promise<Writes> {
  const { database, client, rows } = options;
  const cost = (name: string, first: number, change: number | null, pauseMs = 0) => (
    tell(name),
    writeAll({ database, client, first: rows + 1 + first, change, pauseMs })
  );
  const without = async <T>(work: () => Promise<T>): Promise<T> => {
    for (const name of TRIGGERS) await client.query(`alter table public.${name} disable trigger user`);
    try {
      return await work();
    } finally {
      for (const name of TRIGGERS) await client.query(`alter table public.${name} enable trigger user`);
    }
  };
  const every = PAGES * PER_PAGE;
  await cost("warm", 2 * every, null);
  const insertWithout = await without(() => cost("new rows, without", 0, null));
  const insert = await cost("new rows", every, null);
  await cost("warm", every, null);
  const unchangedWithout = await without(() => cost("unchanged, without", every, null));
  const unchanged = await cost("unchanged", every, null);
  const alone = await cost("changed", every, 0, BETWEEN_PAGES_MS);
  const reading = await startReaders(parts, options);
  const besideReports = await cost("changed, beside reports", every, 1, BETWEEN_PAGES_MS);
  await reading.stop();
  return { insertWithout, insert, unchangedWithout, unchanged, alone, besideReports };
}

interface Options {
  readonly url: string;
  readonly database: Database;
  readonly client: Client;
  /** The ids in use. */
  readonly rows: number;
  readonly readers: number;
}

interface Pages {
  readonly database: Database;
  readonly client: Client;
  readonly first: number;
  /** Which row of each page is another one than when it was new; null: none. */
  readonly change: number | null;
  readonly pauseMs: number;
}

async function writeAll({ database, client, first, change, pauseMs }: Pages): Promise<Cost> {
  await client.query("checkpoint");
  const times: number[] = [];
  const before = await walPosition(client);
  for (let page = 0; page < PAGES; page += 1) {
    const items = makePage(first, page * PER_PAGE, (index) => change !== null && index % PER_PAGE <= change);
    const started = performance.now();
    await inTransaction(database, (tx) =>
      writeItems(tx, { account: ACCOUNT, run: 1 }, resources.applications.table, items),
    );
    times.push(performance.now() - started);
    await new Promise((done) => setTimeout(done, pauseMs));
  }
  const total = times.reduce((sum, time) => sum + time, 0);
  return {
    median: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    total,
    wal: (await walPosition(client)) - before,
  };
}

/** Connections of a tool, as the role that it was granted, that ask one question after another. */
async function startReaders(
  parts: Lifecycle,
  { url: owner, database, readers: count }: Options,
): Promise<{ readonly stop: () => Promise<void> }> {
  await createReader(database, "reader", "bench");
  await grantReports(database, "reader");
  parts.add("priority of reports", yieldReports(database));
  const url = new URL(owner);
  url.username = "reader";
  url.password = "bench";
  const over = new AbortController();
  const questions = Object.values(QUESTIONS);
  const readers = Array.from({ length: count }, async (_, i) => {
    const reader = await openClient(parts, url.href);
    for (let n = i; !over.signal.aborted; n += 1)
      await reader.query(questions[n % questions.length]?.sql ?? "select $1", [ACCOUNT]);
  });
  return {
    async stop() {
      over.abort();
      await Promise.all(readers);
    },
  };
}

async function walPosition(client: Client): Promise<number> {
  const { rows } = await client.query("select pg_current_wal_lsn() - '0/0' as position");
  const [row] = z.array(z.object({ position: z.coerce.number() })).parse(rows);
  return row?.position ?? 0;
}
