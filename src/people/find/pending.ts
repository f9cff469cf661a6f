/** Erased people whom the vendor still has: they must be deleted there, too. */
import type { Executor } from "../../database/client.ts";

/** Times are in ISO 8601. */
export type PendingAtVendor = Awaited<ReturnType<typeof pendingAtVendor>>[number];

/**
 * Those that no sync has found gone yet. Syncs read suppressed people as ids, and a full sync marks a row as deleted once the source
 * answers 404 for it (or, for a jobboard, no longer lists it): this asks for nothing. `applications`: theirs that the vendor still has. No
 * personal data.
 */
export async function pendingAtVendor(tx: Executor, account: string) {
  const rows = await tx.$queryRaw<{ applicant: bigint; erasedAt: Date; ticket: string | null; applications: number }[]>`
    select s.applicant_id as applicant, s.created_at as "erasedAt", s.ticket,
      (select count(*)::int from public.application c
        where c.account = s.account and c.applicant_id = s.applicant_id and c.deleted_at is null) as applications
    from public.suppression s
    where s.account = ${account} and s.applicant_id is not null and s.is_erased and (
      exists (select from public.applicant a where a.account = s.account and a.id = s.applicant_id and a.deleted_at is null)
      or exists (select from public.application c
        where c.account = s.account and c.applicant_id = s.applicant_id and c.deleted_at is null))
    order by s.created_at, s.applicant_id`;
  return rows.map(({ applicant, erasedAt, ...row }) => ({
    applicant: String(applicant),
    erasedAt: erasedAt.toISOString(),
    ...row,
  }));
}
