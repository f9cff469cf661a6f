/** `imports hold --all` and `imports release --all`: nothing here waits for what a worker or an SQL client may hold. */
import { isLockTimeout } from "../../database/errors.ts";
import { countState, endWaits, followSwitch, resetSwitch, throwSwitch, type Query } from "./switch.ts";

export interface HeldAll {
  readonly held: number;
  /** Requests that may have been sent already. */
  readonly sending: number;
  /** How many are still `ready`: none of them is sent, and a worker will hold them. Omitted if there are none. */
  readonly remaining?: number;
  /** Somebody's lock kept the imports from being moved or counted: nothing is sent all the same, and a worker moves them. */
  readonly isLocked?: true;
}

export interface ReleasedAll {
  readonly released: number;
  /** For a reason of their own; or a worker releases them in a moment. */
  readonly stillHeld: number;
  /** Somebody's lock kept the imports from being moved or counted: a worker moves them. */
  readonly isLocked?: true;
}

/** How long imports are moved here. */
const MOVE_MS = 300;

/** Throws the kill switch in one statement; then holds what is ready, as far as a moment allows. */
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

/** Resets the kill switch, ends a pause, and releases what the switch held; nothing that is held for another reason. */
export async function releaseEverything(query: Query, account: string): Promise<ReleasedAll> {
  await resetSwitch(query, account);
  return unlessLocked<ReleasedAll>({ released: 0, stillHeld: 0, isLocked: true }, async () => {
    await endWaits(query, account);
    const released = await followSwitch(query, account, MOVE_MS);
    return { released, stillHeld: await countState(query, account, "held") };
  });
}

/** The switch is written by now: that the rest has to wait does not make it fail. */
async function unlessLocked<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isLockTimeout(error)) return otherwise;
    throw error;
  }
}
