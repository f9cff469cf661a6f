import {
  BY_CREATION,
  embedded,
  isBroadcast,
  ofCompany,
  oneOf,
  sameCompanySlug,
  sameNumber,
  type SandboxResource,
} from "./resource.ts";
import type { SandboxCampaign } from "../data/rows.ts";

const byId = (a: SandboxCampaign, b: SandboxCampaign): number => a.id - b.id;

/** Campaigns of a customer (reference 10.1). */
export const CAMPAIGNS: SandboxResource<SandboxCampaign> = {
  name: "campaigns",
  collection: (data) => data.campaigns,
  orders: {
    ...BY_CREATION,
    name: (a, b) => a.name.localeCompare(b.name, "fr") || byId(a, b),
    last_activation_at: (a, b) => (a.last_activation_at ?? 0) - (b.last_activation_at ?? 0) || byId(a, b),
  },
  filters: {
    status: oneOf((row) => row.status),
    channels: (value) => (row) => value.split(",").some((channel) => row.channels.includes(channel)),
  },
  visible: ofCompany,
  describe: (row, embeds, { data }) => ({
    ...row,
    company_slug: data.companies.find((company) => company.id === row.company_id)?.slug ?? null,
    ...embedded(embeds, {
      address: () => row.address,
      channels: () => row.channels,
      tags: () => row.tags,
      entity: () => (row.entity_id === null ? null : (data.entities.get(row.entity_id) ?? null)),
      unit: () => (row.unit_id === null ? null : (data.units.get(row.unit_id) ?? null)),
    }),
  }),
};

/** Campaigns of a jobboard (reference 9.1): filters by analogy with its applications. */
export const JOBBOARD_CAMPAIGNS: SandboxResource<SandboxCampaign> = {
  ...CAMPAIGNS,
  filters: {
    company_id: sameNumber((row) => row.company_id),
    company_slug: sameCompanySlug,
    entity_id: sameNumber((row) => row.entity_id),
  },
  visible: ({ variants }) => (variants.jobboardCampaigns === "all" ? null : isBroadcast),
};
