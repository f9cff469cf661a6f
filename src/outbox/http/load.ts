/** What requests to POST /imports may hold of this process at once. */
import { refusal } from "../../problem.ts";

/** Lets bodies of so many bytes together into memory; those beyond are to come again. */
export function createBudget(most: number) {
  let held = 0;
  return {
    /** Returns how to give the bytes back. Throws a ProblemError. */
    take(bytes: number): () => void {
      if (held > 0 && held + bytes > most) {
        throw refusal(503, "busy", "Too much is being taken in at this moment. Send the request again.", {
          "retry-after": "1",
          connection: "close",
        });
      }
      held += bytes;
      return () => void (held -= bytes);
    },
  };
}

/**
 * Runs what it is given one after the other: the lock of the outbox would make them wait anyway, each with a connection to
 * the database that deliveries need.
 */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
