import type { Client } from "pg";
import { z } from "zod";
import { createKeyring } from "../../../src/people/suppression/key.ts";
import { AppError } from "../../../src/platform/errors.ts";
import { cpuOf, parentOf } from "../cost/cpu.ts";
import { tell } from "../support/bench.ts";
import { ACCOUNT } from "../support/environment.ts";
import { percentile } from "../support/figures.ts";
import { openFullSyncs, type FullSyncs } from "../support/full-sync.ts";
import { withParts } from "../support/parts.ts";

interface ShareCost {
  readonly name: "new rows" | "unchanged";
  /** CPU of the worker and of Postgres for each request, in milliseconds. */
  readonly without: number;
  readonly with: number;
}

interface Sizes {
  readonly suppressed: number;
  readonly rows: number;
  readonly rounds: number;
}

const KEY = "k".repeat(32);
const TABLES = ["privacy_key", "suppression"];
const CASES = ["new rows", "unchanged"] as const;

/** Syncs with and without suppressed people, in turn: what else the machine does falls on both. The medians are compared. */
export function measureSuppression({ suppressed, rows, rounds }: Sizes): Promise<readonly ShareCost[]> {
  return withParts(async (parts) => {
    const syncs = await openFullSyncs(parts, { queue: "Postgres", rows, env: { PRIVACY_KEY: KEY } });
    const { client } = syncs;
    await syncs.ended(1);
    await prepare(client, suppressed);
    const figures: { name: string; isWith: boolean; each: number }[] = [];
    let nth = 1;
    for (let round = 0; round < rounds; round += 1) {
      for (const isWith of round % 2 === 0 ? [false, true] : [true, false]) {
        await set(client, isWith);
        await client.query("truncate public.application, public.applicant, public.change, public.application_step");
        for (const name of CASES) {
          tell(`round ${round + 1}: ${name}, ${isWith ? "with" : "without"} suppressed people`);
          figures.push({ name, isWith, each: await costOf(syncs, (nth += 1)) });
        }
      }
    }
    const median = (name: string, isWith: boolean) =>
      percentile(
        figures.filter((one) => one.name === name && one.isWith === isWith).map(({ each }) => each),
        0.5,
      );
    return CASES.map((name) => ({ name, without: median(name, false), with: median(name, true) }));
  });
}

async function costOf(syncs: FullSyncs, nth: number): Promise<number> {
  const { client, worker } = syncs;
  const [{ pid }] = z
    .tuple([z.object({ pid: z.number() })])
    .parse((await client.query("select pg_backend_pid() as pid")).rows);
  const postmaster = await parentOf(pid);
  const read = async () => (await cpuOf(worker.pid)) + (await cpuOf(postmaster, { children: true }));
  await client.query("vacuum analyze");
  await client.query("checkpoint");
  const before = await read();
  await syncs.again();
  const { pages } = await syncs.ended(nth);
  if (pages === 0) throw new AppError("sync_failed", "The sync read no page.");
  return ((await read()) - before) / pages;
}

/** Makes the rows of suppressed people, whom the list does not have. */
async function prepare(client: Client, suppressed: number): Promise<void> {
  const key = createKeyring({ key: KEY, previousKey: null, keyFile: "", makesKey: false }).current();
  await client.query("create schema bench");
  for (const table of TABLES) {
    await client.query(`create table bench.${table} as table public.${table} with no data`);
  }
  await client.query("insert into bench.privacy_key (account, id, since) values ($1, $2, now())", [ACCOUNT, key.id]);
  await client.query(
    `insert into bench.suppression (account, kind, hash, applicant_id, key_id, created_at, is_erased)
     select $1, 'applicant', encode(sha256(('a' || n)::bytea), 'base64'), 1000000000 + n, $2, now(), true from generate_series(1, $3::integer / 2) n
     union all
     select $1, 'email', encode(sha256(('e' || n)::bytea), 'base64'), null, $2, now(), true from generate_series(1, $3::integer / 2) n`,
    [ACCOUNT, key.id, suppressed],
  );
}

async function set(client: Client, isWith: boolean): Promise<void> {
  for (const table of TABLES.toReversed()) await client.query(`delete from public.${table}`);
  if (!isWith) return;
  for (const table of TABLES) {
    await client.query(`insert into public.${table} select * from bench.${table}`);
  }
  // Or the worker would clean up files meanwhile, as after an erasure.
  await client.query("delete from public.clean_up");
}
