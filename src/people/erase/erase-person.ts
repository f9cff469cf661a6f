/** Erases a person: their data goes, what counts and proves stays, and they do not come back. */
import { writeAudit, type Decider } from "../../database/audit.ts";
import { raw, type Executor } from "../../database/client.ts";
import { findPerson, subjectsOf, type Named, type Person } from "../find/find-person.ts";
import { countRows, ROWS, TABLES_OF_PEOPLE, type TableOfPeople } from "../find/rows.ts";
import type { PrivacyKey } from "../suppression/key.ts";
import { lockPeople, suppress } from "../suppression/suppress.ts";
import { emptied } from "./emptied.ts";
import { eraseWords, isNamedIn, namesOf } from "./words.ts";

export interface EraseOptions {
  readonly key: PrivacyKey;
  /** The number of the request in the system where it was filed; no personal data. */
  readonly ticket: string | null;
  readonly by: Decider;
  /** Ends the imports that wait (outbox/operations/close.ts). Throws `import_in_flight`: then nothing is erased. */
  readonly closeImports: (tx: Executor, account: string, imports: readonly bigint[]) => Promise<void>;
}

export interface Erased {
  /** Of each table, the rows about the person. All of them stay, without the data. */
  readonly rows: Readonly<Record<TableOfPeople, number>>;
  /** Answers to requests of the HTTP intake that were deleted. */
  readonly requests: number;
  readonly applicants: readonly bigint[];
  readonly imports: readonly bigint[];
}

/**
 * Erases a person within a transaction: empties every column of the classes person, text and quasi of their rows, ends their imports that
 * wait, suppresses their addresses and ids, and adds the row of the audit. Counts, ids, dates and states stay, so that reports and proofs
 * do. Until the transaction ends, nobody else writes people of the account.
 */
export async function erasePerson(
  tx: Executor,
  account: string,
  named: Named,
  { key, ticket, by, closeImports }: EraseOptions,
): Promise<Erased> {
  await lockPeople(tx, account);
  const person = await findPerson(tx, account, named);
  const { emails, applicants, imports } = person;
  await closeImports(tx, account, imports);
  const rows = await countRows(tx, person);
  const names = await namesOf(tx, person, { lastNames: true });
  await suppress(tx, account, { emails, applicantIds: applicants }, key, { what: "erased", ticket });
  for (const table of TABLES_OF_PEOPLE) {
    await tx.$executeRaw`update public.${raw(table)} set ${raw(emptied(table))} where ${ROWS[table](person)}`;
  }
  const requests = await dropRequests(tx, person);
  await eraseWords(tx, person, names);
  await writeAudit(tx, {
    account,
    by: { ...by, why: by.why !== null && (await isNamedIn(tx, by.why, names)) ? null : by.why },
    what: "person_erased",
    subjects: subjectsOf(person),
    facts: { ticket, ...rows, import_request: requests },
  });
  return { rows, requests, applicants, imports };
}

/** A request that is repeated is processed again: its other imports are known by their keys and people. */
function dropRequests(tx: Executor, { account, requests }: Person): Promise<number> {
  return tx.$executeRaw`
    delete from public.import_request where account = ${account} and key = any(${[...requests]}::text[])`;
}
