/** `imports hold --all` and `imports release --all`: nothing here waits for what a worker or an SQL client may hold. */
import { countState, endWaits, followSwitch, takeSwitchBack, throwSwitch, type Query } from "./switch.ts";

export interface HeldAll {
  readonly held: number;
  /** Requests that may have left already. */
  readonly sending: number;
  /** How many are still `ready`: nothing of them is sent, and a worker holds them. Left out where there are none. */
  readonly left?: number;
}

export interface ReleasedAll {
  readonly released: number;
  /** For a reason of their own; or a worker releases them in a moment. */
  readonly stillHeld: number;
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
  const held = await followSwitch(query, account, MOVE_MS);
  const sending = await countState(query, account, "sending");
  const left = await countState(query, account, "ready");
  return { held, sending, ...(left === 0 ? {} : { left }) };
}

/** Takes the kill switch back, ends a pause, and releases what the switch held; nothing that is held for another reason. */
export async function releaseEverything(query: Query, account: string): Promise<ReleasedAll> {
  await takeSwitchBack(query, account);
  await endWaits(query, account);
  const released = await followSwitch(query, account, MOVE_MS);
  return { released, stillHeld: await countState(query, account, "held") };
}
