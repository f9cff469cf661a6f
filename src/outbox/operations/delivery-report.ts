/** How fast imports are sent, what limits that, and when the last one will be sent. Only reads. */
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../context.ts";
import { forecastDelivery, type CreationCount, type Limit, type Waiting } from "../delivery/forecast.ts";
import type { Gate } from "../delivery/send-gate.ts";

export interface DeliveryReport {
  /** Imports that a worker will send, drafts included. */
  readonly waiting: number;
  /** Applicants whose creation began within the last hour. */
  readonly createdLastHour: number;
  /** Held until a person approves their source. */
  readonly awaitingApproval: number;
  /** What limits delivery most: no worker, what closes the gate, else what takes most time. Null: nothing waits. */
  readonly limit: Limit | Exclude<Gate["code"], "open"> | "no_worker" | null;
  /** Imports an hour until the last one is sent, on average. Null: nothing waits, or a person has to act first. */
  readonly perHour: number | null;
  /** When the last of those that wait now is sent, in ISO 8601; an estimate, and with `no_worker` as if one began now. */
  readonly lastAt: string | null;
}

interface WaitingRow extends Waiting {
  readonly applications: number;
  readonly approval: number;
  readonly notBefore: Date | null;
  readonly now: Date;
}

/** `workers`: how many run; null: that is not known. */
export async function reportDelivery(
  database: Database,
  settings: OutboxSettings,
  gate: Gate,
  workers: number | null,
): Promise<DeliveryReport> {
  const { account, imports, timezone } = settings;
  const { now, notBefore, approval, ...waiting } = await waitingOf(database, account);
  const created = await creationsOf(database, account, imports.perDay === null ? 1 : 24);
  const lastHour = created.filter(({ at }) => at.getTime() > now.getTime() - HOUR_MS);
  const report = {
    waiting: waiting.imports,
    createdLastHour: lastHour.reduce((sum, { count }) => sum + count, 0),
    awaitingApproval: approval,
  };
  if (waiting.imports === 0) return { ...report, limit: null, perHour: null, lastAt: null };
  const closed = gate.code === "open" ? null : gate.code;
  const noWorker = workers === 0 ? "no_worker" : null;
  if (closed !== null && gate.until === null) return { ...report, limit: closed, perHour: null, lastAt: null };
  const requestsEach = Math.max(1, (waiting.applicants + waiting.applications) / waiting.imports);
  const byQuota = settings.requestsPerMinute / requestsEach;
  const { limit, lastAt } = forecastDelivery(waiting, {
    ...imports,
    timezone,
    created,
    perMinute: Math.min(byQuota, observedPerMinute(lastHour, now) ?? byQuota),
    from: closed === "circuit_open" && gate.until !== null ? gate.until : now,
  });
  const last = Math.max(lastAt.getTime(), notBefore?.getTime() ?? 0);
  const hours = Math.max(last - now.getTime(), 1_000) / HOUR_MS;
  return {
    ...report,
    limit: noWorker ?? (closed === "circuit_open" ? closed : limit),
    perHour: Math.max(1, Math.round(waiting.imports / Math.max(hours, 1 / 60))),
    lastAt: new Date(last).toISOString(),
  };
}

const HOUR_MS = 3_600_000;

async function waitingOf(database: Database, account: string): Promise<WaitingRow> {
  const [row] = await database.$queryRaw<WaitingRow[]>`
    select (count(*) filter (where state in ('draft', 'ready')))::int as imports,
      (count(*) filter (where state in ('draft', 'ready') and applicant_state <> 'sent'))::int as applicants,
      (count(*) filter (where state in ('draft', 'ready') and application_state is not null))::int as applications,
      (count(*) filter (where state = 'held' and reason_code in ('source_approval', 'awaits_source_approval')))::int as approval,
      max(not_before) filter (where state = 'ready') as "notBefore", clock_timestamp() as now
    from public.applicant_import where account = ${account} and state in ('draft', 'ready', 'held')`;
  return row ?? { imports: 0, applicants: 0, applications: 0, approval: 0, notBefore: null, now: new Date() };
}

/** The applicants whose creation began within some hours, by the minute. */
function creationsOf(database: Database, account: string, hours: number): Promise<readonly CreationCount[]> {
  return database.$queryRaw<CreationCount[]>`
    select date_trunc('minute', e.at) as at, count(*)::int as count
    from public.import_event e join public.applicant_import i on i.id = e.import_id
    where i.account = ${account} and e.step = 'applicant' and e.to_state = 'sending'
      and e.at > statement_timestamp() - make_interval(hours => ${hours}::integer)
    group by 1 order by 1`;
}

const OBSERVED = { minutes: 10, least: 10, agoMinutes: 2 } as const;

/** The pace of the last minutes, lookups included; null: too few were sent just now. */
function observedPerMinute(created: readonly CreationCount[], now: Date): number | null {
  const minutesAgo = ({ at }: CreationCount) => (now.getTime() - at.getTime()) / 60_000;
  const recent = created.filter((one) => minutesAgo(one) < OBSERVED.minutes);
  const [first, last] = [recent[0], recent.at(-1)];
  const count = recent.reduce((sum, one) => sum + one.count, 0);
  if (first === undefined || last === undefined || count < OBSERVED.least) return null;
  if (minutesAgo(last) > OBSERVED.agoMinutes) return null;
  return count / Math.max(1, minutesAgo(first));
}
