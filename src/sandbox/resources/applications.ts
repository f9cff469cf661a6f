import type { RequestContext } from "../requests/context.ts";
import {
  BY_CREATION,
  embedded,
  type Filter,
  ofCompany,
  oneOf,
  sameCompanySlug,
  sameFlag,
  sameNumber,
  type SandboxResource,
} from "./resource.ts";
import type { SandboxApplicant, SandboxApplication, StatusRow } from "../data/rows.ts";
import { STATUSES } from "../data/vocabulary.ts";

const DAY_MS = 86_400_000;

/** The day in UTC as milliseconds; the reference does not name a time zone (Q19). */
const statusDate =
  (isWithin: (date: number, day: number) => boolean): Filter<SandboxApplication> =>
  (value) => {
    const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(day) ? null : (row) => row.status !== null && isWithin(row.status.date, day);
  };

const BASE: Omit<SandboxResource<SandboxApplication>, "filters" | "visible" | "describe"> = {
  name: "applications",
  collection: (data) => data.applications,
  orders: BY_CREATION,
};

/** Applications of a customer's company (reference 10.2). */
export const APPLICATIONS: SandboxResource<SandboxApplication> = {
  ...BASE,
  filters: {
    campaign_id: sameNumber((row) => row.campaign_id),
    is_complete: sameFlag((row) => row.current_stage === null),
    source: oneOf((row) => row.source),
    "status[value]": oneOf((row) => row.status?.value ?? null),
    "status[date][gte]": statusDate((date, day) => date >= day),
    "status[date][lte]": statusDate((date, day) => date < day + DAY_MS),
  },
  check(query) {
    const asksForDate = query["status[date][gte]"] !== undefined || query["status[date][lte]"] !== undefined;
    return asksForDate && query["status[value]"] === undefined
      ? { "status[value]": ["is mandatory for filtering by date"] }
      : undefined;
  },
  visible: ofCompany,
  describe: (row, embeds, context) => ({
    ...row,
    ...embedded(embeds, {
      applicant: () => light(applicantOf(row, context)),
      campaign: () => campaignOf(row, context),
      comments: () => commentsOf(row, context),
      skills: () => row.skills,
      tags: () => row.tags,
      status_history: () => statusHistory(row),
    }),
  }),
};

/** Applications that the calling jobboard created (reference 9.2), and the seeded ones. */
export const JOBBOARD_APPLICATIONS: SandboxResource<SandboxApplication> = {
  ...BASE,
  filters: {
    company_id: sameNumber((row) => row.company_id),
    company_slug: sameCompanySlug,
    entity_id: sameNumber((row, data) =>
      row.campaign_id === null ? null : (data.campaigns.get(row.campaign_id)?.entity_id ?? null),
    ),
    campaign_id: sameNumber((row) => row.campaign_id),
  },
  visible: ({ data, keyIndex }) =>
    data.isUniform() ? null : (row) => [undefined, keyIndex].includes(data.creatorOf(row.id)),
  describe: (row, embeds, context) => ({
    ...row,
    status: context.variants.jobboardStatus === "hidden" ? undefined : row.status,
    comments: undefined,
    skills: undefined,
    tags: undefined,
    ...embedded(embeds, { applicant: () => whole(applicantOf(row, context)) }),
  }),
};

/** Comments are kept in another store, whose ids are no integers. */
function commentsOf({ id, comments }: SandboxApplication, { variants }: RequestContext): readonly object[] {
  if (variants.commentIds === "none") return comments;
  return comments.map((comment, n) => {
    const hex = `${id.toString(16).padStart(12, "0")}${n.toString(16).padStart(12, "0")}`;
    return { id: variants.commentIds === "hex" ? hex : { $oid: hex }, ...comment };
  });
}

const applicantOf = (row: SandboxApplication, { data }: RequestContext): SandboxApplicant | undefined =>
  row.applicant_id === null ? undefined : data.applicants.get(row.applicant_id);

function campaignOf(row: SandboxApplication, { data }: RequestContext): object | null {
  const campaign = row.campaign_id === null ? undefined : data.campaigns.get(row.campaign_id);
  return campaign === undefined ? null : { id: campaign.id, name: campaign.name, status: campaign.status };
}

/** The reduced data that the reference mentions without naming the fields. */
const light = (row: SandboxApplicant | undefined): object | null =>
  row === undefined ? null : { id: row.id, email: row.email, first_name: row.first_name, last_name: row.last_name };

const whole = (row: SandboxApplicant | undefined): object | null =>
  row === undefined ? null : { ...row, address: undefined, pools: undefined };

/** The statuses before the present one, at equal intervals. */
function statusHistory({ status, created_at: createdAt }: SandboxApplication): StatusRow[] {
  if (status === null) return [];
  const index = STATUSES.findIndex((value) => value === status.value);
  const passed = status.value === "rejected" ? STATUSES.slice(0, 1) : STATUSES.slice(0, Math.max(0, index));
  const step = (status.date - createdAt) / Math.max(1, passed.length);
  return [...passed.map((value, i) => ({ value, date: createdAt + Math.floor(i * step) })), status];
}
