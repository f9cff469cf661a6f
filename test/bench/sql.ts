/**
 * `npm run bench -- sql [--rows 20000] [--singles 5]`: how long a single import by HTTP waits to be sent while many rows
 * that came in one SQL insert are checked and sent.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { table } from "../../src/platform/text.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/server.ts";
import { countOf, readOptions, type Report } from "./support/bench.ts";
import { ACCOUNT, workerEnvironment } from "./support/environment.ts";
import { withParts } from "./support/parts.ts";
import { openProduct } from "./support/product.ts";
import { openClient, openPostgres } from "./support/services.ts";

const BAR_MS = 10_000;
const TOKEN = "bench-bench-bench-bench-bench";
const PORT = 28_417;
/** Longer than the bar, so that a miss is reported with its figure. */
const PATIENCE_MS = 60_000;

/** From before the request to when the person is created, milliseconds; Infinity for one that was not. */
async function sendOne(sandbox: Sandbox, email: string): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(`http://127.0.0.1:${PORT}/imports`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ email }),
  });
  if (answer.status !== 202) throw new Error(`POST /imports answered ${answer.status}`);
  while (performance.now() - begun < PATIENCE_MS) {
    if (sandbox.effects.some((effect) => effect.email === email)) return performance.now() - begun;
    await sleep(20);
  }
  return Infinity;
}

async function draftsOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "select count(*)::int as count from public.applicant_import where state = 'draft'",
  );
  return rows[0]?.count ?? 0;
}

export async function measureSql(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { rows: "20000", singles: "5" });
  const [rows, singles] = [countOf(options.rows, "rows"), countOf(options.singles, "singles")];
  const lines = await withParts(async (parts) => {
    const sandbox = await startSandbox({ applications: 100 });
    parts.add("sandbox", sandbox.close);
    const databaseUrl = await openPostgres(parts);
    const settings = { origin: sandbox.audience, databaseUrl, redisUrl: null, requestsPerMinute: 120 };
    const env = { ...workerEnvironment(settings), HTTP_PORT: String(PORT), IMPORT_TOKEN: TOKEN };
    await openProduct(parts, ["start"], env);
    while (sandbox.requests.length === 0) await sleep(50);
    const client = await openClient(parts, databaseUrl);
    await client.query(
      "insert into public.import_inbox (account, email) select $1, 'bulk.' || n || '@example.org' from generate_series(1, $2::int) n",
      [ACCOUNT, rows],
    );
    const measured: { readonly ms: number; readonly drafts: number }[] = [];
    for (let n = 0; n < singles; n += 1) {
      const drafts = await draftsOf(client);
      measured.push({ ms: await sendOne(sandbox, `single.${n}@example.org`), drafts });
      await sleep(1_000);
    }
    return measured;
  });
  const text = table(
    ["rows not yet checked", "sent after (s)"],
    lines.map(({ ms, drafts }) => [drafts, (ms / 1_000).toFixed(2)]),
  );
  const slowest = Math.max(...lines.map(({ ms }) => ms));
  return { text, missed: slowest <= BAR_MS ? [] : [`a single import was sent after more than ${BAR_MS / 1_000} s`] };
}
