/** How a Postgres is reached and what it allows: `start` refuses what does not suffice, `doctor` shows it. */
import { AppError, UsageError } from "../platform/errors.ts";
import { withClient } from "./connect.ts";
import { PostgresClient } from "./postgres-client.ts";

/**
 * `direct`: no pooler, or one that cannot be noticed. A session pooler keeps one server connection for each of ours; a
 * transaction pooler may use another one for each transaction.
 */
export type Reach = "direct" | "session pooler" | "transaction pooler";

type Limiter = "role" | "database" | "server" | "pooler";

export interface PostgresFacts {
  readonly reach: Reach;
  /** `150018` for 15.18. */
  readonly version: number;
  readonly role: string;
  /** The settings of server, database or role that our connections override. */
  readonly overridden: readonly { readonly name: string; readonly was: string }[];
  readonly connections: {
    /** How many more can be opened now, counted up to what we need; unlimited behind a transaction pooler. */
    readonly free: number;
    readonly limit: number;
    readonly limitedBy: Limiter;
  };
}

export type Process = "worker" | "command";

const FOR_WORK = 2;
/**
 * The least that a process opens: two for its work; a worker one more for notices and one in reserve for a command; and those of its queue.
 */
const FOR_DATABASE = { worker: FOR_WORK + 2, command: FOR_WORK } as const satisfies Readonly<Record<Process, number>>;
const FOR_QUEUE = 3;
const ROUNDS = 10;
/** How long a connection waits in a pooler before it counts as one too many. */
const POOLER_MS = 3_000;

/** Queries the server, on at most two connections at a time. Behind a session pooler it opens as many as a worker needs. */
export function postgresFacts(url: string): Promise<PostgresFacts> {
  return withClient(url, async (client) => {
    const reach = client.pooled ? await poolerOf(client, url) : "direct";
    const { rows } = await client.query<LimitsRow>(LIMITS);
    const [row] = rows;
    if (row === undefined) throw new Error("Postgres does not know its own database");
    const connections = reach === "direct" ? tightest(row) : await ofPooler(reach, url);
    const overridden = client.settings.filter(({ was, wanted, name }) => was !== wanted && !OURS.includes(name));
    return { reach, version: row.version, role: row.role, overridden, connections };
  });
}

/** Whether a connection stays on one server process: `listen` and the queue in Postgres need that. */
export function keepsSessions(reach: Reach): boolean {
  return reach === "direct" || reach === "session pooler";
}

/** Throws `queue_needs_session` or `too_few_connections` if such a process could not work. */
export function refuseUnfit(facts: PostgresFacts, queueInPostgres: boolean, process: Process = "worker"): void {
  if (queueInPostgres && !keepsSessions(facts.reach)) throw queueNeedsSession();
  const { free, limit, limitedBy } = facts.connections;
  const needed = connectionsNeeded(queueInPostgres, process);
  if (free >= needed) return;
  const withRedis = queueInPostgres ? ` (${connectionsNeeded(false, process)} with REDIS_URL)` : "";
  throw new AppError(
    "too_few_connections",
    `A ${process} needs ${needed} connections to Postgres${withRedis}, and ${free} of the ${limit} that the ${limitedBy === "role" ? `role ${facts.role}` : limitedBy} allows are free: ${RAISE[limitedBy]}`,
    { disposition: "fail" },
  );
}

export const POOL_SIZE = 10;

/**
 * The most connections that the pool of a worker opens: where role, database or server allow few, so many that all but the reserve for a
 * command are taken. What a pooler allows is not known.
 */
export function workerPoolSize({ connections }: PostgresFacts, queueInPostgres: boolean): number {
  const { limit, limitedBy } = connections;
  if (limitedBy === "pooler") return POOL_SIZE;
  return Math.max(FOR_WORK, Math.min(POOL_SIZE, FOR_WORK + limit - connectionsNeeded(queueInPostgres)));
}

export function connectionsNeeded(queueInPostgres: boolean, process: Process = "worker"): number {
  return FOR_DATABASE[process] + (queueInPostgres ? FOR_QUEUE : 0);
}

const RAISE = {
  role: "raise it (ALTER ROLE … CONNECTION LIMIT), or close others of this role",
  database: "raise it (ALTER DATABASE … CONNECTION LIMIT), or close others of this database",
  server: "raise max_connections, or put PgBouncer in front",
  pooler: "raise its pool size (default_pool_size of PgBouncer), or connect directly",
} as const;

/** Settings that each of our connections overrides in any case, and that are not worth reporting. */
const OURS: readonly string[] = [
  "search_path",
  "lock_timeout",
  "idle_in_transaction_session_timeout",
  "lc_numeric",
  "lc_time",
  "plpgsql.extra_errors",
  "plpgsql.extra_warnings",
];

interface LimitsRow {
  readonly version: number;
  readonly role: string;
  readonly super: boolean;
  readonly role_limit: number;
  readonly role_used: number;
  readonly database_limit: number;
  readonly database_used: number;
  readonly server_limit: number;
  readonly server_used: number;
}

/** Our own connection counts as free, because it is closed at the end. */
const LIMITS = `
  with used as (
    select count(*) filter (where usename = session_user)::int - 1 as by_role,
      count(*) filter (where datname = current_database())::int - 1 as by_database,
      count(*)::int - 1 as by_all
    from pg_stat_activity where usename is not null and datname is not null
  )
  select current_setting('server_version_num')::int as version, rolname as role, rolsuper as super,
    rolconnlimit as role_limit, by_role as role_used, datconnlimit as database_limit, by_database as database_used,
    current_setting('max_connections')::int - case when rolsuper then 0 else
      current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0)
    end as server_limit, by_all as server_used
  from used, pg_roles, pg_database
  where rolname = session_user and datname = current_database()`;

function tightest(row: LimitsRow): PostgresFacts["connections"] {
  const limits = [
    { limitedBy: "role", limit: row.super ? -1 : row.role_limit, used: row.role_used },
    { limitedBy: "database", limit: row.super ? -1 : row.database_limit, used: row.database_used },
    { limitedBy: "server", limit: row.server_limit, used: row.server_used },
  ] as const;
  const free = limits
    .filter(({ limit }) => limit >= 0)
    .map(({ limitedBy, limit, used }) => ({ limitedBy, limit, free: Math.max(0, limit - used) }))
    .toSorted((a, b) => a.free - b.free);
  return free[0] ?? { limitedBy: "server", limit: row.server_limit, free: 0 };
}

/** Behind a transaction pooler connections share those of the server. How many a session pooler has left is found by opening them. */
async function ofPooler(reach: Reach, url: string): Promise<PostgresFacts["connections"]> {
  const wanted = connectionsNeeded(true);
  if (reach === "transaction pooler") return { limitedBy: "pooler", limit: wanted, free: wanted };
  const clients = Array.from({ length: wanted - 1 }, () => new PostgresClient({ connectionString: url }));
  const late = AbortSignal.timeout(POOLER_MS);
  const opened = await Promise.all(
    clients.map((client) => {
      const waited = new Promise<false>((resolve) => late.addEventListener("abort", () => resolve(false)));
      return Promise.race([client.connect().then(() => true), waited]).catch(() => false);
    }),
  );
  await Promise.all(clients.map((client) => client.end().catch(() => {})));
  const limit = 1 + opened.filter(Boolean).length;
  return { limitedBy: "pooler", limit, free: limit };
}

/** A pooler that serves two open connections by one server process pools by transaction. */
function poolerOf(first: PostgresClient, url: string): Promise<Reach> {
  return withClient(url, async (second) => {
    const seen = [first, second].map((client) => client.settings[0]?.pid);
    if (new Set(seen).size < 2) return "transaction pooler";
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, client] of [first, second].entries()) {
        if ((await pidOf(client)) !== seen[index]) return "transaction pooler";
      }
    }
    return "session pooler";
  });
}

async function pidOf(client: PostgresClient): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid;
}

function queueNeedsSession(): UsageError {
  return new UsageError(
    "queue_needs_session",
    "DATABASE_URL leads through a pooler in transaction mode, and the queue in Postgres needs sessions: set REDIS_URL for the queue, or DATABASE_URL to a direct connection or a pooler in session mode",
  );
}
