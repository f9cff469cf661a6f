/** The erasure of a person as people order it, by a command or on the page. */
import type { Decider } from "../../database/audit.ts";
import { inTransaction, type Database } from "../../database/client.ts";
import { AppError } from "../../platform/errors.ts";
import type { Named } from "../find/find-person.ts";
import { TABLES_OF_PEOPLE, type TableOfPeople } from "../find/rows.ts";
import type { Keyring } from "../suppression/key.ts";
import { currentKey } from "../suppression/suppress.ts";
import type { CleanedUp } from "./clean-up.ts";
import { erasePerson, type Erased, type EraseOptions } from "./erase-person.ts";

interface Needs extends Pick<EraseOptions, "closeImports"> {
  readonly database: Database;
  /** Removes what Postgres keeps of former rows, after the commit (clean-up.ts). */
  readonly cleanUp: () => Promise<CleanedUp>;
  readonly account: string;
  readonly keyring: Keyring;
  /** Writes the list outside the database, and erases what our files hold of the person, after the commit. */
  readonly keepFiles: () => Promise<void>;
}

export interface EraseOrder {
  readonly named: Named;
  readonly by: Decider;
  readonly ticket: string | null;
  /** What was shown to the person who decided; null: they decided beforehand. */
  readonly shown: Readonly<Record<TableOfPeople, number>> | null;
}

/** Whether a text is the number of a request, which names nobody: at most 100 letters, digits and . _ - # / : without spaces. */
export function isTicket(text: string): boolean {
  return /^[\w.#/:-]{1,100}$/.test(text);
}

export type Erase = (order: EraseOrder) => Promise<Erased & CleanedUp>;

/** Throws `person_unknown`, `person_changed`, `import_in_flight`, `privacy_key_missing`, `privacy_key_unknown`: then nothing was erased. */
export function createErasure({ database, account, keyring, closeImports, keepFiles, cleanUp }: Needs): Erase {
  return async ({ named, by, ticket, shown }) => {
    const erased = await inTransaction(database, async (tx) => {
      const key = await currentKey(tx, account, keyring);
      const done = await erasePerson(tx, account, named, { key, ticket, by, closeImports });
      if (TABLES_OF_PEOPLE.every((table) => done.rows[table] === 0)) throw unknownPerson(account);
      if (shown !== null && TABLES_OF_PEOPLE.some((table) => done.rows[table] !== shown[table])) throw changed();
      return done;
    });
    await keepFiles();
    return { ...erased, ...(await cleanUp()) };
  };
}

export function unknownPerson(account: string): AppError {
  return new AppError("person_unknown", {
    en: `Account ${account} keeps nothing of this person. To keep them from ever being created: applicant-sync people suppress`,
    fr: `Le compte ${account} ne conserve rien de cette personne. Pour qu'elle ne soit jamais créée : applicant-sync people suppress`,
  });
}

function changed(): AppError {
  return new AppError("person_changed", {
    en: "What is kept of this person has changed since it was shown. Nothing was erased: look at it again.",
    fr: "Ce qui est conservé de cette personne a changé depuis l'affichage. Rien n'a été effacé : regardez de nouveau.",
  });
}
