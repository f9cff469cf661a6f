/** How a process erases people. */
import type { Config } from "../config/config.ts";
import { outboxOptionsOf } from "../outbox/context.ts";
import { dropErasedLines } from "../outbox/intake/file/erased-lines.ts";
import { closeImports } from "../outbox/operations/close.ts";
import { keepErasures } from "../outbox/restore/erasures.ts";
import { cleanUp, cleanUpIfDue, isCleanUpDue } from "../people/erase/clean-up.ts";
import { createErasure, type Erase } from "../people/erase/erasure.ts";
import { createKeyring } from "../people/suppression/key.ts";
import type { Context, Stores } from "./stores.ts";

/** What erases a person. Throws what the key lacks when it is called. */
export function openErasure({ config }: Context, { database, databaseUrl, directory }: Stores): Erase {
  const { account, privacy } = config;
  const clean = () => cleanUp({ databaseUrl, directory, account });
  const keyring = createKeyring(privacy);
  const keepFiles = () => keepErasureFiles(database, config);
  return createErasure({ database, account, keyring, closeImports, keepFiles, cleanUp: clean });
}

/** What ends an erasure that was killed after its commit. */
export function openCleanUp({ config }: Context, { database, databaseUrl, directory }: Stores) {
  const needs = { databaseUrl, directory, account: config.account };
  const keepFiles = () => keepErasureFiles(database, config);
  return async () => ((await isCleanUpDue(database, config.account)) ? cleanUpIfDue(needs, keepFiles) : null);
}

/** The list of erasures, and the files of rejected lines. */
async function keepErasureFiles(database: Stores["database"], config: Config): Promise<void> {
  await keepErasures(database, config);
  await dropErasedLines(database, outboxOptionsOf(config));
}
