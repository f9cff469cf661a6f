import { join } from "node:path";
import { loadConfig } from "../../../src/config/config.ts";
import { createDatabase } from "../../../src/database/client.ts";
import { closeImports } from "../../../src/outbox/operations/close.ts";
import { keepErasures } from "../../../src/outbox/restore/erasures.ts";
import { cleanUp } from "../../../src/people/erase/clean-up.ts";
import { createErasure } from "../../../src/people/erase/erasure.ts";
import { createKeyring } from "../../../src/people/suppression/key.ts";
import type { Lifecycle } from "../../../src/platform/lifecycle.ts";
import { PERSON as DECIDER } from "../../support/decider.ts";
import { tell } from "../support/bench.ts";
import { ACCOUNT } from "../support/environment.ts";
import { PERSON } from "./seed.ts";

interface ErasureCost {
  readonly name: string;
  /** With the list outside the database. */
  readonly transactionMs: number;
  readonly cleanUpMs: number;
  /** Tables whose files were not written anew. */
  readonly left: readonly string[];
}

/** Erases one person after another as `people erase` does once it has started: as in a Postgres of ours, and as in a configured one. */
export async function measureErasures(
  parts: Lifecycle,
  { url, directory }: { readonly url: string; readonly directory: string },
): Promise<readonly ErasureCost[]> {
  const list = join(directory, "erasures.jsonl");
  const settings = { KELIO_ACCOUNT: ACCOUNT, DATABASE_URL: url, PRIVACY_KEY: "k".repeat(32), ERASURE_LIST: list };
  const config = loadConfig(settings, { keys: false });
  const database = createDatabase(url);
  parts.add("database", () => database.$disconnect());
  const costs: ErasureCost[] = [];
  const cases = ["embedded", "configured", "embedded, again", "configured, again"];
  for (const [index, name] of cases.entries()) {
    tell(`erasure, ${name}`);
    let cleanUpMs = 0;
    const erase = createErasure({
      database,
      account: ACCOUNT,
      keyring: createKeyring(config.privacy),
      closeImports,
      keepFiles: () => keepErasures(database, config),
      cleanUp: async () => {
        const started = performance.now();
        const done = await cleanUp({
          databaseUrl: url,
          directory: name.startsWith("embedded") ? directory : null,
          account: ACCOUNT,
        });
        cleanUpMs = performance.now() - started;
        return done;
      },
    });
    const started = performance.now();
    const named = { by: "email", email: `${PERSON + index}@example.org` } as const;
    const { left } = await erase({ named, by: DECIDER, ticket: null, shown: null });
    const transactionMs = performance.now() - started - cleanUpMs;
    tell(`transaction ${Math.round(transactionMs)} ms, clean-up ${Math.round(cleanUpMs)} ms`);
    costs.push({ name, transactionMs, cleanUpMs, left });
  }
  return costs;
}
