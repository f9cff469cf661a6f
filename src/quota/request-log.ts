import type { RequestName } from "../kelio.ts";
import type { RecentRequests } from "./forbidden.ts";

/** The log of every request, and the last gate before the quota. Kept outside, on the database. */
export interface RequestLog {
  /**
   * Counts a request before it is sent. `waitMs` > 0: the last 60 s are full; `isPaused`: it is a pause after a 403 that
   * keeps it here; `held`: the kill switch keeps a request that creates here. Then nothing may be sent, and nothing was counted.
   */
  open(
    entry: RequestName & {
      readonly job: string | null;
      /** Whether it creates something that a person may be e-mailed about. */
      readonly creates?: boolean;
    },
  ): Promise<{ readonly id: bigint; readonly waitMs: number; readonly held?: boolean; readonly isPaused?: boolean }>;
  /** The outcome of a request that was sent. `errorKind` is an `ApiErrorKind` or the code of another error; `status` null: no answer. */
  close(
    id: bigint,
    result: {
      readonly status: number | null;
      readonly durationMs: number;
      readonly bytes: number;
      readonly errorKind: string | null;
    },
  ): Promise<void>;
  /** What decides what a 403 means. Asked before the answer in question is closed, so it does not count itself. */
  recent(path: string, method: string): Promise<RecentRequests>;
  /** Records a 403 that is not about the request itself. Returns how long nothing is to be asked, in milliseconds. */
  refused?(id: bigint): Promise<number>;
}
