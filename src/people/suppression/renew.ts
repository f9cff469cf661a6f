/** Renews the key by which people are suppressed. */
import { writeAudit, type Decider } from "../../database/audit.ts";
import type { Executor } from "../../database/client.ts";
import type { Keyring } from "./key.ts";
import { currentKey, lockPeople } from "./suppress.ts";

/** How many suppressions have the current key now, and how many need a former one until their e-mail is seen again. */
export interface Renewed {
  readonly current: number;
  readonly former: number;
}

/**
 * Hashes the ids of suppressed people by the current key, and forgets former keys that nothing needs any more. The hash of an e-mail
 * cannot be computed from a hash: it is renewed when a sync sees the e-mail.
 */
export async function renewKey(tx: Executor, account: string, keyring: Keyring, by: Decider): Promise<Renewed> {
  await lockPeople(tx, account);
  const key = await currentKey(tx, account, keyring);
  await tx.$executeRaw`insert into public.privacy_key (account, id) values (${account}, ${key.id}) on conflict do nothing`;
  const former = await tx.suppression.findMany({
    where: { account, kind: "applicant", keyId: { not: key.id } },
    select: { hash: true, applicantId: true },
  });
  const rows = former.map(({ hash, applicantId }) => ({
    hash,
    renewed: key.hash(account, "applicant", String(applicantId)),
  }));
  await tx.$executeRaw`
    update public.suppression s set hash = r.renewed, key_id = ${key.id}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (hash text, renewed text)
    where s.account = ${account} and s.kind = 'applicant' and s.hash = r.hash`;
  await tx.$executeRaw`
    delete from public.privacy_key k where account = ${account} and id <> ${key.id}
      and not exists (select from public.suppression s where s.account = k.account and s.key_id = k.id)`;
  const current = await tx.suppression.count({ where: { account, keyId: key.id } });
  const left = await tx.suppression.count({ where: { account, keyId: { not: key.id } } });
  await writeAudit(tx, { account, by, what: "privacy_key_renewed", facts: { current, former: left } });
  return { current, former: left };
}
