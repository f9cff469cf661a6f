import { AppError } from "../../../src/platform/errors.ts";
import { createLifecycle, type Lifecycle } from "../../../src/platform/lifecycle.ts";
import { silent } from "../../support/silent.ts";

/**
 * Runs `work` and stops whatever it added, the youngest first, however it ends. Ctrl-C stops everything too, and rejects
 * with `stopped`.
 */
export async function withParts<T>(work: (parts: Lifecycle) => Promise<T>): Promise<T> {
  const parts = createLifecycle({ logger: silent });
  const listenNoMore = parts.onSignals();
  const interrupted = new Promise<never>((_, reject) => {
    parts.signal.addEventListener("abort", () => reject(new AppError("stopped", "Stopped.")), { once: true });
  });
  try {
    return await Promise.race([work(parts), interrupted]);
  } finally {
    await parts.stop("done");
    listenNoMore();
  }
}
