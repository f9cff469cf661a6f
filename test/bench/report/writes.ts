import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { z } from "zod";
import type { Database } from "../../../src/database/client.ts";
import { inPlainTransaction } from "../../../src/database/statements.ts";
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
/** Rounds of the two sides of a comparison, in turn: a machine is not as fast in one minute as in the next. */
const ROUNDS = { unchanged: 25, besideReports: 5 } as const;
/** Until reports are asked for, a tool has connected. */
const CONNECTED_MS = 1_000;
/** A page of a worker comes when its request has been answered: the rate of 300 requests a minute. */
const BETWEEN_PAGES_MS = 200;
const TRIGGERS = ["application", "change"] as const;

export type Writes = Readonly<
  Record<"insertWithout" | "insert" | "unchangedWithout" | "unchanged" | "alone" | "besideReports", Cost>
>;

/**
 * Page writes of new rows and of unchanged ones, without and with the triggers of reports; then one changed row in a page, alone and beside reports,
 * in rounds that are one figure together.
 */
export async function measureWrites(parts: Lifecycle, options: Options): Promise<Writes> {
  const { database, client, rows } = options;
  const written = (name: string, first: number, change: number | null, pauseMs = 0) => (
    tell(name),
    writeAll({ database, client, first: rows + 1 + first, change, pauseMs })
  );
  const cost = async (name: string, first: number, change: number | null) =>
    costOf([await written(name, first, change)]);
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
  const unchangedWithout: Pages[] = [];
  const unchanged: Pages[] = [];
  for (let round = 1; round <= ROUNDS.unchanged; round += 1) {
    unchangedWithout.push(await without(() => written(`unchanged, without, round ${round}`, every, null)));
    unchanged.push(await written(`unchanged, round ${round}`, every, null));
  }
  const ask = await connectReaders(parts, options);
  await sleep(CONNECTED_MS);
  const alone: Pages[] = [];
  const beside: Pages[] = [];
  for (let round = 1; round <= ROUNDS.besideReports; round += 1) {
    alone.push(await written(`changed, round ${round}`, every, 0, BETWEEN_PAGES_MS));
    const reports = ask();
    beside.push(await written(`changed, beside reports, round ${round}`, every, 1, BETWEEN_PAGES_MS));
    await reports.stop();
  }
  return {
    insertWithout,
    insert,
    unchangedWithout: costOf(unchangedWithout),
    unchanged: costOf(unchanged),
    alone: costOf(alone),
    besideReports: costOf(beside),
  };
}

interface Options {
  readonly url: string;
  readonly database: Database;
  readonly client: Client;
  /** The ids in use. */
  readonly rows: number;
  readonly readers: number;
}

interface Work {
  readonly database: Database;
  readonly client: Client;
  readonly first: number;
  /** Which row of each page is another one than when it was new; null: none. */
  readonly change: number | null;
  readonly pauseMs: number;
}

/** How long each page took, in milliseconds, and the bytes of log of all. */
interface Pages {
  readonly times: readonly number[];
  readonly wal: number;
}

function costOf(rounds: readonly Pages[]): Cost {
  const times = rounds.flatMap((round) => round.times);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    median: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    total: sum(times),
    wal: sum(rounds.map(({ wal }) => wal)),
  };
}

async function writeAll({ database, client, first, change, pauseMs }: Work): Promise<Pages> {
  await client.query("checkpoint");
  const times: number[] = [];
  const before = await walPosition(client);
  for (let page = 0; page < PAGES; page += 1) {
    const items = makePage(first, page * PER_PAGE, (index) => change !== null && index % PER_PAGE <= change);
    const started = performance.now();
    await inPlainTransaction(database, (tx) =>
      writeItems(tx, { account: ACCOUNT, run: 1 }, resources.applications.table, items),
    );
    times.push(performance.now() - started);
    await sleep(pauseMs);
  }
  return { times, wal: (await walPosition(client)) - before };
}

/** Connects a tool, as the role that it was granted. Returns what lets each of its connections ask one question after another. */
async function connectReaders(
  parts: Lifecycle,
  { url: owner, database, readers: count }: Options,
): Promise<() => { readonly stop: () => Promise<void> }> {
  await createReader(database, "reader", "bench");
  await grantReports(database, "reader");
  parts.add("priority of reports", yieldReports(database));
  const url = new URL(owner);
  url.username = "reader";
  url.password = "bench";
  const readers = await Promise.all(Array.from({ length: count }, () => openClient(parts, url.href)));
  const questions = Object.values(QUESTIONS);
  return () => {
    const over = new AbortController();
    const asking = readers.map(async (reader, i) => {
      for (let n = i; !over.signal.aborted; n += 1)
        await reader.query(questions[n % questions.length]?.sql ?? "select $1", [ACCOUNT]);
    });
    return {
      async stop() {
        over.abort();
        await Promise.all(asking);
      },
    };
  };
}

async function walPosition(client: Client): Promise<number> {
  const { rows } = await client.query("select pg_current_wal_lsn() - '0/0' as position");
  const [row] = z.array(z.object({ position: z.coerce.number() })).parse(rows);
  return row?.position ?? 0;
}
