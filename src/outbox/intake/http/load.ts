/** Limits what requests to POST /imports use of this process at once. */
import { refusal } from "../../../platform/http/problem.ts";

/** Limits the bytes of all bodies in memory. A request beyond the limit is refused with 503, unless it is the only one. */
export function createBudget(most: number) {
  let held = 0;
  return {
    /** Reserves bytes, and returns a function that releases them. Throws a ProblemError. */
    reserve(bytes: number): () => void {
      if (held > 0 && held + bytes > most) {
        throw refusal(503, "busy", "Too many bodies are being read at this moment. Send the request again.", {
          "retry-after": "1",
          connection: "close",
        });
      }
      held += bytes;
      let isHeld = true;
      return () => {
        if (isHeld) held -= bytes;
        isHeld = false;
      };
    },
  };
}

/**
 * Runs tasks one after the other. The lock of the outbox would serialise them anyway, but each would hold a connection to the database
 * that deliveries need. A waiting task is dropped as soon as its caller leaves.
 */
export function createTurns() {
  const waiting = new Set<() => Promise<void>>();
  let isBusy = false;

  async function runAll(): Promise<void> {
    isBusy = true;
    for (const begin of waiting) {
      waiting.delete(begin);
      await begin();
    }
    isBusy = false;
  }

  /** Rejects with the reason of `gone` if it is aborted before `work` begins. */
  return <T>(work: () => Promise<T>, gone: AbortSignal): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const leave = () => {
        waiting.delete(begin);
        reject(gone.reason);
      };
      const begin = async () => {
        gone.removeEventListener("abort", leave);
        await work().then(resolve, reject);
      };
      if (gone.aborted) return leave();
      gone.addEventListener("abort", leave, { once: true });
      waiting.add(begin);
      if (!isBusy) void runAll();
    });
}
