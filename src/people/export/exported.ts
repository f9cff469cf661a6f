/** Which tables hold something of one person, and which of their rows an export shows. */
import { sql, type Sql } from "../../database/client.ts";
import type { Person } from "../find/find-person.ts";
import { ROWS } from "../find/rows.ts";
import type { TABLES } from "../tables.ts";

type Tables = typeof TABLES;
type About = "person" | "text" | "quasi" | "pseudonym";
/** Relations with a column of any class but `none`, unless they are about the company. */
type Holding = {
  [Name in keyof Tables]: Tables[Name] extends { readonly subject: "company" }
    ? never
    : Extract<keyof Tables[Name], About> extends never
      ? never
      : Name;
}[keyof Tables];

/** What holds nothing of a person who applies, and what is shown in another way. */
type LeftOut =
  // Recruiters and operators, and programs.
  | "manager"
  | "import_control"
  | "import_source"
  | "import_inbox_account"
  | "import_errors_file"
  | "settings_seen"
  | "privacy_key"
  // The decisions are read on their own: who decided is no data of the person.
  | "audit"
  | "audit_chain"
  | "audit_check"
  // Ids in the logs of requests and runs, which the document mentions.
  | "api_request"
  | "sync_page"
  | "sync_candidate"
  | "pending_fact"
  // Views.
  | "application_status_time"
  | "application_stages"
  | "import_inbox"
  | "import_status"
  | "reported_application"
  | "reported_change";

/** A relation that is added to the classes does not compile until it is here or in `LeftOut`. */
export type ExportedTable = Exclude<Holding, LeftOut>;

/** A person, with the hashes of their e-mails by the keys of this process. */
export interface Hashed extends Person {
  readonly hashes: readonly string[];
}

const ofApplications = ({ account, applications }: Person) =>
  sql`account = ${account} and application_id = any(${[...applications]}::bigint[])`;

/** The condition under which a row is about the person. */
export const HELD: Readonly<Record<ExportedTable, (person: Hashed) => Sql>> = {
  ...ROWS,
  application_fact: ofApplications,
  application_step: ofApplications,
  application_state: ofApplications,
  retention_person: ({ account, applicants }) =>
    sql`account = ${account} and applicant_id = any(${[...applicants]}::bigint[])`,
  suppression: ({ account, applicants, hashes }) => sql`account = ${account} and (
    applicant_id = any(${[...applicants]}::bigint[]) or (kind = 'email' and hash = any(${[...hashes]}::text[])))`,
  erasure: ({ account, applicants, hashes }) => sql`account = ${account} and (
    applicants && ${[...applicants]}::bigint[] or emails && ${[...hashes]}::text[])`,
  import_request: ({ account, requests }) => sql`account = ${account} and key = any(${[...requests]}::text[])`,
  pending_detail: ({ account, applicants, applications }) => sql`account = ${account} and (
    (resource = 'applicant' and id = any(${[...applicants]}::bigint[]))
    or (resource = 'application' and id = any(${[...applications]}::bigint[])))`,
};

export const EXPORTED = Object.keys(HELD).filter((name): name is ExportedTable => name in HELD);

/** How rows are recognised by us alone, and to whom a table belongs, says nothing about the person. */
export const UNSHOWN = ["account", "hash", "email_key", "person", "fingerprint", "key_id", "emails", "last_change"];
