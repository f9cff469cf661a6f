/** What retention has done and will do: counts and ids. */
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";

/** It is applied every day. */
const OVERDUE_MS = 2 * 86_400_000;

/**
 * Each clock that is applied, with when it is overdue unless it is applied to its end before; people on the notice list by clock, with the
 * first day on which one of them is erased, such as `2026-12-26`; and how many people it has erased whom the source still has. Null: it is
 * off.
 */
export async function readRetention(database: Database, { account, retention }: Pick<Config, "account" | "retention">) {
  if (retention === null) return null;
  const rows = await database.retentionClock.findMany({ where: { account }, orderBy: { clock: "asc" } });
  const announced = await database.$queryRaw<
    readonly { readonly clock: string; readonly people: number; readonly from: string }[]
  >`
    select clock, count(*)::int as people, min(erase_on)::text as "from" from public.retention_person
    where account = ${account} group by 1 order by 3, 1`;
  const [atSource] = await database.$queryRaw<{ people: number }[]>`
    select count(*)::int as people from public.suppression s join public.applicant a on a.account = s.account and a.id = s.applicant_id
    where s.account = ${account} and s.kind = 'retention' and a.deleted_at is null`;
  return {
    clocks: rows.map(({ clock, doneAt, since }) => {
      return { clock, doneAt, overdueAt: new Date((doneAt ?? since).getTime() + OVERDUE_MS) };
    }),
    announced,
    atSource: atSource?.people ?? 0,
  };
}

/** People by id, and when retention erases them, the first first. */
export async function readNoticeList(database: Database, account: string, limit: number) {
  const rows = await database.retentionPerson.findMany({
    where: { account },
    orderBy: [{ eraseOn: "asc" }, { applicantId: "asc" }],
    take: limit,
  });
  return rows.map(({ applicantId, clock, eraseOn }) => ({
    applicantId,
    clock,
    eraseOn: eraseOn.toISOString().slice(0, 10),
  }));
}

/** People whom retention has erased and whom the source still has, the latest first: to be deleted there, too. */
export async function readAtSource(database: Database, account: string, limit: number): Promise<readonly bigint[]> {
  const rows = await database.$queryRaw<{ id: bigint }[]>`
    select s.applicant_id as id from public.suppression s join public.applicant a on a.account = s.account and a.id = s.applicant_id
    where s.account = ${account} and s.kind = 'retention' and a.deleted_at is null order by s.created_at desc, id limit ${limit}`;
  return rows.map(({ id }) => id);
}
