/** What a transition writes, as SQL. It loads no client of the database: the kill switch uses none. */
import type { StepState } from "./states.ts";

/** SQL: the current step of import `i` is its application. */
export const IN_APPLICATION = "(i.applicant_state = 'sent' and i.application_state is not null)";

/**
 * What every transition of the current step writes, as SQL for `update public.applicant_import i set`. `to`: the new state, as SQL;
 * `more`: further columns, or other values of these. Times are those of the database. The database refuses a transition that leaves out
 * one of these columns.
 */
export function moveColumns(to: string, more: Readonly<Record<string, string>> = {}): string {
  const at = (state: StepState, value: string, otherwise: string) =>
    `case when ${to} = '${state}' then ${value} else ${otherwise} end`;
  const columns = {
    applicant_state: `case when ${IN_APPLICATION} then 'sent' else ${to} end`,
    application_state: `case when ${IN_APPLICATION} then ${to} when ${opens(to)} then 'ready' else i.application_state end`,
    admitted: `i.admitted or ${to} in ('ready', 'held')`,
    attempts: at("sending", "i.attempts + 1", "i.attempts"),
    claimed_at: at("sending", "clock_timestamp()", "i.claimed_at"),
    unknown_since: at("unknown", "clock_timestamp()", "i.unknown_since"),
    lookups: at("unknown", "0", "i.lookups"),
    absences: at("unknown", "0", "i.absences"),
    lookup_page: at("unknown", "0", "i.lookup_page"),
    queued_at: `case when ${to} = 'ready' or ${opens(to)} then i.queued_at end`,
    not_before: `case when ${to} = 'ready' or ${opens(to)} then i.not_before end`,
    dropped_unknown: "false",
    dismissed_at: "null",
    finished_at: `case when ${to} = 'rejected' or (${to} = 'sent' and (i.applicant_state = 'sent' or i.application_state is null))
      then clock_timestamp() end`,
    ...more,
  };
  return Object.entries(columns)
    .map(([column, value]) => `${column} = ${value}`)
    .join(", ");
}

/** SQL: the application becomes `ready` because the applicant becomes `sent`. */
export function opens(to: string): string {
  return `(${to} = 'sent' and i.applicant_state <> 'sent' and coalesce(i.application_state = 'waiting', false))`;
}
