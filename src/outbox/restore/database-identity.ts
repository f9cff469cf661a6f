/** Which database this is: what its server and its data directory report, and whether that is the database we knew. */
import type { Database } from "../../database/client.ts";
import { isWithheld } from "../../database/errors.ts";

/** What tells a database from its copies. Null: this server, or this role, does not say. */
export interface Identity {
  /** The system identifier, which every `initdb` and every dump into another server changes. */
  readonly system: string | null;
  /** The oid of the database, which a clone in the same server does not share. */
  readonly database: bigint;
  /** Changes with a failover and with a restore to a point in time. */
  readonly timeline: string | null;
  /** `server_version_num`. */
  readonly version: number;
  /** Of an embedded database: what tells its directory from a copy. */
  readonly directoryId: string | null;
}

/** `own`: itself. `adopt`: itself, though its server reports something else now. `older`, `copied`: nothing may be sent. */
export type IdentityVerdict = "own" | "adopt" | "older" | "copied";

/** Reads what the server reports, each on its own: a managed server may refuse some. Throws if it cannot answer now. */
export async function readIdentity(database: Database, directoryId: string | null): Promise<Identity> {
  const [common] = await database.$queryRaw<{ database: bigint; version: number }[]>`
    select oid::bigint as database, current_setting('server_version_num')::int as version
    from pg_catalog.pg_database where datname = current_database()`;
  const reported = async (query: () => Promise<readonly { value: string | null }[]>): Promise<string | null> => {
    try {
      return (await query())[0]?.value ?? null;
    } catch (error) {
      if (isWithheld(error)) return null;
      throw error;
    }
  };
  return {
    system: await reported(
      () => database.$queryRaw`select system_identifier::text as value from pg_catalog.pg_control_system()`,
    ),
    database: common?.database ?? 0n,
    timeline: await reported(
      () =>
        database.$queryRaw`
          select substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8) as value`,
    ),
    version: common?.version ?? 0,
    directoryId,
  };
}

/** Where an outbox stands: `seen` is the least that was seen of it from outside, null: nothing was. */
export interface Progress {
  readonly seen: bigint | null;
  readonly steps: bigint;
}

/**
 * Compares a database with what was known of it. One that shows less than was seen is older, whatever it is. A failover changes the
 * timeline: fine where we know that nothing was lost. `pg_upgrade` changes the system identifier and keeps the oid: fine where the
 * version rose and the outbox stands exactly where we saw it. Everything else that differs is another database.
 */
export function compareIdentity(known: Identity, now: Identity, { seen, steps }: Progress): IdentityVerdict {
  if (seen !== null && steps < seen) return "older";
  if (differ(known.database, now.database) || differ(known.directoryId, now.directoryId)) return "copied";
  if (differ(known.system, now.system)) {
    const isUpgraded = Math.floor(now.version / 10_000) > Math.floor(known.version / 10_000);
    return isUpgraded && seen !== null && seen === steps && seen > 0n ? "adopt" : "copied";
  }
  if (differ(known.timeline, now.timeline)) return seen === null ? "copied" : "adopt";
  return known.version === now.version && (known.directoryId !== null || now.directoryId === null) ? "own" : "adopt";
}

function differ<T>(one: T | null, other: T | null): boolean {
  return one !== null && other !== null && one !== other;
}
