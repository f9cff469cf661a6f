/** The figures of the views and of the questions from the definitions of their columns, counted by hand from those of each application. */
import { CLOSED, dayIn, daysFrom, factsOf, monthOf, stepsOf } from "./reference.ts";
import { CATEGORIES, type Life } from "./histories.ts";

type Row = Readonly<Record<string, unknown>>;
type Fact = ReturnType<typeof factsOf> & Pick<Life, "id" | "origin" | "deleted">;

const LABELS: Readonly<Record<string, string>> = {
  new: "New",
  in_progress: "In progress",
  interview: "Interview",
  offer: "Offer",
  hired: "Hired",
  refused: "Refused",
  withdrawn: "Withdrawn",
};
const ORDER = Object.keys(LABELS);
const BANDS = [
  { age_band: "0-7", age_band_en: "Up to 7 days", most: 7 },
  { age_band: "8-14", age_band_en: "8 to 14 days", most: 14 },
  { age_band: "15-30", age_band_en: "15 to 30 days", most: 30 },
  { age_band: "31-60", age_band_en: "31 to 60 days", most: 60 },
  { age_band: "61-90", age_band_en: "61 to 90 days", most: 90 },
  { age_band: "91+", age_band_en: "More than 90 days", most: Infinity },
] as const;

/** Campaigns with odd ids are online. */
export const isOnline = (campaign: number): boolean => campaign % 2 === 1;

const groups = <T>(rows: readonly T[], key: (row: T) => unknown): readonly (readonly [T, ...T[]])[] => {
  const found = new Map<string, [T, ...T[]]>();
  for (const row of rows) {
    const name = JSON.stringify(key(row));
    const group = found.get(name);
    if (group === undefined) found.set(name, [row]);
    else group.push(row);
  }
  return [...found.values()];
};
const count = <T>(rows: readonly T[], is: (row: T) => boolean) => rows.filter(is).length;
const tenth = (value: number) => Math.round(value * 10) / 10;
const percent = (part: number, whole: number) => Math.round((1_000 * part) / whole) / 10;
const known = (values: readonly (number | null)[]) =>
  values.filter((value) => value !== null).toSorted((a, b) => a - b);
const average = (values: readonly number[]) =>
  values.length === 0 ? null : tenth(values.reduce((sum, value) => sum + value, 0) / values.length);
/** The smallest value that half of them do not exceed. */
const median = (values: readonly number[]) => values[Math.ceil(values.length / 2) - 1] ?? null;
const latest = (days: readonly (string | null)[]) =>
  days
    .filter((day) => day !== null)
    .toSorted()
    .at(-1) ?? null;
const isIn = (category: string) => (fact: Fact) => fact.category === category;
const isHired = ({ hired_at: at }: Fact) => at !== null;
const isOpen = ({ is_open: open }: Fact) => open;
const reached = (category: string) => (fact: Fact) => category === "new" || firstIn(fact, category) !== null;
const firstIn = (fact: Fact, category: string): unknown =>
  new Map<string, unknown>(Object.entries(fact)).get(`first_${category}_at`) ?? null;

const daysToHire = (facts: readonly Fact[]) => known(facts.filter(isHired).map((fact) => fact.days_to_hire));
const whatBecame = (facts: readonly Fact[]) => ({
  applications: facts.length,
  interviewed: count(facts, reached("interview")),
  offered: count(facts, reached("offer")),
  hired: count(facts, isHired),
  hired_percent: percent(count(facts, isHired), facts.length),
  open: count(facts, isOpen),
});

/** By the statement that asks for them, within one account. */
export function figuresOf(
  lives: readonly Life[],
  zone: string,
  today: string,
): Readonly<Record<string, readonly Row[]>> {
  const day = dayIn(zone);
  const all = lives.map((life): Fact => ({
    ...factsOf(life, day, today),
    id: life.id,
    origin: life.origin,
    deleted: life.deleted,
  }));
  const facts = all.filter(({ deleted }) => deleted === null);
  const closed = facts.filter((fact) => !fact.is_open);
  const steps = lives.filter(({ deleted }) => deleted === null).flatMap((life) => stepsOf(life, day, today));
  const stays = steps.filter(
    ({ entered_at: entered, left_at: left }) => left !== null && entered !== null && left > entered,
  );
  const aged = facts.flatMap((fact) => (fact.age_days === null ? [] : [{ ...fact, age: fact.age_days }]));
  const bandOf = ({ age }: { readonly age: number }) => BANDS.find(({ most }) => age <= most);
  return {
    campaign_funnel: groups(facts, (fact) => fact.campaign_id).flatMap((of) =>
      [...ORDER, null]
        .map((category) => ({
          campaign_id: of[0].campaign_id,
          category,
          category_position: category === null ? null : ORDER.indexOf(category) + 1,
          applications: count(of, (fact) => fact.category === category),
          reached: category === null ? null : count(of, reached(category)),
        }))
        .filter(({ category, applications }) => category !== null || applications > 0),
    ),
    source_effectiveness: groups(facts, ({ origin }) => origin).map((of) => ({
      source: of[0].origin,
      complete: count(of, (fact) => fact.is_complete === true),
      average_days_to_hire: average(daysToHire(of)),
      median_days_to_hire: median(daysToHire(of)),
      ...whatBecame(of),
    })),
    source: groups(
      facts.filter(({ origin }) => origin !== null),
      ({ origin }) => origin,
    ).map((of) => ({
      source: of[0].origin,
      applications: of.length,
      first_applied_on:
        of
          .map((fact) => fact.applied_on)
          .filter((on) => on !== null)
          .toSorted()[0] ?? null,
      last_applied_on: latest(of.map((fact) => fact.applied_on)),
    })),
    ageing: groups(aged, (one) => [one.category, bandOf(one)]).map((of) => ({
      category: of[0].category,
      age_band: bandOf(of[0])?.age_band,
      applications: of.length,
      oldest_days: Math.max(...of.map(({ age }) => age)),
    })),
    applications_by_month: groups(all, (fact) => fact.cohort_month).map((of) => ({
      month: of[0].cohort_month,
      applications: of.length,
      since_deleted: count(of, ({ deleted }) => deleted !== null),
      complete: count(of, (fact) => fact.is_complete === true),
      hired: count(of, isHired),
      open: count(of, (fact) => fact.is_open && fact.deleted === null),
    })),
    hires_by_month: groups(all.filter(isHired), (fact) => monthOf(fact.hired_on)).map((of) => ({
      month: monthOf(of[0].hired_on),
      hires: of.length,
      since_deleted: count(of, ({ deleted }) => deleted !== null),
      average_days_to_hire: average(daysToHire(of)),
      median_days_to_hire: median(daysToHire(of)),
    })),
    open_campaigns: groups(
      facts.filter((fact) => isOnline(fact.campaign_id)),
      (fact) => fact.campaign_id,
    ).map((of) => ({
      campaign_id: of[0].campaign_id,
      applications: of.length,
      open_applications: count(of, isOpen),
      new_applications: count(of, isIn("new")),
      in_interview: count(of, isIn("interview")),
      in_offer: count(of, isIn("offer")),
      hired: count(of, isHired),
      last_applied_on: latest(of.map((fact) => fact.applied_on)),
    })),
    status_days: groups(stays, ({ status, days }) => [status, days]).map((of) => ({
      status: of[0].status,
      days: of[0].days,
      stays: of.length,
    })),
    // With the former names of a status.
    status: Object.entries(CATEGORIES).map(([status, category]) => ({
      status,
      category,
      category_position: category === null ? null : ORDER.indexOf(category) + 1,
      is_mapped: category !== null,
      is_guessed: category !== null,
      is_closed: category === null ? null : CLOSED.includes(category),
      applications: count(facts, (fact) => fact.status === status),
    })),
    "question funnel": [...ORDER, null].map((category) => {
      const applications = count(facts, (fact) => fact.category === category);
      if (category === null) return { category_en: null, applications, reached: null, reached_percent: null };
      const there = count(facts, reached(category));
      const share = percent(there, facts.length);
      return { category_en: LABELS[category], applications, reached: there, reached_percent: share };
    }),
    "question cohorts": groups(facts, (fact) => fact.cohort_month).map((of) => ({
      month: of[0].cohort_month,
      interviewed_percent: percent(count(of, reached("interview")), of.length),
      ...whatBecame(of),
    })),
    "question stages": groups(stays, ({ status }) => status).map((of) => {
      const days = known(of.map((step) => step.days));
      return {
        status: of[0].status,
        steps: of.length,
        average_days: average(days),
        median_days: median(days),
        longest_days: days.at(-1),
      };
    }),
    "question ageing": groups(aged, bandOf).map((of) => ({
      age_band_en: bandOf(of[0])?.age_band_en,
      applications: of.length,
      oldest_days: Math.max(...of.map(({ age }) => age)),
    })),
    "question stalled": facts
      .filter((fact) => fact.is_open && fact.is_complete !== false)
      .toSorted((a, b) => (a.status_since_on ?? "").localeCompare(b.status_since_on ?? "") || a.id - b.id)
      .slice(0, 50)
      .map(({ id, campaign_id, status, status_since_on, days_in_status }) => ({
        application_id: id,
        campaign_id,
        status,
        since: status_since_on,
        days_in_status,
      })),
    "question outcomes": groups(closed, (fact) => fact.closing_month).map((of) => ({
      month: of[0].closing_month,
      closed: of.length,
      hired: count(of, isIn("hired")),
      refused: count(of, isIn("refused")),
      withdrawn: count(of, isIn("withdrawn")),
      average_days: average(
        known(
          of.map(({ applied_on: from, closed_on: to }) => (from === null || to === null ? null : daysFrom(from, to))),
        ),
      ),
    })),
  };
}
