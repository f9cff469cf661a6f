import { MultiBar, Presets, SingleBar } from "cli-progress";
import { spellNumber } from "../platform/text.ts";
import type { RunReport } from "../sync/runs/report.ts";
import type { Context } from "../process/stores.ts";

export interface SyncProgress {
  readonly runs: readonly RunReport[];
  readonly requestsLastMinute: number;
  /** At the pace of the quota, if all requests go to these runs. */
  readonly secondsLeft: number | null;
}

export type WatchSync = (progress: SyncProgress) => void;

/** Does `work` and shows the progress of its runs, if `isShown`. After Ctrl-C it says what becomes of runs that have started. */
export async function withProgress<T>(
  { lifecycle }: Context,
  isShown: boolean,
  work: (watch: WatchSync) => Promise<T>,
): Promise<T> {
  const bar = isShown ? createProgressBar(process.stderr) : null;
  let hasStarted = false;
  try {
    return await work((progress) => {
      hasStarted = true;
      bar?.update(progress);
    });
  } finally {
    bar?.stop();
    if (hasStarted && lifecycle.signal.aborted) {
      process.stderr.write("Stopped. What was read is kept; the same command, or a worker, continues from there.\n");
    }
  }
}

const RUN = "{resource} {bar} {rows} rows, {pages} pages | {requests} requests in the last minute | {left}";

/** What a bar counts, in which unit, and of how many it is worth one. */
const COUNTED = {
  "bytes of a file": { format: "{bar} {percentage} % | {done} of {all} MB", unit: 1_000_000, least: 1_000_000 },
  "facts of reports": {
    format: "{bar} {percentage} % | {done} of {all} applications recomputed for reports",
    unit: 1,
    least: 10_000,
  },
} as const;

const optionsOf = (stream: NodeJS.WriteStream) => ({
  stream,
  hideCursor: true,
  noTTYOutput: true,
  notTTYSchedule: 5_000,
  barsize: 24,
  clearOnComplete: false,
});

type UpdateBar = (done: number, all: number) => void;

/** Does `work` beside a progress bar on standard error for what it counts in one number; none for little. */
export async function withBar<T>(counted: keyof typeof COUNTED, work: (update: UpdateBar) => Promise<T>): Promise<T> {
  const { format, unit, least } = COUNTED[counted];
  let bar: SingleBar | null = null;
  const update: UpdateBar = (done, all) => {
    if (all < least) return;
    const spelled = { done: spellNumber(Math.round(done / unit)), all: spellNumber(Math.round(all / unit)) };
    if (bar !== null) return bar.update(done, spelled);
    bar = new SingleBar({ format, ...optionsOf(process.stderr) }, Presets.shades_classic);
    bar.start(all, done, spelled);
  };
  return work(update).finally(() => bar?.stop());
}

/** A progress bar for each run on a terminal; a line every few seconds elsewhere. */
function createProgressBar(stream: NodeJS.WriteStream) {
  const bars = new MultiBar({ format: RUN, ...optionsOf(stream) }, Presets.shades_classic);
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
  const total = run.total === null ? "?" : spellNumber(run.total);
  return {
    resource: run.resource.padEnd(12),
    rows: `${spellNumber(run.rows)}/${total}`,
    pages: run.pages,
    requests: progress.requestsLastMinute,
    left: run.state === "running" ? timeLeft(progress.secondsLeft) : run.state,
  };
}

function timeLeft(seconds: number | null): string {
  if (seconds === null) return "counting";
  return seconds < 90 ? `about ${seconds} s left` : `about ${Math.ceil(seconds / 60)} min left`;
}
