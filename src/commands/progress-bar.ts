import { MultiBar, Presets, SingleBar } from "cli-progress";
import type { RunReport } from "../sync/runs/report.ts";
import type { SyncProgress } from "./sync.ts";

const RUN = "{resource} {bar} {rows} rows, {pages} pages | {requests} requests in the last minute | {left}";

const FILE = "{bar} {percentage} % | {mb} of {total_mb} MB";
const MEGABYTE = 1_000_000;

const lookOf = (stream: NodeJS.WriteStream) => ({
  stream,
  hideCursor: true,
  noTTYOutput: true,
  notTTYSchedule: 5_000,
  barsize: 24,
  clearOnComplete: false,
});

/** How much of a file has been read. Small files need none. */
export function createFileBar(stream: NodeJS.WriteStream) {
  let bar: SingleBar | null = null;
  return {
    update(bytes: number, total: number): void {
      if (total < MEGABYTE) return;
      const megabytes = { mb: Math.round(bytes / MEGABYTE), total_mb: Math.round(total / MEGABYTE) };
      if (bar === null) {
        bar = new SingleBar({ format: FILE, ...lookOf(stream) }, Presets.shades_classic);
        bar.start(total, bytes, megabytes);
      } else bar.update(bytes, megabytes);
    },
    stop(): void {
      bar?.stop();
    },
  };
}

/** A progress bar for each run, on a terminal; a line every few seconds elsewhere. Writes to `stream`, which is no data. */
export function createProgressBar(stream: NodeJS.WriteStream) {
  const bars = new MultiBar(
    {
      format: RUN,
      ...lookOf(stream),
    },
    Presets.shades_classic,
  );
  const byRun = new Map<number, SingleBar>();

  return {
    update(progress: SyncProgress): void {
      for (const run of progress.runs) {
        const bar = byRun.get(run.run) ?? bars.create(1, 0, payload(run, progress));
        byRun.set(run.run, bar);
        bar.setTotal(Math.max(1, run.total ?? run.rows + 1));
        bar.update(
          run.state === "running" ? Math.min(run.rows, (run.total ?? 1) - 1) : (run.total ?? 1),
          payload(run, progress),
        );
      }
    },
    stop(): void {
      bars.stop();
    },
  };
}

function payload(run: RunReport, progress: SyncProgress) {
  const total = run.total === null ? "?" : run.total.toLocaleString("en");
  return {
    resource: run.resource.padEnd(12),
    rows: `${run.rows.toLocaleString("en")}/${total}`,
    pages: run.pages,
    requests: progress.requestsLastMinute,
    left: run.state === "running" ? timeLeft(progress.secondsLeft) : run.state,
  };
}

function timeLeft(seconds: number | null): string {
  if (seconds === null) return "counting";
  return seconds < 90 ? `about ${seconds} s left` : `about ${Math.ceil(seconds / 60)} min left`;
}
