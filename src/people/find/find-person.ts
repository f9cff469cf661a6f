/** Finds everything that is kept of one person, by ids: what shows, exports or erases a person starts here. */
import type { Executor } from "../../database/client.ts";
import { emailKey } from "../../platform/email-key.ts";
import { quarantinedOf, type Quarantined } from "./quarantined.ts";

/** Whom somebody asks about: an e-mail in any spelling, the vendor's id of the person, or the number of an import. */
export type Named =
  { readonly by: "email"; readonly email: string } | { readonly by: "applicant" | "import"; readonly id: bigint };

/** What is kept of one person, in ascending order. */
export interface Person {
  readonly account: string;
  /** Every e-mail of theirs, in its comparable form. An address that a row had formerly is not one of them: it may be somebody else's. */
  readonly emails: readonly string[];
  /** Ids of `applicant`, or that an import of theirs names. */
  readonly applicants: readonly bigint[];
  readonly applications: readonly bigint[];
  readonly imports: readonly bigint[];
  readonly quarantined: readonly Quarantined[];
  /** Idempotency keys of the requests whose answers name an import of theirs. */
  readonly requests: readonly string[];
  /** Rows of `applicant` that are not theirs as far as we know, but had the address that was asked for: somebody must look at them. */
  readonly formerly: readonly bigint[];
}

/** What leads from one row of a person to another. */
interface Known {
  readonly emails: Set<string>;
  readonly applicants: Set<bigint>;
  readonly imports: Set<bigint>;
}

/**
 * Finds a person by their rows, deleted and erased ones included: those with one e-mail in its comparable form, the imports of that e-mail
 * (by their hash, if they are erased), and the rows and imports that name each other by the vendor's id. Reads by indexes, but for
 * `quarantine`, which is small, and the answers of the last days.
 */
export async function findPerson(tx: Executor, account: string, named: Named): Promise<Person> {
  const known: Known = {
    emails: new Set(named.by === "email" ? [emailKey(named.email)] : []),
    applicants: new Set(named.by === "applicant" ? [named.id] : []),
    imports: new Set(named.by === "import" ? [named.id] : []),
  };
  for (let before = -1; before < sizeOf(known);) {
    before = sizeOf(known);
    await addApplicants(tx, account, known);
    await addImports(tx, account, known);
  }
  const { present, applicants } = await presentOf(tx, account, known);
  const applications = await applicationsOf(tx, account, applicants, present);
  const emails = [...known.emails].toSorted();
  const imports = present.toSorted(ascending);
  return {
    account,
    emails,
    applicants,
    applications,
    imports,
    quarantined: await quarantinedOf(tx, account, { emails, applicants, applications }),
    requests: await requestsOf(tx, account, imports),
    formerly: named.by === "email" ? await formerlyOf(tx, account, emailKey(named.email), applicants) : [],
  };
}

/** The person as the audit names them: by ids alone. */
export function subjectsOf({ applicants, imports }: Pick<Person, "applicants" | "imports">): readonly string[] {
  return [...applicants.map((id) => `applicant ${id}`), ...imports.map((id) => `import ${id}`)];
}

const sizeOf = ({ emails, applicants, imports }: Known) => emails.size + applicants.size + imports.size;
const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

async function addApplicants(tx: Executor, account: string, { emails, applicants }: Known): Promise<void> {
  const rows = await tx.$queryRaw<{ id: bigint; email: string | null }[]>`
    select id, email_key as email from public.applicant where account = ${account} and email_key = any(${[...emails]}::text[])
    union select id, email_key from public.applicant where account = ${account} and id = any(${[...applicants]}::bigint[])`;
  for (const { id, email } of rows) {
    applicants.add(id);
    if (email !== null && email !== "") emails.add(email);
  }
}

async function addImports(tx: Executor, account: string, { emails, applicants, imports }: Known): Promise<void> {
  const rows = await tx.$queryRaw<{ id: bigint; email: string | null; applicant: bigint | null }[]>`
    with theirs as (
      select person from public.applicant_import where account = ${account} and id = any(${[...imports]}::bigint[])
      union select public.import_person(e) from unnest(${[...emails]}::text[]) e)
    select i.id, i.email, i.applicant_id as applicant from public.applicant_import i join theirs using (person)
      where i.account = ${account}
    union select id, email, applicant_id from public.applicant_import
      where account = ${account} and applicant_id = any(${[...applicants]}::bigint[])`;
  for (const { id, email, applicant } of rows) {
    imports.add(id);
    if (applicant !== null) applicants.add(applicant);
    const key = email === null ? "" : emailKey(email);
    if (key !== "") emails.add(key);
  }
}

/** Of what was named, what there is. An id that only an import names counts: the person is known by it. */
async function presentOf(tx: Executor, account: string, { applicants, imports }: Known) {
  const there = await tx.$queryRaw<{ kind: "applicant" | "import"; id: bigint }[]>`
    select 'applicant' as kind, id from public.applicant where account = ${account} and id = any(${[...applicants]}::bigint[])
    union select 'applicant', applicant_id from public.applicant_import
      where account = ${account} and id = any(${[...imports]}::bigint[]) and applicant_id is not null
    union select 'import', id from public.applicant_import where account = ${account} and id = any(${[...imports]}::bigint[])`;
  const of = (wanted: string) => there.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  return { present: of("import"), applicants: of("applicant").toSorted(ascending) };
}

async function applicationsOf(
  tx: Executor,
  account: string,
  applicants: readonly bigint[],
  imports: readonly bigint[],
): Promise<readonly bigint[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    select id from public.application where account = ${account} and applicant_id = any(${[...applicants]}::bigint[])
    union select a.id from public.applicant_import i join public.application a on a.account = i.account and a.id = i.application_id
      where i.account = ${account} and i.id = any(${[...imports]}::bigint[])
    order by 1`;
  return rows.map(({ id }) => id);
}

async function requestsOf(tx: Executor, account: string, imports: readonly bigint[]): Promise<readonly string[]> {
  if (imports.length === 0) return [];
  const rows = await tx.$queryRaw<{ key: string }[]>`
    select key from public.import_request where account = ${account} and exists (
      select from jsonb_path_query(answer, '$.imports[*].id') one where one #>> '{}' = any(${imports.map(String)}::text[]))
    order by 1`;
  return rows.map(({ key }) => key);
}

/** The changes of addresses have an index of their own: they are few, and compared here in the form in which all addresses are. */
async function formerlyOf(
  tx: Executor,
  account: string,
  email: string,
  known: readonly bigint[],
): Promise<readonly bigint[]> {
  const rows = await tx.$queryRaw<{ id: bigint; email: string | null }[]>`
    select row_id as id, before ->> 'email' as email from public.change
    where account = ${account} and resource = 'applicant' and before ? 'email'`;
  const had = rows.filter((row) => row.email !== null && emailKey(row.email) === email).map(({ id }) => id);
  return [...new Set(had)].filter((id) => !known.includes(id)).toSorted(ascending);
}
