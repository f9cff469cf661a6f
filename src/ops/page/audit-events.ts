/** The events of an account on one line of time: decisions, runs, and the pauses that are known, the newest first. */
import { z } from "zod";
import type { Database } from "../../database/client.ts";

export const EVENT_KINDS = ["decision", "run", "api_pause", "import_pause"] as const;

const event = z.object({
  kind: z.enum(EVENT_KINDS),
  /** Within its kind. */
  id: z.string(),
  at: z.date(),
  /** Of a decision: its code; of a run: its state; of a pause: empty. */
  what: z.string(),
  source: z.string().nullable(),
  role: z.string().nullable(),
  name: z.string().nullable(),
  subjects: z.array(z.string()),
  why: z.string().nullable(),
  facts: z.record(z.string(), z.unknown()),
});
export type AuditEvent = z.infer<typeof event>;

/** Where a page of events begins: below this one. */
export interface Below {
  readonly at: Date;
  readonly kind: string;
  readonly id: string;
}

/** Within a millisecond, by kind and number. */
const AFTER = (kind: string, id: string, at: string) =>
  `($2::timestamptz is null or ${at} < $2 or (${at} = $2 and ('${kind}', ${id}) < ($3::text, $4::bigint)))`;

/** Events below one, or the newest. Each kind is read by its own index, `limit` rows at most. */
export async function auditEvents(
  database: Database,
  account: string,
  below: Below | null,
  limit: number,
): Promise<readonly AuditEvent[]> {
  const kinds = [
    `(select 'decision' as kind, a.id::bigint as id, a.at, a.what, a.source, a.role, a.name, a.subjects, a.why, a.facts
      from public.audit a where a.account = $1 and ${AFTER("decision", "a.id", "a.at")} order by a.at desc, a.id desc limit ${limit})`,
    `(select 'run', r.id::bigint, r.started_at, r.state, r.trigger, null, null, array[r.id::text], null,
        jsonb_build_object('resource', r.resource, 'kind', r.kind)
      from public.sync_run r where r.account = $1 and ${AFTER("run", "r.id::bigint", "r.started_at")}
      order by r.started_at desc, r.id desc limit ${limit})`,
    `(select 'api_pause', p.step::bigint, p.noted_at, '', null, null, null, array[]::text[], null,
        jsonb_build_object('until', p.until)
      from public.api_pause p where p.account = $1 and ${AFTER("api_pause", "p.step::bigint", "p.noted_at")})`,
    `(select 'import_pause', 0::bigint, e.at, '', null, null, null, array[]::text[], null, jsonb_build_object('until', e.until)
      from (select p.paused_until as until, p.paused_until
        - make_interval(secs => least(900, 60 * 2 ^ least(greatest(p.failures - 3, 0), 10))) as at from public.import_pause p
        where p.account = $1 and p.paused_until is not null) e where ${AFTER("import_pause", "0::bigint", "e.at")})`,
  ];
  const rows = await database.$queryRawUnsafe<unknown[]>(
    `select e.kind, e.id::text, e.at, e.what, e.source, e.role, e.name, e.subjects, e.why, e.facts
     from (${kinds.join(" union all ")}) e order by e.at desc, e.kind collate "C" desc, e.id desc limit ${limit}`,
    account,
    below?.at ?? null,
    below?.kind ?? null,
    below === null ? null : BigInt(below.id),
  );
  return z.array(event).parse(rows);
}
