import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const VALUE = (from: string) => `import { thing } from "${from}";\nexport const used = thing;\n`;
const TYPE = (from: string) => `import type { Thing } from "${from}";\nexport type Used = Thing;\n`;

/** The file that imports, what it imports, and where the message sends its author. */
const REFUSED = [
  ["src/database/client.ts", "./mirror/reads.ts", "Root files know no folder"],
  ["src/platform/logger.ts", "bullmq", "Only queue/ knows BullMQ"],
  ["src/config/config.ts", "node-cron", "Only queue/ knows BullMQ"],
  ["src/wiring.ts", "ioredis", "Only queue/ knows BullMQ"],
  ["src/cli.ts", "axios", "lives in api/"],
  ["src/wiring.ts", "@prisma/client", "reached through database.ts"],
  ["src/config/fields.ts", "node-cron", "Settings may ask node-cron"],
  ["src/api/client.ts", "../database.ts", "api/ knows no database"],
  ["src/api/client.ts", "../request-log.ts", "api/ knows no database"],
  ...["mapping", "mirror", "sync", "outbox", "queue", "ops"].map(
    (folder) => ["src/api/client.ts", `../${folder}/part.ts`, "api/ is HTTP alone"] as const,
  ),
  ["src/mirror/items/campaign.ts", "../api/client.ts", "mapping/ is pure"],
  ["src/mirror/items/campaign.ts", "../database.ts", "mapping/ is pure"],
  ["src/mirror/items/campaign.ts", "../mirror/reads.ts", "mapping/ is pure"],
  ["src/mirror/items/campaign.ts", "node:fs/promises", "mapping/ is pure"],
  ["src/mirror/items/campaign.ts", "pg", "mapping/ is pure"],
  ...["api", "queue", "sync", "outbox"].map(
    (folder) => ["src/mirror/queries.ts", `../${folder}/part.ts`, "belongs in sync/"] as const,
  ),
  ["src/mirror/queries.ts", "../mapping/campaign.ts", "mirror/ is handed rows"],
  ["src/mirror/queries.ts", "../generated/prisma/client.ts", "reached through database.ts"],
  ["src/sync/reading/page.ts", "bullmq", "Only queue/ knows BullMQ"],
  ["src/sync/reading/page.ts", "../queue/queues.ts", "accept `enqueue` as a dependency"],
  ["src/outbox/delivery/deliver.ts", "bullmq", "Only queue/ knows BullMQ"],
  ["src/outbox/delivery/deliver.ts", "../queue/queues.ts", "accept `enqueue` as a dependency"],
  ["src/outbox/delivery/deliver.ts", "../mirror/write-items.ts", "only sync/ writes it"],
  ...["api", "mapping", "mirror", "sync", "outbox", "ops"].map(
    (folder) => ["src/queue/workers.ts", `../${folder}/part.ts`, "handlers are handed in by main.ts"] as const,
  ),
  ["src/queue/workers.ts", "../database.ts", "accept a function as a dependency"],
  ["src/ops/page.ts", "../api/client.ts", "never calls the vendor"],
  ["src/ops/page.ts", "../queue/queues.ts", "is given a function that counts jobs"],
  ["src/ops/page.ts", "../mirror/write-items.ts", "ops/ only reads"],
  ["src/ops/page.ts", "../sync/page.ts", "ops/ shows our own stores"],
  ["src/sandbox/server.ts", "../api/schemas.ts", "would share one mistake"],
  ["src/sandbox/server.ts", "../database.ts", "keeps its data in memory"],
  ["src/database/embedded/server.ts", "../mirror/reads.ts", "knows nothing of what is kept in it"],
  ["src/commands/sync.ts", "bullmq", "Only queue/ knows BullMQ"],
  ["src/commands/sync.ts", "@prisma/client", "reached through database.ts"],
  ["src/commands/sync.ts", "../queue/queues.ts", "the wiring of main.ts"],
  ["src/commands/sync.ts", "../api/client.ts", "Nothing calls the API outside the queue"],
  ["src/commands/sync.ts", "../cli.ts", "never the other way round"],
  ["src/api/client.ts", "../main.ts", "stands above this folder"],
  ["src/outbox/delivery/deliver.ts", "../stores.ts", "stands above this folder"],
  ["src/outbox/intake/file/rows.ts", "../../sync/page.ts", "accept `enqueue` as a dependency"],
  ["src/outbox/http/server.ts", "../../mirror/write-items.ts", "only sync/ writes it"],
] as const;

const ALLOWED = [
  ["src/wiring.ts", VALUE("./queue/workers.ts")],
  ["src/cli.ts", VALUE("./commands/sync.ts")],
  ["src/config/fields.ts", 'import { validate } from "node-cron";\nexport const used = validate;\n'],
  ["src/api/client.ts", VALUE("axios")],
  ["src/mirror/items/campaign.ts", VALUE("../api/schemas.ts")],
  ["src/mirror/queries.ts", VALUE("../mapping/rows.ts")],
  ["src/sync/reading/page.ts", VALUE("../mirror/write-items.ts")],
  ["src/outbox/delivery/deliver.ts", VALUE("../mirror/reads.ts")],
  ["src/queue/workers.ts", VALUE("bullmq")],
  [
    "src/queue/backend.ts",
    'import { PostgresClient } from "../postgres-client.ts";\nexport const used = PostgresClient;\n',
  ],
  ["src/outbox/http/server.ts", VALUE("../../mirror/reads.ts")],
  ["src/outbox/intake/file/rows.ts", VALUE("./queue/part.ts")],
  ["src/ops/page.ts", VALUE("../outbox/reads.ts")],
  ["src/commands/sync.ts", TYPE("../queue/queues.ts")],
  ["test/api/client.test.ts", VALUE("../../src/queue/workers.ts")],
] as const;

/** Breaks of the house rules: the rule, the file, and its text. */
const RULES = [
  ["no-floating-promises", "src/sync/a.ts", "export function a(): void {\n  Promise.resolve(1);\n}\n"],
  ["no-explicit-any", "src/sync/b.ts", "export const b = (x: any): unknown => x;\n"],
  ["no-non-null-assertion", "src/sync/c.ts", "export const c = (x: string | null): string => x!;\n"],
  ["no-console", "src/sync/d.ts", 'console.log("x");\nexport const d = 1;\n'],
  ["no-process-env", "src/sync/e.ts", "export const e = process.env;\n"],
  ["no-default-export", "src/sync/f.ts", "export default 1;\n"],
  ["consistent-type-imports", "src/sync/g.ts", 'import { G } from "./h.ts";\nexport type X = G;\n'],
  ["no-cycle", "src/sync/i.ts", 'import { j } from "./j.ts";\nexport const i = () => j();\n'],
  ["no-cycle", "src/sync/j.ts", 'import { i } from "./i.ts";\nexport const j = (): unknown => i();\n'],
  ["no-cycle", "src/sync/l.ts", 'import type { M } from "./m.ts";\nexport type L = M | null;\n'],
  ["no-cycle", "src/sync/m.ts", 'import type { L } from "./l.ts";\nexport type M = L[];\n'],
  ["max-lines", "src/sync/k.ts", `export const k = [\n${"  1,\n".repeat(260)}];\n`],
] as const;

const report = z.object({
  diagnostics: z.array(
    z.object({
      code: z.string(),
      help: z.string().optional(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.int() }) })),
    }),
  ),
});
type Diagnostics = z.infer<typeof report>["diagnostics"];

/** What oxlint says, with the configuration of this project, of files that do not belong to it. */
async function lint(files: ReadonlyMap<string, string>): Promise<Diagnostics> {
  const scratch = await mkdtemp(join(tmpdir(), "applicant-sync-lint-"));
  try {
    for (const file of ["oxlint.config.js", "package.json", "tsconfig.json"])
      await copyFile(join(ROOT, file), join(scratch, file));
    await symlink(join(ROOT, "node_modules"), join(scratch, "node_modules"), "junction");
    for (const [file, text] of files) {
      await mkdir(dirname(join(scratch, file)), { recursive: true });
      await writeFile(join(scratch, file), text);
    }
    // The two folders by name: from the top it would follow the link into node_modules.
    const command = [
      join(ROOT, "node_modules/oxlint/bin/oxlint"),
      "-c",
      "oxlint.config.js",
      "--type-aware",
      "-f",
      "json",
      "src",
      "test",
    ];
    const found = promisify(execFile)(process.execPath, command, { cwd: scratch });
    const { stdout } = await found.catch((error: unknown) => z.object({ stdout: z.string() }).parse(error)); // It ends with 1.
    return report.parse(JSON.parse(stdout)).diagnostics;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

const importing = (from: string, index: number) => `import { thing as thing${index} } from "${from}";`;
const using = (count: number) =>
  `export const used = [${Array.from({ length: count }, (_, i) => `thing${i}`).join(", ")}];`;

describe("an import across a border", () => {
  test("is an error whose message says where to go", async () => {
    const names = [...new Set(REFUSED.map(([file]) => file))];
    const byFile = new Map(names.map((name) => [name, REFUSED.filter(([file]) => file === name)]));
    const texts = [...byFile].map(([file, cases]): [string, string] => [
      file,
      [...cases.map(([, from], index) => importing(from, index)), using(cases.length)].join("\n"),
    ]);
    const found = (await lint(new Map(texts))).filter(({ code }) => code.includes("no-restricted-imports"));
    const seen = [...byFile].flatMap(([file, cases]) =>
      cases.map(([, from, message], index) => {
        const helps = found.filter(({ filename, labels }) => filename === file && labels[0]?.span.line === index + 1);
        return [
          file,
          from,
          helps.some(({ help }) => help?.includes(message)) ? message : helps.map(({ help }) => help),
        ];
      }),
    );
    expect(seen).toEqual([...byFile.values()].flat());
  });

  test("is fine where the design allows it", async () => {
    const found = await lint(new Map(ALLOWED));
    expect(found.filter(({ code }) => code.includes("no-restricted-imports"))).toEqual([]);
  });
});

describe("a break of the house rules", () => {
  test("is an error", async () => {
    const found = await lint(new Map(RULES.map(([, file, text]) => [file, text])));
    const seen = RULES.map(([rule, file]) => [
      found.some(({ code, filename }) => filename === file && code.includes(`(${rule})`)),
      rule,
    ]);
    expect(seen).toEqual(RULES.map(([rule]) => [true, rule]));
  });
});
