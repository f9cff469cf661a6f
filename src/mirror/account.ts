import type { Database } from "../database/client.ts";
import { UsageError } from "../platform/errors.ts";

export interface AccountIdentity {
  readonly account: string;
  readonly kind: string;
  readonly environment: string;
  readonly apiHost: string;
}

/**
 * Ties an account key to the remote account it was first used for, so that sandbox and production, or two kinds of key,
 * never share one mirror by mistake. Throws `account_mismatch`.
 */
export async function claimAccount(database: Database, identity: AccountIdentity): Promise<void> {
  const { account, ...remote } = identity;
  // Not `upsert`, which reads before it writes: two processes that start together would both insert.
  await database.account.createMany({ data: identity, skipDuplicates: true });
  // So that a plain `update` of this row throws the kill switch.
  await database.importControl.createMany({ data: { account }, skipDuplicates: true });
  const known = await database.account.findUniqueOrThrow({ where: { account } });
  const differing = (["kind", "environment", "apiHost"] as const).filter((key) => known[key] !== remote[key]);
  if (differing.length === 0) return;
  const differences = differing.map((key) => `${key} was ${known[key]}, now ${remote[key]}`).join("; ");
  throw new UsageError("account_mismatch", {
    en: `The account "${account}" of this database mirrors another remote account (${differences}). Give this one a key of its own with KELIO_ACCOUNT, or use another database.`,
    fr: `Le compte « ${account} » de cette base reproduit un autre compte distant (${differences}). Donnez à celui-ci une clé propre par KELIO_ACCOUNT, ou prenez une autre base.`,
  });
}
