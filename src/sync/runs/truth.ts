import type { Database } from "../../database/client.ts";
import { notOffered, type NotOffered } from "../../mirror/embed-offers.ts";
import { countPendingDetails } from "../../mirror/pending-details.ts";
import { countQuarantined } from "../../mirror/quarantine.ts";
import { resources, type ResourceName } from "../resources.ts";
import { FULLY_READ } from "./load-run.ts";

/** How true the mirror of a resource is, by its runs. */
export interface Truth {
  readonly resource: ResourceName;
  /** When the last run that read the list began: the mirror is as fresh as that, but for silent edits and deletions. */
  readonly freshAsOf: Date | null;
  /** When the last proven run began: of that moment the mirror is exact. */
  readonly provenAsOf: Date | null;
  /**
   * Of the rows that the last proven run knew, the share that it found changed or gone since they were last seen: what is to be
   * expected of the mirror just before the next. 0 to 1.
   */
  readonly staleShare: number | null;
  /** When the first run that read the whole list began, proven or not. */
  readonly firstFullAt: Date | null;
  /** The runs that failed or were cut short since `freshAsOf`: when the first of them began, and the code of the last. Null: none did. */
  readonly failure: { readonly since: Date; readonly code: string } | null;
  /** The run that is going on. `hasRead`: it has read a page. */
  readonly running: {
    readonly run: number;
    readonly kind: string;
    readonly startedAt: Date;
    readonly hasRead: boolean;
  } | null;
}

/** What the runs of these resources say about their mirrors. */
export async function truthsOf(
  database: Database,
  account: string,
  names: readonly ResourceName[],
): Promise<readonly Truth[]> {
  const latest = (columns: string, states: string) => `
    select ${columns} from public.sync_run
    where account = $1 and resource = r.resource and state = any(${states})
      and error_code is distinct from 'list_cut_short'`;
  const rows = await database.$queryRawUnsafe<(Omit<Truth, "running" | "failure"> & Row)[]>(
    `select r.resource, fresh."freshAsOf", proven."provenAsOf", proven."staleShare", first."firstFullAt",
       failed.since, failed.code,
       running.id as run, running.kind, running.started_at as "startedAt",
       exists (select from public.sync_page where run_id = running.id) as "hasRead"
     from unnest($2::text[]) with ordinality as r (resource, position)
     left join lateral (${latest('started_at as "firstFullAt"', "$3::text[]")} order by started_at limit 1) first on true
     left join lateral (${latest('started_at as "freshAsOf"', "$3::text[] || array['done']")}
       and first."firstFullAt" is not null order by started_at desc limit 1) fresh on true
     left join lateral (${latest(PROVEN, "array['proven']")} order by started_at desc, id desc limit 1) proven on true
     left join lateral (
       select min(started_at) as since, (array_agg(error_code order by started_at desc))[1] as code from public.sync_run
       where account = $1 and resource = r.resource and (state = 'failed' or error_code = 'list_cut_short')
         and started_at > coalesce(fresh."freshAsOf", '-infinity')) failed on true
     left join public.sync_run running
       on running.account = $1 and running.resource = r.resource and running.state = 'running'
     order by r.position`,
    account,
    [...names],
    [...FULLY_READ],
  );
  return rows.map(({ run, kind, startedAt, hasRead, since, code, ...truth }) => ({
    ...truth,
    failure: since === null ? null : { since, code: code ?? "unknown" },
    running: run === null ? null : { run, kind, startedAt, hasRead },
  }));
}

interface Row {
  readonly since: Date | null;
  readonly code: string | null;
  readonly run: number | null;
  readonly kind: string;
  readonly startedAt: Date;
  readonly hasRead: boolean;
}

const PROVEN = `started_at as "provenAsOf",
  (coalesce(updated, 0) + coalesce(restored, 0) + coalesce(deleted, 0))::float8 / nullif(known, 0) as "staleShare"`;

/** What a mirror lacks. */
export interface Gaps {
  /** Living rows that a list showed in part and that wait to be completed. */
  readonly pendingDetails: number;
  /** Items that could not become rows, and were not seen as good ones since. */
  readonly quarantined: number;
  readonly notOffered: readonly NotOffered[];
}

/** What the mirrors of these resources lack. Counts rows. */
export async function gapsOf(
  database: Database,
  account: string,
  names: readonly ResourceName[],
): Promise<ReadonlyMap<ResourceName, Gaps>> {
  const tableOf = (name: ResourceName) => resources[name].table;
  const pendingIn = await countPendingDetails(database, account, names.map(tableOf));
  const quarantinedOf = await countQuarantined(database, account);
  const missingOf = await notOffered(database, account);
  return new Map(
    names.map((name) => [
      name,
      { pendingDetails: pendingIn(tableOf(name)), quarantined: quarantinedOf(name), notOffered: missingOf(name) },
    ]),
  );
}
