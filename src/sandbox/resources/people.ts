import { BY_CREATION, embedded, keywords, ofCompany, sameFlag, sameNumber, type SandboxResource } from "./resource.ts";
import type { SandboxApplicant, SandboxEntity, SandboxManager, SandboxUnit } from "../data/rows.ts";

const NAMES = (row: SandboxApplicant | SandboxManager): readonly (string | null)[] => [
  row.first_name,
  row.last_name,
  row.email,
];

/** Applicants of a customer (reference 10.3). */
export const APPLICANTS: SandboxResource<SandboxApplicant> = {
  name: "applicants",
  collection: (data) => data.applicants,
  orders: BY_CREATION,
  filters: {
    keywords: keywords(NAMES),
    is_partner_newsletter_active: sameFlag((row) => row.is_partner_newsletter_active),
    is_campaign_alert_active: sameFlag((row) => row.is_campaign_alert_active),
  },
  visible: ofCompany,
  byEmail: (email, data) => data.applicantsByEmail(email)[0],
  describe: (row, embeds, { data }) => ({
    ...row,
    ...embedded(embeds, {
      address: () => row.address,
      pools: () => row.pools,
      applications: () =>
        data.applicationsOf(row.id).map((application) => ({
          id: application.id,
          campaign_id: application.campaign_id,
          current_stage: application.current_stage,
          status: application.status,
          created_at: application.created_at,
        })),
    }),
  }),
};

/** Managers (reference 10.4). */
export const MANAGERS: SandboxResource<SandboxManager> = {
  name: "managers",
  collection: (data) => data.managers,
  orders: BY_CREATION,
  filters: { keywords: keywords(NAMES) },
  byEmail: (email, data) => data.managers.all().find((row) => row.email.toLowerCase() === email.toLowerCase()),
  describe: (row, embeds, { data }) => ({
    ...row,
    unit_ids: undefined,
    ...embedded(embeds, {
      units: () => row.unit_ids.map((id) => data.units.get(id)).filter((unit) => unit !== undefined),
    }),
  }),
};

/** Entities and their units (reference 10.5). */
export const ENTITIES: SandboxResource<SandboxEntity> = {
  name: "entities",
  collection: (data) => data.entities,
  orders: BY_CREATION,
  filters: { keywords: keywords((row) => [row.name, row.reference]) },
  describe: (row) => row,
};

export const UNITS: SandboxResource<SandboxUnit> = {
  name: "units",
  collection: (data) => data.units,
  orders: BY_CREATION,
  filters: {
    keywords: keywords((row) => [row.name, row.reference]),
    entity_id: sameNumber((row) => row.entity_id),
  },
  describe: (row) => row,
};
