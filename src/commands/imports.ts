/** What people do with imports: look, try again, resolve, hold, release. Everything through our own stores. */
import { openApi, openQueue, outboxOptionsOf, openStores, type Context } from "../wiring.ts";
import { AppError, UsageError } from "../platform/errors.ts";
import { holdImport, holdSource, releaseImport, releaseOffer, releaseSource } from "../outbox/operations/hold.ts";
import {
  hasSource,
  listImports,
  overviewOf,
  type ImportFilter,
  type ImportLine,
  type ImportsOverview,
} from "../outbox/operations/overview.ts";
import { readImport, type ImportReport } from "../outbox/operations/report.ts";
import { resolveImport, retryImport, type Decided, type Resolution } from "../outbox/operations/review.ts";
import { verifyResolution } from "../outbox/operations/verify.ts";

/** Which imports a command is about: some by their ids, those of a source, or all. */
export type Chosen = Some | { readonly all: true };
type Some = { readonly ids: readonly bigint[] } | { readonly source: string };

/** What a release may be about besides: imports without their resume, those of an offer that the API refused. */
export type Released =
  | { readonly ids: readonly bigint[]; readonly withoutResume?: boolean }
  | { readonly source: string }
  | { readonly campaign: bigint };

/** What a command did: with single imports, or with many at once. */
export interface Acted {
  readonly imports: readonly Decided[];
  /** For people; null where each import says it. */
  readonly message: string | null;
  /** How many imports it moved. */
  readonly moved: number;
}

export interface ImportsList extends ImportsOverview {
  readonly imports: readonly ImportLine[];
}

/** The imports that a filter lets through, the newest first, under what stands in the outbox. */
export async function importsList(context: Context, filter: ImportFilter): Promise<ImportsList> {
  const { database } = await openStores(context);
  const overview = await overviewOf(database, outboxOptionsOf(context.config));
  return { ...overview, imports: await listImports(database, context.config.account, filter) };
}

/** Everything about one import, the person included. Throws `no_import`. */
export async function importsShow(context: Context, id: bigint): Promise<ImportReport> {
  const { account } = context.config;
  const { database } = await openStores(context);
  const found = await readImport(database, account, id);
  if (found === null)
    throw new AppError("no_import", `There is no import ${id} in account ${account}. See: applicant-sync imports list`);
  return found;
}

export async function importsRetry(context: Context, ids: readonly bigint[]): Promise<Acted> {
  const { account } = context.config;
  const stores = await openStores(context);
  const { queue } = await openQueue(context, stores);
  const deps = { database: stores.database, account, enqueue: queue.enqueue };
  return eachOf(ids, (id) => retryImport(deps, id));
}

/**
 * Settles an import by what a person saw, once the id they give has been looked up. `unchecked`: also where the API cannot be
 * asked, as with a key that may not read applicants.
 */
export async function importsResolve(
  context: Context,
  id: bigint,
  resolution: Resolution,
  unchecked: boolean,
): Promise<Acted> {
  const { account, kind } = context.config;
  const stores = await openStores(context);
  const deps = { database: stores.database, account };
  const seen = await verifyResolution(
    { ...deps, accountKind: kind, api: () => openApi(context, stores).api },
    id,
    resolution,
  );
  const refused = (message: string): Acted => ({
    imports: [{ id: String(id), isDone: false, state: null, message }],
    message: null,
    moved: 0,
  });
  if (seen.is === "wrong") return refused(`${seen.reason}. Nothing was changed`);
  if (seen.is === "unanswered" && !unchecked) {
    return refused(`it could not be looked up (${seen.reason}). Try again later, or add --unchecked if you are sure`);
  }
  const acted = await eachOf([id], (one) => resolveImport(deps, one, resolution));
  if (seen.is === "right") return acted;
  const warn = (one: Decided): Decided =>
    one.isDone ? { ...one, message: `${one.message}. It was accepted unchecked: ${seen.reason}` } : one;
  return { ...acted, imports: acted.imports.map(warn) };
}

/** For all see kill-switch.ts. Throws `UsageError` `no_source` where the account has no import of the source. */
export async function importsHold(context: Context, chosen: Some, reason: string | null): Promise<Acted> {
  const deps = await depsOf(context);
  if ("ids" in chosen) return eachOf(chosen.ids, (id) => holdImport(deps, id, reason));
  await requireSource(deps, chosen.source);
  const moved = await holdSource(deps, chosen.source, reason);
  return atOnce(moved, `${moved} of source "${chosen.source}" are held. Those that come later are not.`);
}

/** For all see kill-switch.ts. Throws `UsageError` `no_source` where the account has no import of the source. */
export async function importsRelease(context: Context, chosen: Released): Promise<Acted> {
  const deps = await depsOf(context);
  if ("ids" in chosen) return eachOf(chosen.ids, (id) => releaseImport(deps, id, chosen.withoutResume));
  if ("campaign" in chosen) {
    const moved = await releaseOffer(deps, chosen.campaign);
    return atOnce(moved, `${moved} that the API refused for campaign ${chosen.campaign} may be sent.`);
  }
  await requireSource(deps, chosen.source);
  const { released, withoutEvidence } = await releaseSource(deps, chosen.source);
  const mailed =
    withoutEvidence === 0
      ? ""
      : ` ${withoutEvidence} of them go without the agreement, for which there is no evidence: the vendor e-mails these people.`;
  return atOnce(released, `${released} of source "${chosen.source}" may be sent.${mailed}`);
}

async function depsOf(context: Context) {
  const { database } = await openStores(context);
  return { database, account: context.config.account };
}

async function requireSource({ database, account }: Awaited<ReturnType<typeof depsOf>>, source: string): Promise<void> {
  if (await hasSource(database, account, source)) return;
  throw new UsageError(
    "no_source",
    `Account ${account} has no import of source "${source}". The sources stand in: applicant-sync imports list`,
  );
}

async function eachOf(ids: readonly bigint[], act: (id: bigint) => Promise<Decided>): Promise<Acted> {
  const imports: Decided[] = [];
  for (const id of ids) imports.push(await act(id));
  return { imports, message: null, moved: imports.filter(({ isDone }) => isDone).length };
}

function atOnce(moved: number, message: string): Acted {
  return { imports: [], message, moved };
}
