/** The gate that every import of an account must pass before it is sent. */
import type { Executor } from "../../database/client.ts";
import type { OutboxSettings } from "../context.ts";
import { queryOf, readSwitch, releaseCommandOf } from "../operations/switch.ts";
import { endOfQuiet } from "./quiet-hours.ts";

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
export async function gateOf(tx: Executor, settings: OutboxSettings): Promise<Gate> {
  const { account, environment, imports, timezone } = settings;
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
