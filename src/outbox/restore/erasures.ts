/** Keeps the list of erasures outside the database, and applies it after a restore. */
import type { Logger } from "pino";
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import { createKeyring } from "../../people/suppression/key.ts";
import { createLatest, keepList, missingList } from "../../people/suppression/list.ts";
import { reapplyErasures } from "../../people/suppression/reapply.ts";
import { AppError } from "../../platform/errors.ts";
import { shared } from "../../platform/in-time.ts";
import { closeImportsOfErased } from "../operations/close.ts";
import type { Watermark } from "./watermark.ts";

const ownerOf = (database: Database, { account, api }: Config) => ({
  database,
  account,
  source: new URL(api.url).host,
});

/** Writes to the list what the database knows. */
export function keepErasures(database: Database, config: Config): Promise<void> {
  return keepList(ownerOf(database, config), config.privacy);
}

/**
 * Erases and suppresses once more whom a restored database has again, before anything else runs. Throws what `reapplyErasures` throws
 * where nobody can say who they are.
 */
export async function restoreErasures(database: Database, config: Config, logger: Pick<Logger, "warn">): Promise<void> {
  const owner = ownerOf(database, config);
  const needs = { ...owner, keyring: createKeyring(config.privacy), closeImports: closeImportsOfErased };
  const applied = await reapplyErasures(needs, config.privacy);
  if (applied > 0) logger.warn({ applied }, "the database was restored: erasures since then were applied again");
  await keepList(owner, config.privacy);
}

/** Guards a running process against a database that is restored under it. */
export interface ErasureGuard {
  /** The id of the latest erasure of the list, which the database has unless it was restored; null: none is listed. */
  readonly latest: () => Promise<string | null>;
  /** Applies the erasures of the list that the database lacks, if it lacks the latest. Throws what `restoreErasures` throws. */
  readonly check: () => Promise<void>;
}

export function createErasureGuard(database: Database, config: Config, logger: Pick<Logger, "warn">): ErasureGuard {
  const latest = createLatest(ownerOf(database, config), config.privacy);
  const lacks = async (id: string) => (await database.erasure.count({ where: { id } })) === 0;
  return {
    latest,
    check: shared(async () => {
      const id = await latest();
      if (id === null || !(await lacks(id))) return;
      await restoreErasures(database, config, logger);
      // The list is gone, too.
      if (await lacks(id)) throw missingList(config.privacy.list ?? "", 1);
    }),
  };
}

/** Nothing is sent from a database that was restored under this process until the erasures since have been applied again. */
export function withErasures(watermark: Watermark, erasures: ErasureGuard): Watermark {
  return {
    async check() {
      await watermark.check();
      await erasures.check();
    },
    async claim(work, isClaimed) {
      await erasures.check();
      return watermark.claim(work, isClaimed);
    },
  };
}

/** A job that finds the database restored has written nothing: it is done again once the erasures have been applied. */
export function afterErasures<J, C>(run: (job: J, call: C) => Promise<void>, erasures: ErasureGuard) {
  return async (job: J, call: C): Promise<void> => {
    try {
      await run(job, call);
    } catch (error) {
      if (error instanceof AppError && error.code === "database_restored") await erasures.check();
      throw error;
    }
  };
}
