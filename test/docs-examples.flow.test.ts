import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type QueryResult } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { importPeople } from "../src/commands/import.ts";
import { loadConfig } from "../src/config/config.ts";
import type { AccountKind } from "../src/kelio.ts";
import { createLifecycle } from "../src/platform/lifecycle.ts";
import { PATHS, ROOT } from "./support/docs.ts";
import { silent } from "./support/silent.ts";
import { waitFor } from "./support/wait-for.ts";
import { openWorld, type World } from "./support/world.ts";

const TOKEN = "a-token-of-the-tests-0123456789";
const TEXT = (await Promise.all(PATHS.map((path) => readFile(new URL(path, ROOT), "utf8")))).join("\n");

/** The examples of a language, such as `sql` or `csv customer`. */
function blocks(language: string): readonly string[] {
  const found = [...TEXT.matchAll(new RegExp(`^\`\`\`${language}\\n(.+?)^\`\`\``, "gms"))];
  return found.map(([, block = ""]) => block);
}

/** The rows of each statement of a block, in a transaction that is rolled back. */
async function rowsOf(client: Client, block: string): Promise<readonly number[]> {
  await client.query("begin");
  const results: QueryResult | readonly QueryResult[] = await client.query(block);
  await client.query("rollback");
  return (Array.isArray(results) ? results : [results]).map(({ rows }: QueryResult) => rows.length);
}

async function importFile(world: World, directory: string, content: string) {
  const path = join(directory, "candidates.csv");
  await writeFile(path, content);
  const lifecycle = createLifecycle({ logger: silent });
  const context = { config: loadConfig(world.env, { keys: false }), logger: silent, lifecycle };
  try {
    const { imported } = await importPeople(context, path, { source: "file", errors: null, dryRun: false });
    return imported;
  } finally {
    await lifecycle.stop("done");
  }
}

const isSome = (rows: number) => rows > 0;

/** The body of the example over HTTP; a jobboard adds a campaign, as the sentence below it says. */
function bodyFor(kind: AccountKind): string {
  const [, json = "{}"] = /--data '(\{.+?\})'/.exec(TEXT) ?? [];
  const body: unknown = JSON.parse(json);
  return JSON.stringify(kind === "jobboard" ? Object.assign({}, body, { campaign_id: 1001 }) : body);
}

it.each(["customer", "jobboard"] as const)(
  "the examples of the docs work as pasted on the sandbox of a %s",
  async (kind) => {
    const http = { HTTP_PORT: "0", IMPORT_TOKEN: TOKEN };
    const world = await openWorld({
      kind,
      sandbox: { campaigns: 60, applications: 600 },
      env: { KELIO_ACCOUNT: "default", ...http },
    });
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-docs-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await world.sync();

    const client = new Client({ connectionString: world.env["DATABASE_URL"] });
    await client.connect();
    onTestFinished(() => client.end());
    const reports = blocks("sql").filter((block) => /^select\b[^]*\sfrom (application|sync_run)\b/.test(block));
    expect(reports.length).toBeGreaterThan(8);
    // A history begins with the first sync.
    for (const report of reports.filter((one) => !one.includes("application_status_time"))) {
      expect({ report, rows: await rowsOf(client, report) }).toEqual({ report, rows: [expect.toSatisfy(isSome)] });
    }

    const files = blocks(`csv ${kind}`);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files)
      expect(await importFile(world, directory, file)).toMatchObject({ faults: [], rejected: 0, held: {} });

    await world.workerHere();
    const url = await waitFor("where it listens", () => /"url":"(http:[^"]+)"/.exec(world.log.join("\n"))?.[1]);
    const posted = await fetch(`${url}/imports`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: bodyFor(kind),
    });
    expect({ status: posted.status, body: await posted.json() }).toMatchObject({ status: 202, body: { rejected: [] } });
    const inserts = blocks("sql").filter((block) => block.includes("insert into import_inbox ("));
    expect(inserts).toHaveLength(1);
    if (kind === "customer") await client.query(inserts[0] ?? "");
    await waitFor("every import is done", async () => {
      const states = await world.database.applicantImport.findMany({ select: { state: true, reason: true } });
      expect(states.filter(({ state }) => state === "rejected" || state === "held")).toEqual([]);
      return states.every(({ state }) => state === "done");
    });
    expect(world.sandbox.effects.filter(({ outcome }) => outcome === "created").length).toBeGreaterThan(0);
  },
);
