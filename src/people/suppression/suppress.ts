/** Suppressed people: whom the mirror shows as ids, dates and states alone, and whom no import creates. */
import { randomUUID } from "node:crypto";
import type { Executor } from "../../database/client.ts";
import { emailKey } from "../../platform/email-key.ts";
import { requestCleanUp } from "../erase/clean-up.ts";
import type { Keyring, PrivacyKey } from "./key.ts";

/** Who a person is: e-mails in any spelling, and the vendor's ids. */
export interface Identifiers {
  readonly emails: readonly string[];
  readonly applicantIds: readonly bigint[];
}

export interface SuppressOptions {
  /** `erased`: what is stored of the person is erased in the same transaction. */
  readonly what: "erased" | "suppressed";
  /** The number of the request in the system where it was filed; no personal data. */
  readonly ticket: string | null;
}

/**
 * Suppresses a person, and notes it for the list outside the database, which the caller has written after the commit. Until the
 * transaction ends, no page is written and no import is accepted or claimed: what it finds of the person is all there is. It leaves
 * what is stored. From here on a write of any row of theirs in `applicant`, `application`, `change` or `quarantine` empties it, by
 * triggers.
 */
export async function suppress(
  tx: Executor,
  account: string,
  { emails, applicantIds }: Identifiers,
  key: PrivacyKey,
  { what, ticket }: SuppressOptions,
): Promise<void> {
  const hashes = [...hashesOf(account, emails, [key]).keys()];
  const whom = { emails: hashes, applicants: [...applicantIds] };
  await suppressHashes(tx, account, whom, key, { what, ticket });
  await note(tx, account, { what, keyId: key.id, ...whom, ticket });
}

/** A person by the hashes of their e-mails, and the vendor's ids. */
interface Hashed {
  readonly emails: string[];
  readonly applicants: bigint[];
}

/** `suppress` without its note. */
export async function suppressHashes(
  tx: Executor,
  account: string,
  { emails, applicants }: Hashed,
  key: PrivacyKey,
  { what, ticket }: SuppressOptions,
): Promise<void> {
  const isErased = what === "erased";
  await lockPeople(tx, account);
  await tx.$executeRaw`insert into public.privacy_key (account, id) values (${account}, ${key.id}) on conflict do nothing`;
  const rows = [
    ...emails.map((hash) => ({ kind: "email", hash, id: null })),
    ...applicants.map((id) => ({
      kind: "applicant",
      hash: key.hash(account, "applicant", String(id)),
      id: String(id),
    })),
  ];
  await tx.$executeRaw`
    delete from public.suppression where account = ${account} and kind = 'retention' and applicant_id = any(${applicants})`;
  await tx.$executeRaw`
    insert into public.suppression as s (account, kind, hash, applicant_id, key_id, is_erased, ticket)
    select ${account}, kind, hash, id, ${key.id}, ${isErased}::boolean, ${ticket}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (kind text, hash text, id bigint)
    where not exists (select from public.suppression k where k.account = ${account} and k.applicant_id = r.id)
    on conflict (account, kind, hash) do nothing`;
  await requestCleanUp(tx, account);
  if (isErased) {
    await tx.$executeRaw`
      update public.suppression set is_erased = true where account = ${account} and not is_erased
        and (kind = 'email' and hash = any(${emails}) or applicant_id = any(${applicants}))`;
  }
}

/**
 * Lets a person come back with the next sync and the next import: also by what was suppressed together with the e-mails and ids. Returns
 * for each suppression that ended the id, or null for an e-mail.
 */
export async function unsuppress(
  tx: Executor,
  account: string,
  { emails, applicantIds }: Identifiers,
  keyring: Keyring,
  { ticket }: Pick<SuppressOptions, "ticket">,
): Promise<readonly (bigint | null)[]> {
  await lockPeople(tx, account);
  const keys = await requireKeys(tx, account, keyring);
  const hashes = [...hashesOf(account, emails, keys).keys()];
  const whom = await togetherWith(tx, account, { emails: hashes, applicants: [...applicantIds] });
  const ended = await unsuppressHashes(tx, account, whom);
  const [key] = keys;
  if (ended.length > 0 && key !== undefined) {
    await note(tx, account, { what: "unsuppressed", keyId: key.id, ...whom, ticket });
  }
  return ended;
}

/** What was suppressed together with these, directly or by another e-mail or id. */
async function togetherWith(tx: Executor, account: string, { emails, applicants }: Hashed): Promise<Hashed> {
  const entries = await tx.erasure.findMany({
    where: { account, OR: [{ emails: { hasSome: emails } }, { applicants: { hasSome: applicants } }] },
  });
  const whom = {
    emails: [...new Set([...emails, ...entries.flatMap((entry) => entry.emails)])],
    applicants: [...new Set([...applicants, ...entries.flatMap((entry) => entry.applicants)])],
  };
  const isMore = whom.emails.length + whom.applicants.length > emails.length + applicants.length;
  return isMore ? togetherWith(tx, account, whom) : whom;
}

/** `unsuppress` without its note. */
export async function unsuppressHashes(tx: Executor, account: string, { emails, applicants }: Hashed) {
  const ended = await tx.$queryRaw<{ id: bigint | null }[]>`
    delete from public.suppression where account = ${account}
      and (kind = 'email' and hash = any(${emails}) or applicant_id = any(${applicants})) returning applicant_id as id`;
  return ended.map(({ id }) => id);
}

/** Empties what the mirror has of suppressed people, their history and quarantine included: what is not of one stays. */
export async function emptyPeople(tx: Executor, account: string, applicants: readonly bigint[]): Promise<void> {
  await tx.$executeRaw`select public.empty_people(${account}, ${[...applicants]}::bigint[])`;
}

/** Those of many people who are suppressed. `emails`: as they were asked for. */
export interface Suppressed {
  readonly emails: ReadonlySet<string>;
  readonly applicantIds: ReadonlySet<bigint>;
}

/** Who of many people is suppressed, in one statement. Throws `privacy_key_unknown` if this process lacks the key to check it. */
export async function suppressedAmong(
  executor: Executor,
  account: string,
  keyring: Keyring,
  { emails, applicantIds }: Identifiers,
): Promise<Suppressed> {
  const keys = await requireKeys(executor, account, keyring);
  if (keys.length === 0) return { emails: new Set(), applicantIds: new Set() };
  const hashes = hashesOf(account, emails, keys);
  const found = await executor.$queryRaw<{ hash: string; applicantId: bigint | null }[]>`
    select hash, applicant_id as "applicantId" from public.suppression where account = ${account}
      and (kind = 'email' and hash = any(${[...hashes.keys()]}) or kind = 'applicant' and applicant_id = any(${[...applicantIds]}))`;
  return {
    emails: new Set(found.flatMap(({ hash }) => hashes.get(hash) ?? [])),
    applicantIds: new Set(found.flatMap(({ applicantId }) => applicantId ?? [])),
  };
}

/** Keeps everybody else from writing people. The outbox is locked first, as wherever both are. */
export async function lockPeople(tx: Executor, account: string): Promise<void> {
  await tx.$executeRaw`select public.lock_account(${account}, 'outbox', 10000)`;
  await tx.$executeRaw`select public.lock_account(${account}, 'mirror applicant', 10000)`;
}

/**
 * The keys of this process; none where nobody is suppressed. Throws `privacy_key_unknown` if one is not among them by which people are
 * suppressed: they would come back.
 */
export async function requireKeys(
  executor: Executor,
  account: string,
  keyring: Keyring,
): Promise<readonly PrivacyKey[]> {
  const used = await executor.privacyKey.findMany({ where: { account }, select: { id: true } });
  return used.length === 0 ? [] : keyring.with(used.map(({ id }) => id));
}

/**
 * The key by which further people are suppressed: made at first need, but never in the place of one that is lost. Throws
 * `privacy_key_unknown`, `privacy_key_missing`.
 */
export async function currentKey(executor: Executor, account: string, keyring: Keyring): Promise<PrivacyKey> {
  await requireKeys(executor, account, keyring);
  return keyring.current();
}

/** The hashes of e-mails by each key, with the e-mails that have them. */
export function hashesOf(account: string, emails: readonly string[], keys: readonly PrivacyKey[]) {
  const hashes = new Map<string, readonly string[]>();
  for (const email of emails) {
    const comparable = emailKey(email);
    if (comparable === "") continue;
    for (const key of keys) {
      const hash = key.hash(account, "email", comparable);
      hashes.set(hash, [...(hashes.get(hash) ?? []), email]);
    }
  }
  return hashes;
}

type Entry = Parameters<Executor["erasure"]["create"]>[0]["data"];

async function note(tx: Executor, account: string, entry: Omit<Entry, "id" | "account">): Promise<void> {
  await tx.erasure.create({ data: { id: randomUUID(), account, ...entry } });
}
