/** What requests to POST /imports may hold of this process at once. */
import { refusal } from "../../../http/problem.ts";

/** Lets bodies of so many bytes together into memory; those beyond are to come again. */
export function createBudget(most: number) {
  let held = 0;
  return {
    /** Returns how to give the bytes back, which counts once. Throws a ProblemError. */
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
 * Runs its tasks one after the other: the lock of the outbox would make them wait anyway, each with a connection to
 * the database that deliveries need. What waits for a caller who leaves is dropped at once and never begun.
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

  /** Rejects with the reason of `gone` where it is aborted before `work` has begun. */
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
