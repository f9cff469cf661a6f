import { createDatabase, inTransaction, type Database } from "../../../src/database/client.ts";
import { namesOf, type Clock, type Periods } from "../../../src/people/retention/clocks.ts";
import { applyRetention } from "../../../src/people/retention/retention.ts";
import { todayOf } from "../../../src/people/retention/preview.ts";
import type { Lifecycle } from "../../../src/platform/lifecycle.ts";
import { tell } from "../support/bench.ts";
import { ACCOUNT } from "../support/environment.ts";

interface RetentionCost {
  readonly name: string;
  /** People or rows that went. */
  readonly rows: number;
  readonly ms: number;
  /** How long pages waited meanwhile, in milliseconds. */
  readonly waits: readonly number[];
}

const PERIODS: Readonly<Partial<Record<Clock, string>>> = { refused: "4 months", raw: "3 months", history: "1 year" };
const NOTICE_DAYS = 30;
const BETWEEN_PAGES_MS = 50;
const PER_PAGE = 50;

/** Announces people, erases them, and applies the clocks of rows, one after the other, while pages are written. */
export async function measureRetention(parts: Lifecycle, url: string): Promise<readonly RetentionCost[]> {
  const database = createDatabase(url);
  parts.add("database", () => database.$disconnect());
  const today = await todayOf(database, ACCOUNT);
  const later = new Date(Date.parse(today) + NOTICE_DAYS * 86_400_000).toISOString().slice(0, 10);
  const only = (clock: Clock): Periods => ({ periods: { [clock]: PERIODS[clock] ?? "" }, noticeDays: NOTICE_DAYS });
  const costs: RetentionCost[] = [];
  const add = async (name: string, periods: Periods, day: string) => {
    tell(`retention: ${name}`);
    const pages = startPages(url);
    const started = performance.now();
    const { people, rows } = await applyRetention(database, ACCOUNT, periods, day);
    const ms = performance.now() - started;
    tell(`${people + rows} in ${Math.round(ms)} ms`);
    costs.push({ name, rows: people + rows, ms, waits: await pages.stop() });
  };
  await add("announced", only("refused"), today);
  await add("people erased", only("refused"), later);
  await add("nothing due", only("refused"), later);
  for (const clock of namesOf({ periods: { raw: "", history: "" } })) await add(clock, only(clock), later);
  return costs;
}

/** Locks what a page of applications locks, again and again, and measures how long each waits. */
function startPages(url: string): { readonly stop: () => Promise<readonly number[]> } {
  const waits: number[] = [];
  const over = new AbortController();
  const writer = createDatabase(url, { connections: 1 });
  const loop = (async () => {
    for (let page = 0; !over.signal.aborted; page += 1) {
      waits.push(await waitOf(writer, page));
      await new Promise((done) => setTimeout(done, BETWEEN_PAGES_MS));
    }
  })();
  return {
    async stop() {
      over.abort();
      await loop;
      await writer.$disconnect();
      return waits;
    },
  };
}

function waitOf(writer: Database, page: number): Promise<number> {
  return inTransaction(writer, async (tx) => {
    const started = performance.now();
    await tx.$executeRaw`select public.lock_account(${ACCOUNT}, 'mirror applicant', 10000)`;
    const first = (page * 7919 * PER_PAGE) % 1_000_000;
    await tx.$executeRaw`
      select from public.application where account = ${ACCOUNT} and id >= ${first}::bigint and id < ${first + PER_PAGE}::bigint for update`;
    return performance.now() - started;
  });
}
