import type { Config } from "../config/config.ts";
import { createKeyring } from "../people/suppression/key.ts";
import { unknownEntries } from "../people/suppression/list.ts";
import { requireKeys } from "../people/suppression/suppress.ts";
import type { Stores } from "../process/stores.ts";
import { ok, warning, type Check } from "./check.ts";

/**
 * Whether suppressed people are recognised, and stay away after a restore; no line where nobody is suppressed. Throws what keeps a
 * worker from starting.
 */
export async function peopleChecks(config: Config, database: Stores["database"]): Promise<readonly Check[]> {
  const { account, api, privacy } = config;
  const keys = await requireKeys(database, account, createKeyring(privacy));
  const [current] = keys;
  if (current === undefined) return [];
  const known = ok("suppressed people", `recognised by the key with the fingerprint ${current.id}`);
  if (privacy.list === null) {
    const missing = "no list of erasures is kept (ERASURE_LIST is off): after a restore, erased people come back";
    return [known, warning("erasures", missing)];
  }
  const unknown = await unknownEntries({ database, account, source: new URL(api.url).host }, privacy);
  return unknown.length === 0
    ? [known, ok("erasures", `kept outside the database in ${privacy.list}`)]
    : [
        known,
        warning("erasures", `${unknown.length} since the backup that was restored are applied when a worker starts`),
      ];
}
