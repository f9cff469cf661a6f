import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const VALUE = (from: string) => `import { thing } from "${from}";\nexport const used = thing;\n`;

/** The file that imports, what it imports, and where the message sends its author. */
const REFUSED = [
  ["src/platform/logger.ts", "../config/config.ts", "platform/ knows nothing of what the product does"],
  ["src/platform/logger.ts", "bullmq", "Only queue/ knows BullMQ"],
  ["src/config/config.ts", "node-cron", "Only schedule/ knows node-cron"],
  ["src/config/formats.ts", "node-cron", "Settings may `validate` alone"],
  ["src/config/config.ts", "../database/client.ts", "config/ reads settings"],
  ["src/config/config.ts", "../api/client.ts", "config/ reads settings"],
  ["src/process/wiring.ts", "ioredis", "Only queue/ knows BullMQ"],
  ["src/process/wiring.ts", "../commands/sync.ts", "belongs in their rooms"],
  ["src/process/wiring.ts", "@prisma/client", "reached through database/client.ts"],
  ["src/cli.ts", "axios", "lives in api/"],
  ...["mirror", "sync", "outbox", "queue"].map(
    (room) => ["src/database/embedded/server.ts", `../../${room}/part.ts`, "nothing of what is kept in it"] as const,
  ),
  ["src/quota/request-gate.ts", "../api/client.ts", "quota/ counts requests"],
  ["src/api/client.ts", "../database/client.ts", "api/ knows no database"],
  ["src/api/answer/classify.ts", "../../database/client.ts", "api/ knows no database"],
  ...["mirror", "sync", "outbox", "queue"].map(
    (room) => ["src/api/client.ts", `../${room}/part.ts`, "api/ is HTTP alone"] as const,
  ),
  ["src/mirror/items/campaign.ts", "../../database/client.ts", "mirror/items/ is pure"],
  ["src/mirror/items/campaign.ts", "../queries.ts", "mirror/items/ is pure"],
  ["src/mirror/items/campaign.ts", "node:fs/promises", "mirror/items/ is pure"],
  ["src/mirror/items/campaign.ts", "pg", "mirror/items/ is pure"],
  ["src/mirror/items/campaign.ts", "../../sync/sync.ts", "belongs in sync/"],
  ["src/config/formats.ts", "../sync/sync.ts", "config/ reads settings"],
  ...["api", "queue", "sync", "outbox"].map(
    (room) => ["src/mirror/queries.ts", `../${room}/part.ts`, "belongs in sync/"] as const,
  ),
  ["src/mirror/queries.ts", "../generated/prisma/client.ts", "reached through database/client.ts"],
  ["src/sync/reading/page.ts", "bullmq", "Only queue/ knows BullMQ"],
  ["src/sync/reading/page.ts", "../../queue/queue.ts", "accept `enqueue` as a dependency"],
  ["src/schedule/pulls.ts", "../mirror/queries.ts", "when runs are due"],
  ["src/schedule/clock.ts", "../queue/queue.ts", "accept what starts them as a dependency"],
  ["src/outbox/delivery/deliver.ts", "bullmq", "Only queue/ knows BullMQ"],
  ["src/outbox/delivery/deliver.ts", "../../queue/queue.ts", "accept `enqueue` as a dependency"],
  ["src/outbox/delivery/deliver.ts", "../../mirror/write-page.ts", "Only sync/ writes the mirror"],
  ["src/outbox/intake/http/plugin.ts", "../../../mirror/write-page.ts", "Only sync/ writes the mirror"],
  ...["api", "mirror", "sync", "outbox"].map(
    (room) => ["src/queue/worker.ts", `../${room}/part.ts`, "handlers are handed in by wiring.ts"] as const,
  ),
  ["src/platform/http/server.ts", "../../database/client.ts", "knows nothing of what the product does"],
  ["src/platform/http/server.ts", "../../api/client.ts", "knows nothing of what the product does"],
  ["src/ops/state/steady.ts", "../../quota/request-gate.ts", "what needs the queue, the quota or the wiring"],
  ["src/ops/state/state.ts", "../../api/client.ts", "never calls the vendor"],
  ["src/ops/state/state.ts", "../../queue/queue.ts", "accept what needs the queue, the quota"],
  ["src/ops/state/state.ts", "../../mirror/write-page.ts", "reports what our own stores know"],
  ["src/sandbox/server.ts", "../api/schemas/hiring.ts", "would share one mistake"],
  ["src/sandbox/server.ts", "../platform/errors.ts", "would share one mistake"],
  ["src/sandbox/server.ts", "../api/kelio.ts", "would share one mistake"],
  ["src/sandbox/server.ts", "../database/client.ts", "keeps its data in memory"],
  ["src/ops/page/layout.ts", "ghtml", "a text is always escaped"],
  ["src/commands/sync.ts", "bullmq", "Only queue/ knows BullMQ"],
  ["src/commands/sync.ts", "@prisma/client", "reached through database/client.ts"],
  ["src/commands/sync.ts", "../queue/queue.ts", "Go through process/: nothing calls"],
  ["src/commands/sync.ts", "../api/client.ts", "but through the request gate"],
  ["src/commands/sync.ts", "../mirror/write-page.ts", "runs commands and prints what they return"],
  ["src/commands/sync.ts", "../cli.ts", "never the other way round"],
  ["src/api/client.ts", "../process/wiring.ts", "stands above this room"],
  ["src/outbox/delivery/deliver.ts", "../../process/worker.ts", "stands above this room"],
] as const;

const ALLOWED = [
  ["src/process/wiring.ts", VALUE("../queue/worker.ts")],
  ["src/cli.ts", VALUE("./commands/sync.ts")],
  ["src/config/formats.ts", 'import { validate } from "node-cron";\nexport const used = validate;\n'],
  ["src/api/client.ts", VALUE("axios")],
  ["src/mirror/items/campaign.ts", VALUE("../../api/schemas/hiring.ts")],
  ["src/mirror/queries.ts", VALUE("./items/rows.ts")],
  ["src/ops/forecast/forecast.ts", VALUE("../../sync/runs/requests.ts")],
  ["src/sync/reading/page.ts", VALUE("../../mirror/write-page.ts")],
  ["src/config/config.ts", VALUE("../api/kelio.ts")],
  ["src/queue/worker.ts", VALUE("bullmq")],
  ["src/ops/page/html.ts", VALUE("ghtml")],
  ["src/schedule/clock.ts", VALUE("node-cron")],
  ["src/queue/backend.ts", VALUE("../database/postgres-client.ts")],
  ["src/outbox/intake/http/plugin.ts", VALUE("../../../platform/http/problem.ts")],
  ["test/api/client.test.ts", VALUE("../../src/queue/worker.ts")],
] as const;

/** Breaks of the house rules: the rule, the file, and its text. */
const RULES = [
  ["no-floating-promises", "src/sync/a.ts", "export function a(): void {\n  Promise.resolve(1);\n}\n"],
  ["no-explicit-any", "src/sync/b.ts", "export const b = (x: any): unknown => x;\n"],
  ["no-non-null-assertion", "src/sync/c.ts", "export const c = (x: string | null): string => x!;\n"],
  ["no-console", "src/sync/d.ts", 'console.log("x");\nexport const d = 1;\n'],
  ["no-process-env", "src/sync/e.ts", "export const e = process.env;\n"],
  ["no-restricted-properties", "src/sync/n.ts", "export const n = (url: string): boolean => URL.canParse(url);\n"],
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

describe("names in src", () => {
  test("say what a file holds", async () => {
    const vague = (await sourceFiles()).filter((file) =>
      /^(index|utils?|common|helpers?|misc)\.ts$/.test(basename(file)),
    );
    expect(vague).toEqual([]);
  });

  test("of exported types are each given once", async () => {
    const texts = await Promise.all((await sourceFiles()).map((file) => readFile(file, "utf8")));
    const names = texts.flatMap((text) =>
      [...text.matchAll(/^export (?:type|interface|class) (\w+)/gm)].map(([, name]) => name),
    );
    expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
    expect(names.length).toBeGreaterThan(100);
  });
});

async function sourceFiles(): Promise<readonly string[]> {
  const files = await readdir(join(ROOT, "src"), { recursive: true });
  return files
    .filter((file) => file.endsWith(".ts") && !file.startsWith("generated"))
    .map((file) => join(ROOT, "src", file));
}
