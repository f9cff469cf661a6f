/** Queries of the outbox for people and programs. They write nothing, and make no request to the API. */
import { z } from "zod";
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../context.ts";
import { gateOf, type Gate } from "../delivery/send-gate.ts";
import { codesWith } from "../import/reasons.ts";
import { IMPORT_STATES } from "../import/states.ts";
import { reportDelivery, type DeliveryReport } from "./delivery-report.ts";
import { LISTED_STATE, type ListedState, LISTED_STATES } from "./filter.ts";

export interface ImportsOverview {
  readonly counts: Readonly<Record<ListedState, number>>;
  /** How many wait for a person: held, in need of a review, or rejected and neither dismissed nor settled. */
  readonly forPerson: number;
  /** Since when the one of them waits that has waited longest. ISO 8601; null: none waits. */
  readonly forPersonSince: string | null;
  /** When the oldest import that a worker will send came in. ISO 8601; null: none waits. */
  readonly oldestWaiting: string | null;
  readonly gate: GateReport;
  readonly delivery: DeliveryReport;
}

/** Whether imports may be sent now. `until` ISO 8601, null: until a person opens it. */
export interface GateReport extends Pick<Gate, "open" | "code" | "reason" | "french"> {
  readonly until: string | null;
}

/** How many imports are in each state: none where no row says it. */
const Counts = z.record(z.enum(LISTED_STATES), z.int().default(0));

const SETTLED = codesWith(({ isSettled }) => isSettled === true);
const NOT_DONE = IMPORT_STATES.filter((state) => state !== "done");

/** How many imports of an account are done, which are most of them. None of them is dismissed. */
export async function countDone(database: Database, account: string): Promise<number> {
  const [row] = await database.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from public.applicant_import where account = ${account} and state = 'done'`;
  return row?.count ?? 0;
}

/**
 * How many imports an account has in each state, what keeps them from being sent, and when they will have been sent. `workers`: counts the
 * workers, null if that cannot be known; asked only if imports wait. `counted`: how many are done, where that is known.
 */
export async function overviewOf(
  database: Database,
  settings: OutboxSettings,
  workers: () => Promise<number | null> = () => Promise.resolve(null),
  counted = () => countDone(database, settings.account),
): Promise<ImportsOverview> {
  const rows = await database.$queryRaw<Row[]>`
    select ${LISTED_STATE} as state, count(*)::int as count, min(i.created_at) as oldest,
      min(i.updated_at) filter (where i.reason_code is null or i.reason_code <> all(${SETTLED}::text[])) as changed,
      (count(*) filter (where i.reason_code = any(${SETTLED}::text[])))::int as settled
    from public.applicant_import i where i.account = ${settings.account} and i.state = any(${NOT_DONE}::text[]) group by 1`;
  const done = await counted();
  const waiting = rows.flatMap(({ state, oldest }) => (state === "draft" || state === "ready" ? (oldest ?? []) : []));
  const gate = await gateOf(database, settings);
  return {
    counts: Counts.parse({ ...Object.fromEntries(rows.map(({ state, count }) => [state, count])), done }),
    forPersonSince: earliest(rows.map((row) => (forPersonOf(row) > 0 ? row.changed : null))),
    forPerson: rows.reduce((sum, row) => sum + forPersonOf(row), 0),
    oldestWaiting: earliest(waiting),
    gate: { ...gate, until: gate.until?.toISOString() ?? null },
    delivery: await reportDelivery(database, settings, gate, waiting.length === 0 ? null : await workers()),
  };
}

interface Row {
  readonly state: string;
  readonly count: number;
  readonly settled: number;
  readonly oldest: Date | null;
  /** When the first of those that are not settled last changed. */
  readonly changed: Date | null;
}

function earliest(times: readonly (Date | null)[]): string | null {
  const known = times.filter((time) => time !== null);
  return known.toSorted((a, b) => Number(a) - Number(b))[0]?.toISOString() ?? null;
}

function forPersonOf(row: Row): number {
  if (row.state === "rejected") return row.count - row.settled;
  return row.state === "held" || row.state === "needs_review" ? row.count : 0;
}
