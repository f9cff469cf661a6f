/** The kill switch: one row, and the imports that follow it. Uses plain SQL only, so that the command needs a single connection. */
import { auditInsert, auditJson, type Decider, type Decision } from "../../database/audit.ts";
import type { Executor } from "../../database/client.ts";
import { isOlderTable, isPostponed } from "../../database/errors.ts";
import { REASONS } from "../import/reasons.ts";
import { sentence } from "../import/sentences.ts";
import { moveColumns } from "../import/move-columns.ts";

/** Runs one statement and returns its rows: over Prisma, or over a plain connection. */
export type Query = <T extends Record<string, unknown>>(
  sql: string,
  ...values: readonly unknown[]
) => Promise<readonly T[]>;

/** Statements over Prisma, in the transaction of `executor` if it has one. */
export function queryOf(executor: Pick<Executor, "$queryRawUnsafe">): Query {
  return (sql, ...values) => executor.$queryRawUnsafe(sql, ...values);
}

export interface Switch {
  readonly held: boolean;
  /** For people. */
  readonly reason: string | null;
  /** The database was restored or copied, and nobody has decided yet: `release --all` alone is refused, whoever threw the switch. */
  readonly isRestored: boolean;
}

/** The command that turns it off. */
export function releaseCommandOf({ isRestored }: Pick<Switch, "isRestored">): string {
  return `applicant-sync imports release --all${isRestored ? " --after-restore" : ""}`;
}

const OFF: Switch = { held: false, reason: null, isRestored: false };

/** Reads the switch. An account without a row has never been held. */
export async function readSwitch(query: Query, account: string): Promise<Switch> {
  const [found] = await query<Switch & Record<string, unknown>>(
    `select c.held, c.held_reason as reason, exists (
       select from public.import_restore r where r.account = c.account and r.decided_at is null) as "isRestored"
     from public.import_control c where c.account = $1`,
    account,
  );
  return found ?? OFF;
}

/** How long a statement of the switch waits for a lock, in milliseconds: only an open transaction of an operator can delay it. */
export const LOCK_MS = 350;
const BOUNDED = `bounded as materialized (select set_config('lock_timeout', '${LOCK_MS}', true))`;

export interface Thrown {
  readonly code: string | null;
  readonly reason: string | null;
  readonly by: Decider;
}

/**
 * Throws the switch and adds the row of the audit, in one statement. Outside a transaction it is committed on return, and from then on no
 * request that creates is sent. A table `audit` that is locked, lacking or closed to the role does not keep the switch from being thrown:
 * returns whether the decision has its row.
 */
export async function throwSwitch(query: Query, account: string, thrown: Thrown): Promise<boolean> {
  const { code, reason, by } = thrown;
  const why = by.why ?? reason;
  const decision: Decision = {
    account,
    by: { ...by, why },
    what: "kill_switch_on",
    facts: code === null ? {} : { code },
  };
  try {
    await query(
      `with ${BOUNDED}, noted as (${auditInsert("$4")}) ${THROW}`,
      account,
      code,
      reason,
      auditJson(decision),
    );
    return true;
  } catch {
    await query(`with ${BOUNDED} ${THROW}`, account, code, reason);
    return false;
  }
}

const THROW = `
  insert into public.import_control as control (account, held, reason_code, held_reason, held_at)
  select $1, true, $2, $3, clock_timestamp() from bounded
  on conflict (account) do update set held = true, reason_code = excluded.reason_code, held_reason = excluded.held_reason,
    held_at = case when control.held then control.held_at else excluded.held_at end`;

/**
 * Turns the switch off, and adds the row of the audit. `isAfterRestore`: a person has checked the account after the database was restored
 * or copied.
 */
async function resetSwitch(query: Query, account: string, { by, isAfterRestore }: Reset): Promise<void> {
  const decision: Decision = { account, by, what: isAfterRestore ? "restore_released" : "kill_switch_off" };
  await query(
    `with ${BOUNDED}, noted as (${auditInsert("$2")}),
     decided as (
       update public.import_restore set decided_at = clock_timestamp() where account = $1 and decided_at is null and $3)
     update public.import_control set held = false, reason_code = null, held_reason = null, held_at = null
     from bounded where account = $1`,
    account,
    auditJson(decision),
    isAfterRestore,
  );
}

const LOT = 200;

/**
 * Moves imports to the state that the switch asks for: `ready → held` while it is on, and back when it is off. Works for about `forMs` in
 * small lots and skips locked rows; later calls move the rest. Returns how many were moved.
 */
export async function followSwitch(query: Query, account: string, forMs: number): Promise<number> {
  const end = Date.now() + forMs;
  const { held, reason } = await readSwitch(query, account);
  const why = reason === null ? REASONS.kill_switch.text.en : sentence("all_held_because", { why: reason });
  const move = held
    ? { from: "ready", to: "held", only: null, code: "kill_switch", why }
    : { from: "held", to: "ready", only: "kill_switch", code: "released", why: null };
  const columns = moveColumns("$3::text", { reason_code: "$5::text", reason: "$6::text" });
  let moved = 0;
  for (;;) {
    const lot = await query(
      `with ${BOUNDED},
       lot as materialized (
         select i.id from bounded, public.applicant_import i
         where i.account = $1 and i.state = $2 and ($4::text is null or i.reason_code = $4)
           and $7 = exists (select from public.import_control c where c.account = $1 and c.held)
         limit ${LOT} for update of i skip locked)
       update public.applicant_import i set ${columns}
       from lot where i.id = lot.id returning 1 as moved`,
      account,
      move.from,
      move.to,
      move.only,
      move.code,
      move.why,
      held,
    );
    moved += lot.length;
    if (lot.length === 0 || Date.now() >= end) return moved;
  }
}

async function countState(query: Query, account: string, state: string): Promise<number> {
  const [row] = await query<{ count: number }>(
    "select count(*)::int as count from public.applicant_import where account = $1 and state = $2",
    account,
    state,
  );
  return row?.count ?? 0;
}

/** Closes the circuit breaker and makes postponed imports due, except for locked rows. */
async function endWaits(query: Query, account: string): Promise<void> {
  await query(
    `update public.import_pause set failures = 0, paused_until = null where account in (
       select account from public.import_pause where account = $1 for update skip locked)`,
    account,
  );
  await query(
    `update public.applicant_import set not_before = null where id in (
       select id from public.applicant_import
       where account = $1 and state = 'ready' and not_before is not null limit 5000 for update skip locked)`,
    account,
  );
}

/** The switch is written, and the imports could not be moved or counted: a worker will move them. */
interface Delay {
  readonly isDelayed?: true;
  /** Why, unless it passes by itself. */
  readonly failure?: unknown;
}

export interface HeldAll extends Delay {
  readonly held: number;
  /** Requests that may have been sent already. */
  readonly sending: number;
  /** How many are still `ready`: none of them is sent, and a worker will hold them. Omitted if there are none. */
  readonly remaining?: number;
  /** The audit could not be written. */
  readonly isUnaudited?: true;
}

export interface ReleasedAll extends Delay {
  readonly released: number;
  /** Held for reasons of their own, or until a worker releases them. */
  readonly stillHeld: number;
}

/** For how long a command moves imports; a worker moves the rest. */
const MOVE_MS = 300;

/** Throws the kill switch in one statement, then moves imports from `ready` to `held` for a moment. Must not run in a transaction. */
export async function holdEverything(query: Query, account: string, thrown: Thrown): Promise<HeldAll> {
  const unaudited = (await throwSwitch(query, account, thrown)) ? {} : { isUnaudited: true as const };
  return unlessDelayed<HeldAll>({ held: 0, sending: 0, isDelayed: true, ...unaudited }, async () => {
    const held = await followSwitch(query, account, MOVE_MS);
    const sending = await countState(query, account, "sending");
    const remaining = await countState(query, account, "ready");
    return { held, sending, ...(remaining === 0 ? {} : { remaining }), ...unaudited };
  });
}

interface Reset {
  readonly by: Decider;
  readonly isAfterRestore: boolean;
}

/** Turns the kill switch off, closes the circuit breaker, and releases what the switch held, but nothing held for another reason. */
export async function releaseEverything(query: Query, account: string, reset: Reset): Promise<ReleasedAll> {
  await resetSwitch(query, account, reset);
  return unlessDelayed<ReleasedAll>({ released: 0, stillHeld: 0, isDelayed: true }, async () => {
    await endWaits(query, account);
    const released = await followSwitch(query, account, MOVE_MS);
    return { released, stillHeld: await countState(query, account, "held") };
  });
}

/** The switch is written by now: whatever goes wrong with the rest is returned, as an error would say that it is not. */
async function unlessDelayed<T extends Delay>(otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return isPostponed(error) || isOlderTable(error) ? otherwise : { ...otherwise, failure: error };
  }
}
