/** Leaves of the suppressed people of an answer their ids, dates and states, before anything of it is written. */
import type { Statements } from "../../database/statements.ts";
import { fingerprint } from "../../mirror/items/bounded.ts";
import { isObject, type InvalidItem, type Item } from "../../mirror/items/item.ts";
import { wholeNumber } from "../../mirror/items/values.ts";
import { stripped, suppressByEmail, type SuppressionFacts, type SuppressionKeys } from "../../mirror/suppressed.ts";
import type { MirrorTable } from "../../mirror/tables.ts";
import type { HeldRows } from "../../mirror/write-page.ts";
import { addressesIn } from "../../platform/email-key.ts";
import { AppError } from "../../platform/errors.ts";

/** Rows of an answer that go to one table. */
interface Rows {
  readonly table: MirrorTable;
  readonly items: readonly Item[];
}

interface Sorted {
  readonly main: Rows;
  readonly parts: readonly (Rows & { readonly key: string })[];
  readonly invalid: readonly InvalidItem[];
  /** The items as they came. */
  readonly listed: readonly unknown[];
}

/** What is read of an item that is a row, or is none. */
type Readable = Pick<InvalidItem, "id" | "raw">;

export function holdsPeople({ main }: Pick<Sorted, "main">): boolean {
  return main.table.name === "applicant" || main.table.name === "application";
}

/** The ids of the people of an answer, and of its applications that name none. Decimal digits. */
export function peopleOf({ main, parts, invalid }: Sorted) {
  const rows = [main, ...parts].flatMap(({ table, items }) => items.map((item) => ({ table, item })));
  const named = rows.map(({ table, item }) => ({ id: item.id, person: personOf(table, item) }));
  const unreadable = invalid.map((item) => ({ id: item.id, person: personOf(tableOf(item, main.table), item) }));
  const all = [...named, ...unreadable];
  return {
    people: [...new Set(all.flatMap(({ person }) => person ?? []))],
    applications: all.flatMap(({ id, person }) => (person === null && id !== undefined ? [id] : [])),
  };
}

export interface SuppressionContext {
  readonly account: string;
  readonly keyring: SuppressionKeys;
}

/**
 * The answer, of which what Postgres and the quarantine get of suppressed people is ids, dates and states. Throws `database_restored` if
 * the database may not know all of them: then nothing is written, and the job goes on once the erasures were applied again.
 */
export async function withoutSuppressed<S extends Sorted>(
  tx: Statements,
  { account, keyring }: SuppressionContext,
  answer: S,
  held: readonly HeldRows[],
  facts: SuppressionFacts | null,
): Promise<S> {
  if (facts?.isRestored === true) throw restored();
  if (facts?.keys == null) return answer;
  const keys = keyring.with(facts.keys);
  const { main, parts, invalid } = answer;
  const known = new Set(facts.applicants);
  const emails = emailsOf(answer, held);
  const found = await suppressByEmail(tx, account, keys, emails, known);
  const people = new Set([...known, ...[...found].flatMap((email) => emails.get(email) ?? [])]);
  const applications = new Set([...(facts.applications ?? []), ...ownersOf(answer, found)]);
  if (people.size + applications.size + found.size === 0) return answer;
  const isTheirs = (table: Pick<MirrorTable, "name">, item: Readable): boolean =>
    people.has(personOf(table, item) ?? "") || (table.name === "application" && applications.has(item.id ?? ""));
  const rows = <R extends Rows>({ table, items, ...rest }: R) => ({
    ...rest,
    table,
    items: items.map((item) => (isTheirs(table, item) ? stripped(table, item) : item)),
  });
  const names = (item: InvalidItem) => addressesIn(item.raw).some((email) => found.has(email));
  return {
    ...answer,
    main: rows(main),
    parts: parts.map(rows),
    invalid: invalid.map((item) => (isTheirs(tableOf(item, main.table), item) || names(item) ? emptied(item) : item)),
  };
}

function restored(): AppError {
  const message =
    "The database lacks an erasure that was applied to it: it was restored. The erasures since are applied again first.";
  return new AppError("database_restored", message, { disposition: "requeue" });
}

/**
 * The e-mails to look up, with the ids of whoever has them: of people whose row is not stored as it is, which that of a suppressed person
 * never is, and in whatever is no row.
 */
function emailsOf({ main, parts, invalid }: Sorted, held: readonly HeldRows[]) {
  const emails = new Map<string, readonly string[]>();
  const add = (email: string, ids: readonly string[]) => emails.set(email, [...(emails.get(email) ?? []), ...ids]);
  for (const [index, { table, items }] of [main, ...parts].entries()) {
    if (table.name !== "applicant") continue;
    for (const { id, hash, raw } of items) {
      const isStored = held[index]?.get(id) === hash;
      if (!isStored && typeof raw["email"] === "string") add(raw["email"], [id]);
    }
  }
  for (const { raw } of invalid) for (const email of addressesIn(raw)) add(email, []);
  return emails;
}

/** The applications that embed a person who cannot be a row and has one of these e-mails. */
function ownersOf({ listed, invalid }: Sorted, emails: ReadonlySet<string>): readonly string[] {
  if (emails.size === 0 || invalid.every(({ part }) => part === undefined)) return [];
  return listed.filter(isObject).flatMap((value) => {
    const id = idOf(value["id"]);
    const { applicant } = value;
    return id !== null && addressesIn(applicant).some((email) => emails.has(email)) ? [id] : [];
  });
}

function tableOf({ part }: InvalidItem, main: MirrorTable): Pick<MirrorTable, "name"> {
  return part === undefined ? main : { name: "applicant" };
}

/** The id of the person whom an item is about; null where it does not say. */
function personOf({ name }: Pick<MirrorTable, "name">, { id, raw }: Readable): string | null {
  if (name === "applicant") return id ?? null;
  if (!isObject(raw)) return null;
  const { applicant, applicant_id: linked } = raw;
  return idOf(linked ?? (isObject(applicant) ? applicant["id"] : null));
}

function idOf(value: unknown): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const id = wholeNumber(String(value).trim());
  return id === null ? null : BigInt(id).toString();
}

/** As the quarantine keeps it: recognised as before, and of its data nothing. */
function emptied(item: InvalidItem): InvalidItem {
  const { id, part = null, raw } = item;
  return { ...item, raw: {}, ...(id === undefined ? { fingerprint: fingerprint([part, raw]) } : {}) };
}
