/** The gate that every import of an account must pass before it is sent. */
import type { Executor } from "../../database/client.ts";
import type { ImportConfig } from "../../config/config.ts";
import { queryOf, readSwitch, releaseCommandOf } from "../operations/switch.ts";

export interface GateOptions {
  readonly account: string;
  readonly environment: "sandbox" | "production";
  readonly imports: Pick<ImportConfig, "allowProductionWrites" | "perHour" | "perDay" | "quietHours">;
  /** IANA name of the time zone of the quiet hours. */
  readonly timezone: string;
}

/** Open, or closed with a reason. `until`: when it opens by itself; null: a person has to open it. */
export interface Gate {
  readonly open: boolean;
  readonly code:
    "open" | "production_writes_off" | "kill_switch" | "circuit_open" | "quiet_hours" | "hour_cap" | "day_cap";
  /** For people. */
  readonly reason: string;
  readonly until: Date | null;
}

const OPEN: Gate = { open: true, code: "open", reason: "open", until: null };

/**
 * Returns whether imports may be sent now. In this order it checks the setting for production, the kill switch, the circuit breaker,
 * the quiet hours and the caps, by the clock of the database. A cap counts every applicant whose creation began, whatever the outcome.
 */
export async function gateOf(tx: Executor, options: GateOptions): Promise<Gate> {
  const { account, environment, imports, timezone } = options;
  if (environment === "production" && !imports.allowProductionWrites) {
    const reason =
      "Writes to production are off. Set ALLOW_PRODUCTION_WRITES=yes once everything works on the sandbox.";
    return { open: false, code: "production_writes_off", reason, until: null };
  }
  const { held, reason: heldReason, isRestored } = await readSwitch(queryOf(tx), account);
  if (held) {
    const why = heldReason === null ? "" : ` (${heldReason})`;
    const reason = `Imports are held${why}. Release them with: ${releaseCommandOf({ isRestored })}`;
    return { open: false, code: "kill_switch", reason, until: null };
  }
  const now = await databaseNow(tx);
  const pause = await tx.importPause.findUnique({ where: { account } });
  if (pause !== null && pause.pausedUntil !== null && pause.pausedUntil > now) {
    const reason = `The outcome of ${pause.failures} requests in a row is unknown; imports pause.`;
    return { open: false, code: "circuit_open", reason, until: pause.pausedUntil };
  }
  const quiet = imports.quietHours === null ? null : endOfQuiet(imports.quietHours, timezone, now);
  if (quiet !== null) return { open: false, code: "quiet_hours", reason: "These are quiet hours.", until: quiet };
  return (
    (await capOf(tx, account, { code: "hour_cap", hours: 1, most: imports.perHour })) ??
    (await capOf(tx, account, { code: "day_cap", hours: 24, most: imports.perDay })) ??
    OPEN
  );
}

async function databaseNow(tx: Executor): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`select clock_timestamp() as now`;
  return row?.now ?? new Date();
}

async function capOf(
  tx: Executor,
  account: string,
  {
    code,
    hours,
    most,
  }: { readonly code: "hour_cap" | "day_cap"; readonly hours: number; readonly most: number | null },
): Promise<Gate | null> {
  if (most === null) return null;
  const [oldest] = await tx.$queryRaw<{ until: Date }[]>`
    select e.at + make_interval(hours => ${hours}::integer) as until
    from public.import_event e join public.applicant_import i on i.id = e.import_id
    where i.account = ${account} and e.step = 'applicant' and e.to_state = 'sending'
      and e.at > clock_timestamp() - make_interval(hours => ${hours}::integer)
    order by e.at desc offset ${most - 1} limit 1`;
  if (oldest === undefined) return null;
  const reason = `The cap of ${most} applicants ${hours === 1 ? "an hour" : "a day"} is reached.`;
  return { open: false, code, reason, until: oldest.until };
}

const DAY_MINUTES = 1_440;

/** Returns when the present quiet hours end; null if `now` is not in quiet hours. */
export function endOfQuiet(
  { from, to }: { readonly from: number; readonly to: number },
  timezone: string,
  now: Date,
): Date | null {
  const minute = minuteOfDay(now, timezone);
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet) return null;
  const left = (to - minute + DAY_MINUTES) % DAY_MINUTES;
  const start = Math.floor(now.getTime() / 60_000);
  // When daylight saving begins or ends in between, the wall clock shows another time by then.
  const shown = minuteOfDay(new Date((start + left) * 60_000), timezone);
  const off = ((shown - to + DAY_MINUTES * 1.5) % DAY_MINUTES) - DAY_MINUTES / 2;
  return new Date((start + (left > off ? left - off : left)) * 60_000);
}

function minuteOfDay(now: Date, timezone: string): number {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: timezone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  })
    .formatToParts(now)
    .filter(({ type }) => type === "hour" || type === "minute");
  const [hour = 0, minute = 0] = parts.map(({ value }) => Number(value));
  return hour * 60 + minute;
}

/** The circuit breaker opens at the `from`-th unknown outcome in a row. Its pause doubles each time, from `firstMs` up to `mostMs`. */
const BREAKER = { from: 3, firstMs: 60_000, mostMs: 900_000 } as const;

/** Counts a request of unknown outcome. From the third in a row on, the circuit breaker pauses imports, longer each time. */
export async function countFailure(tx: Executor, account: string): Promise<void> {
  await tx.importPause.createMany({ data: { account }, skipDuplicates: true });
  const { failures } = await tx.importPause.findUniqueOrThrow({ where: { account } });
  const over = failures + 1 - BREAKER.from;
  const pauseMs = over < 0 ? null : Math.min(BREAKER.mostMs, BREAKER.firstMs * 2 ** Math.min(over, 10));
  await tx.$executeRaw`
    update public.import_pause set failures = least(failures + 1, 1000),
      paused_until = clock_timestamp() + ${pauseMs}::integer * interval '1 millisecond'
    where account = ${account}`;
}

/** Resets the circuit breaker after a clear answer, and makes due at once what was postponed. */
export async function closeCircuit(tx: Executor, account: string): Promise<void> {
  const { count } = await tx.importPause.updateMany({
    where: { account, OR: [{ failures: { gt: 0 } }, { pausedUntil: { not: null } }] },
    data: { failures: 0, pausedUntil: null },
  });
  if (count === 0) return;
  await tx.$executeRaw`
    update public.applicant_import set not_before = null where id in (
      select id from public.applicant_import where account = ${account} and state = 'ready' and not_before is not null
      for update skip locked)`;
}

/**
 * Returns whether a trial request is in flight, so that no other may be sent. After a pause one request at a time is tried until one has
 * a clear answer; otherwise each slot of each worker would send one before the first answer arrives.
 */
export async function isTrialInFlight(tx: Executor, account: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ trial: boolean }[]>`
    select c.failures >= ${BREAKER.from}::integer and exists (select from public.applicant_import i
      where i.account = c.account and i.state = 'sending') as trial
    from public.import_pause c where c.account = ${account}`;
  return row?.trial ?? false;
}
