/** What operators wrote, and what the API answered, about a person: words outside their rows that name them. */
import type { Executor } from "../../database/client.ts";
import { subjectsOf, type Person } from "../find/find-person.ts";

/** A column in which words of many people stand. `where`: SQL, which rows of the table `t`; $1 is the account. */
interface Words {
  readonly table: string;
  readonly column: string;
  readonly where: string;
}

const AUDIT: Words = { table: "audit", column: "why", where: "t.account = $1" };
const OTHERS: readonly Words[] = [
  { table: "import_control", column: "held_reason", where: "t.account = $1" },
  { table: "sync_run", column: "error_message", where: "t.account = $1" },
];
const BY_HAND = "t.reason_code in ('by_hand', 'kill_switch')";
/** The reason for which somebody held many imports at once. */
const HELD: readonly Words[] = [
  { table: "applicant_import", column: "reason", where: `t.account = $1 and ${BY_HAND}` },
  {
    table: "import_event",
    column: "reason",
    where: `${BY_HAND} and exists (select from public.applicant_import i where i.id = t.import_id and i.account = $1)`,
  },
];

/** The shortest last name that is looked for: a shorter one stands in too many words of others. */
const SHORTEST = 3;
const FEWEST_DIGITS = 6;

/**
 * SQL: a regular expression for texts in NFKC that name the person by an e-mail, a phone number or, with `lastNames`, their last name, in
 * upper or lower case; null: none of these is known. Read before their rows are emptied. The last names of thousands of people are words
 * that anybody writes.
 */
export async function namesOf(
  tx: Executor,
  { account, applicants, imports, emails }: Pick<Person, "account" | "applicants" | "imports" | "emails">,
  { lastNames }: { readonly lastNames: boolean },
): Promise<string | null> {
  const rows = await tx.$queryRaw<{ email: string | null; name: string | null; phone: string | null }[]>`
    select email, last_name as name, phone_number as phone from public.applicant
      where account = ${account} and id = any(${[...applicants]}::bigint[])
    union select email, last_name, phone_number from public.applicant_import
      where account = ${account} and id = any(${[...imports]}::bigint[])
    union select null, before ->> 'last_name', before ->> 'phone_number' from public.change
      where account = ${account} and resource = 'applicant' and row_id = any(${[...applicants]}::bigint[])`;
  const texts = [...emails, ...rows.flatMap(({ email, name }) => [email ?? "", lastNames ? (name ?? "") : ""])].map(
    unified,
  );
  const phones = rows.map(({ phone }) => (phone ?? "").replaceAll(/\D/g, "").replace(/^0+/, ""));
  const patterns = [
    ...texts.filter((text) => text.length >= SHORTEST).map(inEitherCase),
    ...phones.filter((digits) => digits.length >= FEWEST_DIGITS).map((digits) => digits.split("").join("[ ./()-]*")),
  ];
  if (patterns.length === 0) return null;
  return `(?<![[:alnum:]])(${[...new Set(patterns)].join("|")})(?![[:alnum:]])`;
}

const unified = (text: string) => text.normalize("NFKC").trim();

/** The letter i, whose cases depend on the language. */
const LETTERS_I = ["i", "I", "ı", "İ"];

/** Not by lower() of Postgres: what that changes depends on the locale of the database (all of these i in Turkish, ASCII alone in C). */
function inEitherCase(text: string): string {
  const escaped = (letter: string) => letter.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
  const casesOf = (letter: string) => [...new Set([letter, letter.toLowerCase(), letter.toUpperCase()])];
  const letters = Array.from(text, (letter) => (LETTERS_I.includes(letter) ? LETTERS_I : casesOf(letter)));
  return letters.map((cases) => `(?:${cases.map(escaped).join("|")})`).join("");
}

/**
 * Takes away the reasons of decisions about the person and their imports, and texts elsewhere that name them. The decisions stay, and the
 * chain of the audit proves them still. `names`: as `namesOf` returned them. The erasure, or what retention suppresses, must be noted in
 * this transaction.
 */
export async function eraseWords(
  tx: Executor,
  person: Pick<Person, "account" | "applicants" | "imports">,
  names: string | null,
): Promise<void> {
  const { account, imports } = person;
  await tx.$executeRaw`
    update public.audit set why = null where account = ${account} and why is not null and what <> 'person_erased'
      and (subjects && ${[...subjectsOf(person)]}::text[] or (what like 'import\\_%' and subjects && ${imports.map(String)}::text[]))`;
  if (names === null) return;
  const empty = ({ table, column, where }: Words) =>
    tx.$executeRawUnsafe(
      `update public.${table} t set ${column} = null where ${where} and t.${column} is not null
        and normalize(t.${column}, NFKC) ~ $2`,
      account,
      names,
    );
  for (const words of OTHERS) await empty(words);
  // Every reason for which imports were held stands in the audit, too: only where it names the person there, it may among the many rows of
  // imports.
  if ((await empty(AUDIT)) > 0) for (const words of HELD) await empty(words);
}

/** Whether a text names the person. */
export async function isNamedIn(tx: Executor, text: string, names: string | null): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ named: boolean }[]>`select coalesce(${unified(text)} ~ ${names}, false) as named`;
  return row?.named ?? false;
}
