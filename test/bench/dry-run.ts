/**
 * `npm run bench -- dry-run [--lines 1000000] [--format csv]`: what `import FILE --dry-run` needs for so many lines, against
 * an empty database: seconds, seconds of CPU of the process, the most memory it held.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { table } from "../../src/platform/text.ts";
import { AppError } from "../../src/platform/errors.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { short } from "./support/figures.ts";
import { withParts } from "./support/parts.ts";
import { peakMemory } from "./support/product.ts";
import { openDirectory, openPostgres } from "./support/services.ts";

const MEGABYTE = 1_000_000;
const BARS = { seconds: 60, bytes: 200 * MEGABYTE } as const;
const POLL_MS = 100;
/** Clock ticks of the kernel, as `/proc` counts them. */
const TICKS_PER_SECOND = 100;
/** One line in so many repeats the one before, and one in so many has a wrong address. */
const EVERY = { duplicate: 1_000, invalid: 997 } as const;

const FIELDS = [
  "key",
  "email",
  "first_name",
  "last_name",
  "phone",
  "iso_country",
  "locale",
  "campaign_id",
  "company_id",
];
const outcome = z.object({
  dryRun: z.object({ lines: z.int(), rejected: z.int(), duplicates: z.int(), applicants: z.int() }),
});

function valuesOf(line: number): readonly string[] {
  const person = line % EVERY.duplicate === 0 && line > 0 ? line - 1 : line;
  const email = line % EVERY.invalid === 0 ? `person${person}` : `person${person}@example.org`;
  const phone = `06 42 ${String(10 + (person % 90))} ${String(10 + (person % 89))} 42`;
  return ["", email, `Léa ${person}`, "Martin-Dupont", phone, "FR", "fr", String(1 + (person % 50)), "42"];
}

function* linesOf(count: number, format: string): Generator<string> {
  if (format === "csv") yield `${FIELDS.join(";")}\n`;
  for (let line = 0; line < count; line += 1) {
    const values = valuesOf(line);
    yield format === "csv"
      ? `${values.join(";")}\n`
      : `${JSON.stringify(Object.fromEntries(FIELDS.map((field, n) => [field, values[n]])))}\n`;
  }
}

export async function measureDryRun(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { lines: "1000000", format: "csv" });
  const lines = countOf(options.lines, "lines");
  return withParts(async (parts) => {
    const directory = await openDirectory(parts);
    const file = join(directory, `people.${options.format}`);
    tell(`writing ${lines} lines`);
    await pipeline(Readable.from(linesOf(lines, options.format)), createWriteStream(file));
    const databaseUrl = await openPostgres(parts);
    const { PATH = "", HOME = "" } = process.env;
    const env = { PATH, HOME, KELIO_ACCOUNT_KIND: "jobboard", DATABASE_URL: databaseUrl };
    tell(`a dry run of ${Math.round((await stat(file)).size / MEGABYTE)} MB starts`);
    const began = performance.now();
    const command = [resolve("dist/cli.js"), "import", file, "--dry-run", "--json"];
    const child = spawn(process.execPath, command, { cwd: directory, env, stdio: ["ignore", "pipe", "inherit"] });
    parts.add("dry run", () => child.kill("SIGKILL"));
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    let [peak, cpu] = [0, 0];
    const ended = once(child, "close").then(() => true);
    const pid = child.pid ?? 0;
    while (!(await Promise.race([ended, sleep(POLL_MS, false)]))) {
      peak = Math.max(peak, await peakMemory(pid).catch(() => 0));
      cpu = Math.max(cpu, await cpuSeconds(pid));
    }
    const seconds = (performance.now() - began) / 1_000;
    const { dryRun } = outcome.parse(JSON.parse(said));
    const wrong = Math.ceil(lines / EVERY.invalid);
    if (dryRun.lines !== lines || dryRun.rejected !== wrong) {
      throw new AppError("dry_run_failed", `It counted ${dryRun.lines} lines, ${dryRun.rejected} of them wrong.`);
    }
    const head = ["lines", "seconds", "CPU seconds", "lines a second", "peak RSS (MB)", "duplicates", "rejected"];
    const row = [
      lines,
      short(seconds),
      short(cpu),
      Math.round(lines / seconds),
      short(peak / MEGABYTE),
      dryRun.duplicates,
      dryRun.rejected,
    ];
    const missed = [
      ...(seconds > BARS.seconds ? [`${short(seconds)} s, more than ${BARS.seconds}`] : []),
      ...(peak > BARS.bytes ? [`${short(peak / MEGABYTE)} MB, more than 200`] : []),
    ];
    return { text: table(head, [row]), missed };
  });
}

/** What a process has used so far, in user and kernel mode; 0 once it is gone. */
async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}
