/** Keeps the list of erasures outside the database, and applies it after a restore. */
import type { Logger } from "pino";
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import { createKeyring } from "../../people/suppression/key.ts";
import { keepList } from "../../people/suppression/list.ts";
import { reapplyErasures } from "../../people/suppression/reapply.ts";
import { closeImportsOfErased } from "../operations/close.ts";

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
 * where it cannot be told who they are.
 */
export async function restoreErasures(database: Database, config: Config, logger: Pick<Logger, "warn">): Promise<void> {
  const owner = ownerOf(database, config);
  const needs = { ...owner, keyring: createKeyring(config.privacy), closeImports: closeImportsOfErased };
  const applied = await reapplyErasures(needs, config.privacy);
  if (applied > 0) logger.warn({ applied }, "the database was restored: erasures since then were applied again");
  await keepList(owner, config.privacy);
}
