/** The figures of one application from their definitions, by hand and without SQL. */
import { CATEGORIES, type Life } from "./histories.ts";

export const CLOSED: readonly (string | null | undefined)[] = ["hired", "refused", "withdrawn"];
const DAY = 86_400_000;

/** The day of a moment in a time zone, as YYYY-MM-DD. */
export function dayIn(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short" });
  return (at) => format.format(at);
}

export const daysFrom = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY;
export const monthOf = (day: string | null) => (day === null ? null : `${day.slice(0, 7)}-01`);
const iso = (at: number | null | undefined) => (at == null ? null : new Date(at).toISOString());

export function stepsOf({ known }: Life, day: (at: number) => string, today: string) {
  const distinct = known.filter(({ status }, i) => status !== known[i - 1]?.status);
  const lastOpen = distinct.findLastIndex(({ status }) => !CLOSED.includes(CATEGORIES[status]));
  return distinct.map(({ status, at }, i) => {
    const isClosed = i > lastOpen;
    const left = isClosed ? at : distinct[i + 1]?.at;
    return {
      step: i + 1,
      status,
      category: CATEGORIES[status] ?? null,
      entered_at: iso(at),
      entered_on: day(at),
      left_at: iso(left),
      days: isClosed ? 0 : daysFrom(day(at), left === undefined ? today : day(left)),
      next_status: distinct[i + 1]?.status ?? null,
      is_current: i === distinct.length - 1,
    };
  });
}

export function factsOf(life: Life, day: (at: number) => string, today: string) {
  const steps = stepsOf(life, day, today);
  const firstIn = (category: string) => steps.find((step) => step.category === category)?.entered_at ?? null;
  const dayOf = (at: string | null | undefined) => (at == null ? null : day(Date.parse(at)));
  const category = CATEGORIES[life.status] ?? null;
  const appliedOn = life.applied === null ? null : day(life.applied);
  const lastOpen = steps.findLastIndex((step) => !CLOSED.includes(step.category));
  const closedAt = steps[lastOpen + 1]?.entered_at ?? null;
  const closedOn = dayOf(closedAt);
  const hiredAt = category === "hired" ? firstIn("hired") : null;
  const since = (from: string | null | undefined, to: string | null) =>
    from == null || to === null ? null : daysFrom(from, to);
  return {
    campaign_id: life.campaign,
    applicant_id: life.applicant,
    entity_id: life.entity,
    source: life.origin,
    current_stage: life.stage,
    applied_at: iso(life.applied),
    applied_on: appliedOn,
    cohort_month: monthOf(appliedOn),
    status: life.status,
    category,
    status_since: steps.at(-1)?.entered_at ?? null,
    status_since_on: steps.at(-1)?.entered_on ?? null,
    first_new_at: firstIn("new"),
    first_in_progress_at: firstIn("in_progress"),
    first_interview_at: firstIn("interview"),
    first_offer_at: firstIn("offer"),
    first_hired_at: firstIn("hired"),
    first_refused_at: firstIn("refused"),
    first_withdrawn_at: firstIn("withdrawn"),
    hired_at: hiredAt,
    hired_on: dayOf(hiredAt),
    days_to_hire: since(appliedOn, dayOf(hiredAt)),
    closed_at: closedAt,
    closed_on: closedOn,
    closing_month: monthOf(closedOn),
    is_open: closedAt === null,
    is_complete: life.isComplete,
    steps: steps.length,
    days_in_process: since(appliedOn, closedOn ?? today),
    age_days: closedAt === null ? since(appliedOn, today) : null,
    days_in_status: closedAt === null ? since(steps.at(-1)?.entered_on, today) : null,
    days_before_first_step: since(appliedOn, steps[0]?.entered_on ?? null),
    first_seen_at: iso(life.firstSeen),
  };
}
