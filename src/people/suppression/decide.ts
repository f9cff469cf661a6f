/** What somebody decides about one person: that they are suppressed, or no longer. */
import { writeAudit, type Decider } from "../../database/audit.ts";
import type { Executor } from "../../database/client.ts";
import { AppError } from "../../platform/errors.ts";
import { findPerson, subjectsOf, type Named, type Person } from "../find/find-person.ts";
import type { Keyring, PrivacyKey } from "./key.ts";
import { emptyPeople, lockPeople, suppress, unsuppress } from "./suppress.ts";

interface How {
  readonly ticket: string | null;
  readonly by: Decider;
}

interface SuppressHow extends How {
  /** Rejects those of these imports that wait, and returns those in flight (outbox/operations/close.ts). */
  readonly rejectImports: (tx: Executor, account: string, imports: readonly bigint[]) => Promise<readonly bigint[]>;
}

interface SuppressedPerson extends Person {
  /** The imports that cannot be called back: being sent, or of an unknown outcome. */
  readonly inFlight: readonly bigint[];
}

/**
 * Suppresses a person whom an e-mail, an id or an import names, rejects their imports that wait, and empties what the mirror has of them.
 * Throws `person_unknown`.
 */
export async function suppressPerson(
  tx: Executor,
  account: string,
  named: Named,
  key: PrivacyKey,
  { ticket, by, rejectImports }: SuppressHow,
): Promise<SuppressedPerson> {
  await lockPeople(tx, account);
  const person = await personOf(tx, account, named);
  const { emails, applicants, imports } = person;
  if (emails.length + applicants.length === 0) throw unknownImport();
  await suppress(tx, account, { emails, applicantIds: applicants }, key, { what: "suppressed", ticket });
  const inFlight = await rejectImports(tx, account, imports);
  await emptyPeople(tx, account, applicants);
  await writeAudit(tx, { account, by, what: "person_suppressed", subjects: subjectsOf(person), facts: { ticket } });
  return { ...person, inFlight };
}

/** Lets a person come back. Returns them with every id that was suppressed. Throws `not_suppressed`. */
export async function unsuppressPerson(
  tx: Executor,
  account: string,
  named: Named,
  keyring: Keyring,
  { ticket, by }: How,
): Promise<Person> {
  const found = await personOf(tx, account, named);
  const { emails, applicants } = found;
  const ended = await unsuppress(tx, account, { emails, applicantIds: applicants }, keyring, { ticket });
  if (ended.length === 0) throw notSuppressed();
  const person = { ...found, applicants: [...new Set([...applicants, ...ended.flatMap((id) => id ?? [])])] };
  await writeAudit(tx, { account, by, what: "person_unsuppressed", subjects: subjectsOf(person), facts: { ticket } });
  return person;
}

/** An id of the vendor that nothing here has yet is a person all the same. */
async function personOf(tx: Executor, account: string, named: Named): Promise<Person> {
  const found = await findPerson(tx, account, named);
  return named.by === "applicant" ? { ...found, applicants: [...new Set([named.id, ...found.applicants])] } : found;
}

function unknownImport(): AppError {
  return new AppError("person_unknown", {
    en: "There is no such import, or nothing is kept of its person: give the e-mail on standard input, or --applicant.",
    fr: "Cet import n'existe pas, ou rien n'est conservé de sa personne : donnez l'adresse sur l'entrée standard, ou --applicant.",
  });
}

function notSuppressed(): AppError {
  return new AppError("not_suppressed", {
    en: "This person is not suppressed. Nothing was changed.",
    fr: "Cette personne n'est pas bloquée. Rien n'a été modifié.",
  });
}
