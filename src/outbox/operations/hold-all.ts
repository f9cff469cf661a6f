/** `imports hold --all` and `imports release --all`. Nothing here waits for a lock of a worker or an SQL client. */
import { isLockTimeout } from "../../database/errors.ts";
import { countState, endWaits, followSwitch, resetSwitch, throwSwitch, type Query } from "./switch.ts";

export interface HeldAll {
  readonly held: number;
  /** Requests that may have been sent already. */
  readonly sending: number;
  /** How many are still `ready`: none of them is sent, and a worker will hold them. Omitted if there are none. */
  readonly remaining?: number;
  /** A lock kept the imports from being moved or counted. Nothing is sent nevertheless, and a worker will move them. */
  readonly isLocked?: true;
}

export interface ReleasedAll {
  readonly released: number;
  /** Held for reasons of their own, or until a worker releases them. */
  readonly stillHeld: number;
  /** A lock kept the imports from being moved or counted; a worker will move them. */
  readonly isLocked?: true;
}

/** For how long this command moves imports; a worker moves the rest. */
const MOVE_MS = 300;

/** Throws the kill switch in one statement, then moves imports from `ready` to `held` for a moment. */
export async function holdEverything(
  query: Query,
  account: string,
  why: { readonly code: string | null; readonly reason: string | null },
): Promise<HeldAll> {
  await throwSwitch(query, account, why);
  return unlessLocked<HeldAll>({ held: 0, sending: 0, isLocked: true }, async () => {
    const held = await followSwitch(query, account, MOVE_MS);
    const sending = await countState(query, account, "sending");
    const remaining = await countState(query, account, "ready");
    return { held, sending, ...(remaining === 0 ? {} : { remaining }) };
  });
}

/** Turns the kill switch off, closes the circuit breaker, and releases what the switch held, but nothing that is held for another reason. */
export async function releaseEverything(query: Query, account: string): Promise<ReleasedAll> {
  await resetSwitch(query, account);
  return unlessLocked<ReleasedAll>({ released: 0, stillHeld: 0, isLocked: true }, async () => {
    await endWaits(query, account);
    const released = await followSwitch(query, account, MOVE_MS);
    return { released, stillHeld: await countState(query, account, "held") };
  });
}

/** The switch is written by now, so a lock that delays the rest is no failure. */
async function unlessLocked<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isLockTimeout(error)) return otherwise;
    throw error;
  }
}
