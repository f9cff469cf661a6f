/**
 * Completes rows whose list has no embedded data, as the vendor has announced for customers (question Q18 of the
 * reference). A new or changed row without the requested embeds is added to `pending_detail`. A run that has read its lists
 * requests some of these rows one by one before it ends. Postgres holds which rows wait and which of them a run has
 * selected, so a lost job or process loses nothing.
 */
import type { CallContext } from "../../api/client.ts";
import { ApiError, type ApiErrorKind } from "../../api/errors.ts";
import { inTransaction } from "../../database/client.ts";
import type { Statements } from "../../database/statements.ts";
import type { AppError } from "../../platform/errors.ts";
import { isObject } from "../../mirror/items/item.ts";
import {
  noteBrought,
  noteMissed,
  noteTrial,
  readOffers,
  SINGLE_ROWS,
  type EmbedOffer,
  type Offers,
} from "../../mirror/embed-offers.ts";
import {
  noteLacking,
  noteNewest,
  addPendingDetails,
  putBack,
  strikeAll,
  strikeDetailed,
  selectedFor,
  claimPendingDetails,
} from "../../mirror/pending-details.ts";
import { inNet } from "../../mirror/write-row-by-row.ts";
import { isShown } from "../../api/kelio.ts";
import type { SyncContext } from "../context.ts";
import { resources, type ResourceName } from "../resources.ts";
import { loadRun, type Run } from "../runs/load-run.ts";
import { lockRun } from "../runs/runs.ts";
import { show, writeShown } from "./shown.ts";

export interface DetailJob {
  readonly run: number;
  readonly id: string;
}

/** After this many failures a run postpones its other rows to the next run: the endpoint may be missing or closed. */
const MAX_FAILURES = 3;
/** The kinds of error by which the API says that it does not show a row. */
const ANSWERS: readonly ApiErrorKind[] = ["not-found", "refused", "invalid"];

/** The embeds by which a list may fall short of single rows: none if the API shows no single rows. */
export function completableEmbeds(
  { accountKind }: Pick<SyncContext, "accountKind">,
  resource: ResourceName,
): readonly string[] {
  return isShown(resource, accountKind) ? resources[resource].embed[accountKind] : [];
}

/**
 * Records which rows of a page need completion. If no row of the page has some requested embed that is offered to the key,
 * the written rows need it. If the page has all of these embeds, its rows are complete.
 */
export async function noteDetail(
  tx: Statements,
  account: string,
  resource: ResourceName,
  page: { readonly items: readonly unknown[]; readonly ids: readonly string[]; readonly written: readonly string[] },
  { offers, waiting }: Offers,
): Promise<void> {
  const { table } = resources[resource];
  const brings = (embed: string) => page.items.some((item) => isObject(item) && Object.hasOwn(item, embed));
  const target = { account, table };
  const at = { account, resource };
  const fresh = offers.flatMap(({ embed, isListed, isOffered }) =>
    embed !== SINGLE_ROWS && !(isListed && isOffered) && brings(embed) ? [embed] : [],
  );
  if (fresh.length > 0) await noteBrought(tx, at, fresh, "list");
  const wanted = offers.filter(({ embed, isOffered }) => isOffered && embed !== SINGLE_ROWS);
  if (!wanted.every(({ embed }) => brings(embed))) await addPendingDetails(tx, target, page.written);
  else if (waiting) await strikeDetailed(tx, target, page.ids);
}

/** The rows that a run still has to request after it has read its lists. They are selected once, up to the limit. */
export function openDetails(deps: SyncContext, id: number): Promise<readonly string[]> {
  return inTransaction(deps.database, async (tx) => {
    await lockRun(tx, id);
    const run = await loadRun(tx, id);
    if (run?.state !== "running") return [];
    if (run.details === null) {
      const details = await selectDetails(tx, deps, run);
      await tx.syncRun.update({ where: { id }, data: { details } });
    }
    return selectedFor(tx, id);
  });
}

async function selectDetails(tx: Statements, deps: SyncContext, run: Run): Promise<number> {
  const { account, detailsPerRun } = deps;
  const { table } = resources[run.resource];
  const embeds = completableEmbeds(deps, run.resource);
  if (embeds.length === 0) return 0;
  const target = { account, table };
  const at = { account, resource: run.resource };
  const { offers } = await readOffers(tx, at, table.name, embeds);
  const lacksSome = await settleWaiting(tx, deps, run, offers);
  if (detailsPerRun === 0) return 0;
  const areShown = offers.every(({ embed: one, isOffered }) => isOffered || one !== SINGLE_ROWS);
  const isTrial = offers.some(({ isTrialDue }) => isTrialDue);
  if (isTrial) {
    await noteTrial(tx, at);
    await noteNewest(tx, target);
  }
  if (lacksSome && areShown) return claimPendingDetails(tx, target, run.id, detailsPerRun);
  return isTrial ? claimPendingDetails(tx, target, run.id, 1) : 0;
}

/**
 * Removes the waiting rows if the lists bring every offered embed, because an embed that a row lacks is then empty. Only a
 * full run has seen enough of the list to decide this; until then the rows wait. Returns whether the lists lack embeds.
 */
async function settleWaiting(
  tx: Statements,
  { account }: Pick<SyncContext, "account">,
  run: Run,
  offers: readonly EmbedOffer[],
): Promise<boolean> {
  if (offers.some(({ embed, isOffered, isListed }) => embed !== SINGLE_ROWS && isOffered && !isListed)) return true;
  if (run.kind === "full") await strikeAll(tx, { account, table: resources[run.resource].table });
  else await putBack(tx, run.id);
  return false;
}

/** Completes one row with one request. Returns whether the run has no more rows to complete. Throws if the request fails. */
export async function completeRow(deps: SyncContext, job: DetailJob, context: CallContext): Promise<boolean> {
  const { database, account } = deps;
  const run = await loadRun(database, job.run);
  if (run?.state !== "running") return false;
  if (!(await selectedFor(database, run.id)).includes(job.id)) return hasNoneLeft(database, run);
  const item = await show(deps, run, job.id, context);
  return inNet(database, async (tx, write) => {
    await lockRun(tx, run.id);
    await writeShown({ tx, write }, deps, run, item);
    await strikeDetailed(tx, { account, table: resources[run.resource].table }, [job.id]);
    await noteShown(tx, deps, run, item);
    await tx.$executeRaw`update public.sync_run set detailed = detailed + 1 where id = ${run.id}`;
    return hasNoneLeft(tx, run);
  });
}

/**
 * Records which embeds the answer for one row brought. If an embed that was not offered came again, every row that lacks it
 * is requested. If no offered embed is lacking any more, the run requests no more rows.
 */
async function noteShown(tx: Statements, deps: SyncContext, run: Run, item: unknown): Promise<void> {
  const { account, accountKind } = deps;
  const { table, links, embed } = resources[run.resource];
  const embeds = embed[accountKind];
  const at = { account, resource: run.resource };
  const isBrought = (one: string) => one === SINGLE_ROWS || (isObject(item) && Object.hasOwn(item, one));
  const before = await readOffers(tx, at, table.name, embeds);
  const brought = before.offers.filter((offer) => isBrought(offer.embed));
  const newlyBrought = brought.filter(({ isInLatest }) => !isInLatest).map((offer) => offer.embed);
  const missed = embeds.filter((one) => !isBrought(one));
  await noteBrought(tx, at, newlyBrought, "row");
  await noteMissed(tx, at, missed);
  const cameAgain = brought.filter((offer) => !offer.isOffered && offer.embed !== SINGLE_ROWS);
  for (const { embed: one } of cameAgain) await noteLacking(tx, { account, table }, links[one] ?? one);
  if (cameAgain.length > 0 || missed.length === 0) return;
  const { offers } = await readOffers(tx, at, table.name, embeds);
  await settleWaiting(tx, deps, run, offers);
}

/**
 * Postpones a row that could not be completed to a later run, and after some failures all other rows too. If the API
 * answered that it does not show the row, this counts as a miss of the endpoint of single rows. Returns whether the run has
 * no more rows to complete.
 */
export function leaveRow({ database, account }: SyncContext, job: DetailJob, error: AppError): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    await lockRun(tx, job.run);
    const run = await loadRun(tx, job.run);
    if (run?.state !== "running") return false;
    await putBack(tx, run.id, job.id);
    const isAnswered = error instanceof ApiError && ANSWERS.includes(error.kind);
    if (isAnswered) await noteMissed(tx, { account, resource: run.resource }, [SINGLE_ROWS]);
    const { detailFailures } = await tx.syncRun.update({
      where: { id: run.id },
      data: { detailFailures: { increment: 1 } },
      select: { detailFailures: true },
    });
    if (detailFailures >= MAX_FAILURES) await putBack(tx, run.id);
    return hasNoneLeft(tx, run);
  });
}

async function hasNoneLeft(tx: Statements, run: Run): Promise<boolean> {
  return (await selectedFor(tx, run.id)).length === 0;
}
