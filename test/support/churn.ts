import * as fc from "fast-check";
import { createSequence } from "../../src/sandbox/data/random.ts";
import type { SandboxData } from "../../src/sandbox/data/data.ts";
import type { RunReport } from "../../src/sync/runs/report.ts";
import type { World } from "./world.ts";

/** Or this share of the list, if that is more: below the brake, which is tried elsewhere. */
const MOST_REMOVALS = { rows: 15, share: 0.01 } as const;
const SALT = 950;

/** How a list changes while it is read. The same numbers mean the same changes before the same requests. */
export interface Churn {
  readonly seed: number;
  /** The share of the requests before which anything changes. */
  readonly share: number;
  /** So many changes at once, at most. */
  readonly most: number;
}

export const churns = fc.record<Churn>({
  seed: fc.nat(),
  share: fc.constantFrom(0.1, 0.5, 1),
  most: fc.integer({ min: 1, max: 4 }),
});

export type ChurnedList = "campaigns" | "applications";

/** When a row was in its list. Milliseconds since the epoch. */
interface Life {
  readonly from: number;
  readonly to: number;
}

/** The lives of all rows that a list has ever held, by id. */
export type Lives = ReadonlyMap<number, Life>;

/** Lets a list change before the requests for it or for one of its rows, until the script is cleared. */
export function churn({ sandbox }: Pick<World, "sandbox">, list: ChurnedList, { seed, share, most }: Churn): Lives {
  const draw = createSequence(seed, SALT);
  const below = (limit: number) => Math.floor(draw() * limit);
  const rows = sandbox.data[list];
  const lives = new Map<number, Life>(rows.ids().map((id) => [id, { from: -Infinity, to: Infinity }]));
  let removals = Math.max(MOST_REMOVALS.rows, Math.floor(rows.size * MOST_REMOVALS.share));

  function change(): void {
    const what = below(3);
    const id = rows.ids()[below(rows.size)];
    if (what === 0 || id === undefined) lives.set(rows.insert().id, { from: Date.now(), to: Infinity });
    else if (what === 1) edit(sandbox.data, list, id, `edited ${below(10_000)}`);
    else if (removals > 0) {
      removals -= 1;
      lives.set(id, { from: lives.get(id)?.from ?? -Infinity, to: Date.now() });
      rows.remove(id);
    }
  }

  sandbox.script.before({ where: ({ path }) => path.split("/").includes(list), times: Infinity }, () => {
    if (draw() >= share) return;
    for (let left = 1 + below(most); left > 0; left -= 1) change();
  });
  return lives;
}

function edit({ campaigns, applications }: SandboxData, list: ChurnedList, id: number, text: string): void {
  if (list === "campaigns") campaigns.edit(id, { name: text });
  else applications.edit(id, { source: text });
}

/** What must not be, of all runs until now. */
export interface Wrongs {
  /** Rows that were marked as deleted while they lived. */
  readonly falselyDeleted: readonly number[];
  /** Rows that lived through a proven run, and that it did not see. */
  readonly missed: readonly { readonly run: number; readonly id: number }[];
}

export const NO_WRONGS: Wrongs = { falselyDeleted: [], missed: [] };

export async function wrongsOf(world: World, list: ChurnedList, lives: Lives): Promise<Wrongs> {
  return { falselyDeleted: await falselyDeleted(world, list, lives), missed: await missed(world, list, lives) };
}

async function falselyDeleted(world: World, list: ChurnedList, lives: Lives): Promise<Wrongs["falselyDeleted"]> {
  const { account, database } = world;
  const resource = list === "campaigns" ? "campaign" : "application";
  const marks = await database.change.findMany({ where: { account, resource, kind: "deleted" } });
  return marks.filter(({ rowId, at }) => isAlive(lives.get(Number(rowId)), at)).map(({ rowId }) => Number(rowId));
}

async function missed(world: World, list: ChurnedList, lives: Lives): Promise<Wrongs["missed"]> {
  const firstSeen = await firstSeenTimes(world, list);
  const candidates = await world.database.syncCandidate.findMany({ where: { run: { account: world.account } } });
  const unseen = new Set(candidates.map(({ runId, id }) => `${runId} ${id}`));
  const isMissed = (id: number, { run, finishedAt }: RunReport) =>
    unseen.has(`${run} ${id}`) || (firstSeen.get(id) ?? Infinity) > Date.parse(finishedAt ?? "");
  return (await world.runs())
    .filter(({ resource, state }) => resource === list && state === "proven")
    .flatMap((run) => livedThrough(lives, run).flatMap((id) => (isMissed(id, run) ? [{ run: run.run, id }] : [])));
}

function livedThrough(lives: Lives, { startedAt, finishedAt }: RunReport): readonly number[] {
  const [start, end] = [Date.parse(startedAt), Date.parse(finishedAt ?? "")];
  return [...lives].flatMap(([id, { from, to }]) => (from < start && to > end ? [id] : []));
}

function isAlive(life: Life | undefined, at: Date): boolean {
  return life !== undefined && life.to > at.getTime();
}

async function firstSeenTimes({ database, account }: World, list: ChurnedList): Promise<ReadonlyMap<number, number>> {
  const query = { where: { account }, select: { id: true, first_seen_at: true } } as const;
  const rows =
    list === "campaigns" ? await database.campaign.findMany(query) : await database.application.findMany(query);
  return new Map(rows.map(({ id, first_seen_at }) => [Number(id), first_seen_at.getTime()]));
}
