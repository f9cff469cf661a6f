import { PRIORITY } from "../../../src/queue/catalogue.ts";
import { decidePage } from "../../../src/sync/reading/decide.ts";
import { resources, type ResourceName } from "../../../src/sync/resources.ts";
import { newWalker, type Walker } from "../../../src/sync/reading/walker.ts";
import { createFullRun } from "../../support/full-run.ts";
import { answerOf } from "../simulation/answer.ts";
import { SLOT_MS, type Api } from "../simulation/api.ts";
import type { Clock } from "../simulation/clock.ts";
import { DAY_MS } from "./changes.ts";
import { createMirror } from "./mirror.ts";
import type { Row } from "./rows.ts";
import type { Wanted } from "./schedule.ts";
import type { Source } from "./source.ts";

const RETRY_MS = 3_000;
const MORE_IDS = 10_000;

/** A run that is going or has ended, and when each of its requests was made. */
export interface Run extends Wanted {
  readonly startedAt: number;
  readonly requests: number[];
}

const NOTHING_SHARED = {
  sharesRow: false,
  absorbed: false,
  joinsLater: false,
  repeatsPrevious: false,
  slotMs: SLOT_MS,
};

interface RunsDeps {
  readonly clock: Clock;
  readonly api: Api;
  readonly source: Source;
  readonly latencyMs: number;
}

/** The runs of one resource, as `sync/` makes them: what is due while one is going starts no second one. */
export function createRuns(name: ResourceName, { clock, api, source, latencyMs }: RunsDeps) {
  const { rows } = source.lists[name];
  const mirror = createMirror(source.lists[name]);
  const maxIds = rows.length + MORE_IDS;
  const runs: Run[] = [];
  let going: Run | null = null;
  let lastRead = clock.now;

  function ask<A>(run: Run, priority: number, look: () => A, answered: (answer: A) => void): void {
    const read = () => {
      run.requests.push(clock.now);
      source.moveTo(clock.now);
      return look();
    };
    api.ask({ priority, read, answered });
  }

  function start(wanted: Wanted): void {
    if (going === null) {
      const run = { ...wanted, startedAt: clock.now, requests: [] };
      going = run;
      runs.push(run);
      (wanted.kind === "full" ? readAll : poll)(run);
    } else if (wanted.kind === "full" && going.kind === "incremental") {
      clock.at(clock.now + RETRY_MS, () => start(wanted));
    }
  }

  function end(run: Run): void {
    lastRead = run.startedAt;
    going = null;
  }

  function readAll(run: Run): void {
    const full = createFullRun({ latencyMs, slotMs: SLOT_MS, maxIds });
    const step = (walker: Walker): void => {
      const look = () => source.read(name, { page: walker.nextPage, perPage: walker.perPage, window: null });
      ask(run, PRIORITY.full, look, (page) => {
        mirror.write(page.rows, clock.now);
        full.record(walker, answerTo(walker, page)).forEach(step);
        if (!full.isOver()) return;
        const candidates = full.outcome() === "proven" ? mirror.absent(full.saw) : [];
        if (candidates.length === 0) end(run);
        else confirm(run, candidates);
      });
    };
    step(full.first);
  }

  /** Asks for a row that the list has just shown, then for each candidate. */
  function confirm(run: Run, candidates: readonly number[]): void {
    let open = candidates.length;
    const askFor = (id: number): void =>
      ask(
        run,
        PRIORITY.incremental,
        () => rows.some((row) => row.id === id),
        (isThere) => {
          if (!isThere) mirror.markDeleted(id, clock.now);
          open -= 1;
          if (open === 0) end(run);
        },
      );
    ask(
      run,
      PRIORITY.incremental,
      () => {},
      () => candidates.forEach(askFor),
    );
  }

  function poll(run: Run): void {
    const polls = pollsOf();
    const ids = polls.map(() => new Set<number>());
    let open = polls.length;
    const step = (walker: Walker): void => {
      const { nextPage, perPage, status, since } = walker;
      const window = status === null || since === null ? null : { status, since: since.getTime() };
      const look = () => source.read(name, { page: nextPage, perPage, window });
      ask(run, PRIORITY.incremental, look, (page) => {
        const known = ids[walker.index];
        const fresh = page.rows.filter(({ id }) => known?.has(id) !== true);
        for (const { id } of fresh) known?.add(id);
        const answer = answerTo(walker, page);
        const unchanged = mirror.write(page.rows, clock.now);
        const { walker: next } = decidePage(
          { kind: "incremental", walkers: polls },
          walker,
          { answer, rows: page.rows.length },
          {
            ...NOTHING_SHARED,
            open,
            fresh: fresh.length,
            unchanged,
            window: window === null ? null : mirror.countWindow(window),
          },
        );
        if (next.endedBy === null) return step(next);
        open -= 1;
        if (open === 0) end(run);
      });
    };
    polls.forEach(step);
  }

  /** The heads in each order, which are the same here, and a window for each known status since the day before. */
  function pollsOf(): readonly Walker[] {
    const heads = resources[name].polls.customer.map((orderBy) => ({ orderBy }));
    const since = new Date(new Date(lastRead - DAY_MS).toISOString().slice(0, 10));
    const statuses = resources[name].windows.customer ? mirror.statuses() : [];
    const windows = statuses.map((status) => ({ status, since }));
    return [...heads, ...windows].map((list, index) => newWalker(index, 1, list));
  }

  return { start, runs };
}

function answerTo(walker: Walker, { rows, total }: { readonly rows: readonly Row[]; readonly total: number }) {
  return answerOf(
    walker,
    rows.map(({ id }) => id),
    total,
  );
}
