/** After a restore, before anything else runs: applies again what was erased and suppressed since the backup. */
import { WORKER } from "../../database/audit.ts";
import { inTransaction, type Executor } from "../../database/client.ts";
import { emailKey } from "../../platform/email-key.ts";
import { erasePerson, type EraseOptions } from "../erase/erase-person.ts";
import type { Named } from "../find/find-person.ts";
import type { Keyring, PrivacyKey } from "./key.ts";
import { unknownEntries, type ListEntry, type ListOwner, type ListFile } from "./list.ts";
import { lockPeople, suppressHashes, unsuppressHashes } from "./suppress.ts";

export interface ReapplyNeeds extends ListOwner, Pick<EraseOptions, "closeImports"> {
  readonly keyring: Keyring;
}

/** Returns how many entries the database lacked. Each is applied in its own transaction, once: killed, it goes on the next time. */
export async function reapplyErasures(needs: ReapplyNeeds, file: ListFile): Promise<number> {
  const entries = await unknownEntries(needs, file);
  if (entries.length === 0) return 0;
  const { database, account, keyring, closeImports } = needs;
  const keys = keyring.with([...new Set(entries.map(({ key }) => key))]);
  const people = await peopleOf(needs, entries, keys);
  for (const entry of entries) {
    const key = keys.find(({ id }) => id === entry.key);
    if (key === undefined) continue;
    await inTransaction(database, async (tx) => {
      const { id, what, emails, ticket, at } = entry;
      const applicants = entry.applicants.map(BigInt);
      const whom = { emails, applicants };
      await lockPeople(tx, account);
      // Another process has applied it meanwhile.
      if ((await tx.erasure.count({ where: { id } })) > 0) return;
      if (what === "unsuppressed") await unsuppressHashes(tx, account, whom);
      else await suppressHashes(tx, account, whom, key, { what, ticket });
      for (const named of what === "erased" ? (people.get(id) ?? []) : []) {
        await erasePerson(tx, account, named, { key, ticket, by: WORKER, closeImports });
      }
      // Last: what is noted here was applied.
      await tx.erasure.create({
        data: { id, account, at: new Date(at), what, keyId: key.id, emails, applicants, ticket },
      });
    });
  }
  return entries.length;
}

/** Whom the restored database has of the people of each erasure: by their ids, and by whatever e-mail has one of the hashes. */
async function peopleOf(
  { database, account }: ReapplyNeeds,
  entries: readonly ListEntry[],
  keys: readonly PrivacyKey[],
): Promise<ReadonlyMap<string, readonly Named[]>> {
  const erased = entries.filter(({ what }) => what === "erased");
  const byHash = new Map<string, readonly Named[]>(erased.flatMap(({ emails }) => emails.map((hash) => [hash, []])));
  for await (const { email, named } of peopleWithEmail(database, account)) {
    for (const key of keys) {
      const hash = key.hash(account, "email", emailKey(email));
      const found = byHash.get(hash);
      if (found !== undefined) byHash.set(hash, [...found, named]);
    }
  }
  return new Map(
    erased.map(({ id, applicants, emails }) => [
      id,
      [
        ...applicants.map((one): Named => ({ by: "applicant", id: BigInt(one) })),
        ...emails.flatMap((hash) => byHash.get(hash) ?? []),
      ],
    ]),
  );
}

const BATCH = 5_000;

async function* peopleWithEmail(database: Executor, account: string) {
  for (const [by, table] of [
    ["applicant", "applicant"],
    ["import", "applicant_import"],
  ] as const) {
    for (let after = -1n; ;) {
      const rows = await database.$queryRawUnsafe<{ id: bigint; email: string }[]>(
        `select id, email from public.${table} where account = $1 and email is not null and id > $2 order by id limit ${BATCH}`,
        account,
        after,
      );
      for (const { id, email } of rows) yield { email, named: { by, id } satisfies Named };
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
  }
}
