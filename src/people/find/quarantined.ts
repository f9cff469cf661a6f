/** The objects in quarantine that are about one person: they never became rows, and may lack what a row has. */
import { sql, type Executor } from "../../database/client.ts";
import { emailKey } from "../../platform/email-key.ts";

/** What identifies a row of `quarantine` within its account. */
export interface Quarantined {
  readonly resource: string;
  readonly fingerprint: string;
}

/** Finds them by id where the object has one, and by each address in it. `emails`: in their comparable form. */
export async function quarantinedOf(
  tx: Executor,
  account: string,
  {
    emails,
    applicants,
    applications,
  }: {
    readonly emails: readonly string[];
    readonly applicants: readonly bigint[];
    readonly applications: readonly bigint[];
  },
): Promise<readonly Quarantined[]> {
  const ids = sql`${[...applicants]}::bigint[]`;
  const texts = sql`${applicants.map(String)}::text[]`;
  const rows = await tx.$queryRaw<(Quarantined & { byId: boolean; raw: unknown })[]>`
    select resource, fingerprint, by_id as "byId", case when not by_id then raw end as raw
    from public.quarantine cross join lateral (select coalesce(
      ((resource = 'applicants' or part = 'applicant') and row_id = any(${ids}))
      or (resource = 'applications' and part is null and row_id = any(${[...applications]}::bigint[]))
      or raw ->> 'applicant_id' = any(${texts}) or raw #>> '{applicant,id}' = any(${texts}), false) as by_id) id
    where account = ${account} and resource in ('applicants', 'applications') and (by_id
      or exists (select from unnest(${[...emails]}::text[]) e where strpos(lower(normalize(raw::text, NFKC)), e) > 0))
    order by 1, 2`;
  const wanted = new Set(emails);
  return rows
    .filter(({ byId, raw }) => byId || hasAddress(raw, wanted))
    .map(({ resource, fingerprint }) => ({ resource, fingerprint }));
}

/** Whether one of the addresses stands anywhere in a document, by itself or among other words. */
function hasAddress(value: unknown, wanted: ReadonlySet<string>): boolean {
  if (typeof value === "string") return value.split(/[\s<>()[\]{},;:"']+/).some((word) => wanted.has(emailKey(word)));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) => hasAddress(key, wanted) || hasAddress(inner, wanted));
}
