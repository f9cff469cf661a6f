import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client, type QueryResult } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { importPeople } from "../src/commands/import.ts";
import { loadConfig } from "../src/config/config.ts";
import type { AccountKind } from "../src/api/kelio.ts";
import { createLifecycle } from "../src/platform/lifecycle.ts";
import { PATHS, ROOT } from "./support/docs.ts";
import { silent } from "./support/silent.ts";
import { waitFor } from "./support/wait-for.ts";
import { openWorld, type World } from "./support/world.ts";

const run = promisify(execFile);
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
  const results: QueryResult | readonly QueryResult[] = await client.query(
    block.replaceAll("{{account}}", "'default'"),
  );
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

/** The example over HTTP, run by a shell; a jobboard adds a campaign, as the sentence below it says. */
async function curl(kind: AccountKind, url: string): Promise<unknown> {
  const block = blocks("sh").find((one) => one.startsWith("curl")) ?? "";
  const here = block.replace("http://127.0.0.1:8080", url);
  const command = kind === "jobboard" ? here.replace('{"email"', '{"campaign_id": 1001, "email"') : here;
  const env = { ...process.env, IMPORT_TOKEN: TOKEN, NO_PROXY: "*", no_proxy: "*" };
  const { stdout } = await run("sh", ["-ec", command.replace("curl", "curl --silent --show-error")], { env });
  return JSON.parse(stdout);
}

/** The example by SQL for an account; a jobboard adds a campaign, as its first line says. */
function insertFor(kind: AccountKind): string {
  const block = blocks("sql").find((one) => one.includes("insert into import_inbox (")) ?? "";
  if (kind === "customer") return block;
  return block.replace("(key,", "(campaign_id, key,").replace("values (", "values (1001, ");
}

/** The commands of the docs that only look, or that another command may follow, with the settings before them. */
const COMMAND = /^((?:[A-Z_]+='?[^']*'? )*)npx --no applicant-sync ((?:plan|doctor|status|sync|import)\b.*)$/gm;

async function runCommands(world: World, file: string): Promise<void> {
  const lines = blocks("sh").flatMap((block) => [...block.matchAll(COMMAND)]);
  const seen = new Map(lines.map(([line, settings = "", words = ""]) => [line, { settings, words }]));
  expect(seen.size).toBeGreaterThan(5);
  for (const [line, { settings, words }] of seen) {
    const set = [...settings.matchAll(/([A-Z_]+)='([^']*)' /g)].map(([, name = "", value = ""]) => [name, value]);
    const args = words
      .replace(/(--errors )\S+/, `$1${file}.rejected.csv`)
      .replace(/ candidat\w+\.csv/, ` ${file}`)
      .split(" ");
    const { code, stderr } = await world.run(args, Object.fromEntries(set));
    expect({ line, code, stderr }).toMatchObject({ line, code: 0 });
  }
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
    // Those of Metabase ask what a small sandbox may have none of.
    const reports = blocks("sql").filter(
      (block) =>
        /^select\b[^]*\sfrom (application|sync_run|report\.\w+)\b/.test(block) && !block.includes("{{account}}"),
    );
    expect(reports.length).toBeGreaterThan(8);
    // A history begins with the first sync.
    for (const report of reports.filter((one) => !one.includes("application_status_time"))) {
      expect({ report, rows: await rowsOf(client, report) }).toEqual({ report, rows: [expect.toSatisfy(isSome)] });
    }
    const others = blocks("sql").filter((one) => /^(create role|select)\b/.test(one) && !reports.includes(one));
    expect(others.length).toBeGreaterThan(2);
    for (const other of [...others, ...reports.filter((one) => one.includes("application_status_time"))]) {
      await rowsOf(client, other);
    }

    const files = blocks(`csv ${kind}`);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files)
      expect(await importFile(world, directory, file)).toMatchObject({ faults: [], rejected: 0, held: {} });

    await world.workerHere();
    const url = await waitFor("where it listens", () => /"url":"(http:[^"]+)"/.exec(world.log.join("\n"))?.[1]);
    expect(await curl(kind, url)).toMatchObject({ rejected: [] });
    await client.query(insertFor(kind));
    await waitFor("every import is done", async () => {
      const states = await world.database.applicantImport.findMany({ select: { state: true, reason: true } });
      expect(states.filter(({ state }) => state === "rejected" || state === "held")).toEqual([]);
      return states.every(({ state }) => state === "done");
    });
    expect(world.sandbox.effects.filter(({ outcome }) => outcome === "created").length).toBeGreaterThan(0);
    await runCommands(world, join(directory, "candidates.csv"));
  },
);
