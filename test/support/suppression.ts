import { inTransaction, type Database } from "../../src/database/client.ts";
import type { PrivacyKey } from "../../src/people/suppression/key.ts";
import { suppress, type Identifiers } from "../../src/people/suppression/suppress.ts";
import { keyringOf, PRIVACY_KEY } from "./keyring.ts";

/** Who somebody is of whom nothing is known. */
export const NOBODY: Identifiers = { emails: [], applicantIds: [] };

/** Suppresses one person in an account, by default without erasing them. */
export function suppressOne(
  database: Database,
  account: string,
  person: Partial<Identifiers>,
  {
    key = keyringOf(PRIVACY_KEY).current(),
    what = "suppressed",
  }: { key?: PrivacyKey; what?: "erased" | "suppressed" } = {},
): Promise<void> {
  return inTransaction(database, (tx) => suppress(tx, account, { ...NOBODY, ...person }, key, { what, ticket: null }));
}

/** Leaves nobody suppressed in any account. */
export async function unsuppressAll(database: Database): Promise<void> {
  await database.suppression.deleteMany();
  await database.privacyKey.deleteMany();
  await database.erasure.deleteMany();
}
