/** The objects in quarantine that are about one person: they never became rows, and may lack what a row has. */
import { sql, type Executor } from "../../database/client.ts";
import { addressesIn, emailKey } from "../../platform/email-key.ts";

/** Objects of one query: each has some kilobytes. */
const BATCH = 2_000;

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
  const wanted = new Set(emails);
  const found: Quarantined[] = [];
  for (let after: Quarantined = { resource: "", fingerprint: "" }; ;) {
    const rows = await tx.$queryRaw<(Quarantined & { byId: boolean; raw: unknown })[]>`
      select resource, fingerprint, by_id as "byId", case when not by_id then raw end as raw
      from public.quarantine cross join lateral (select coalesce(
        ((resource = 'applicants' or part = 'applicant') and row_id = any(${ids}))
        or (resource = 'applications' and part is null and row_id = any(${[...applications]}::bigint[]))
        or raw ->> 'applicant_id' = any(${texts}) or raw #>> '{applicant,id}' = any(${texts}), false) as by_id) id
      where account = ${account} and resource in ('applicants', 'applications')
        and (resource, fingerprint) > (${after.resource}, ${after.fingerprint})
        and (by_id or exists (select from unnest(${[...emails]}::text[]) e
          where strpos(e, '@') = 0 or strpos(normalize(raw::text, NFKC), '@') > 0))
      order by 1, 2 limit ${BATCH}`;
    const theirs = rows.filter(({ byId, raw }) => byId || hasAddress(raw, wanted));
    found.push(...theirs.map(({ resource, fingerprint }) => ({ resource, fingerprint })));
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return found;
    after = last;
  }
}

/** Whether one of the addresses stands anywhere in a document, alone or among other words. What is no e-mail may be one's all the same. */
function hasAddress(raw: unknown, wanted: ReadonlySet<string>): boolean {
  return (
    addressesIn(raw).some((one) => wanted.has(emailKey(one))) || wordsIn(raw).some((one) => wanted.has(emailKey(one)))
  );
}

function wordsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.split(/[\s<>()[\]{},;:"']+/);
  return typeof value === "object" && value !== null ? Object.entries(value).flat().flatMap(wordsIn) : [];
}
