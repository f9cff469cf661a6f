import type { Database } from "../../src/database/client.ts";
import type { AccountKind } from "../../src/api/kelio.ts";
import { chooseVariants, type Variants } from "../../src/sandbox/variants.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { ResourceName } from "../../src/sync/resources.ts";

const DAY_MS = 86_400_000;

/** Some columns of every row, by table, oldest id first: what the sandbox holds, or what the mirror does. */
export interface Contents {
  readonly campaigns: readonly object[];
  readonly applications: readonly object[];
  readonly applicants: readonly object[];
  readonly managers: readonly object[];
  readonly entities: readonly object[];
  readonly units: readonly object[];
}

/**
 * What a mirror of the sandbox must hold for a key of this kind once some resources were synced, as far as the variants
 * let the API tell.
 */
export function sourceOf(
  { data }: Sandbox,
  kind: AccountKind,
  synced: readonly ResourceName[],
  chosen: Partial<Variants> = {},
): Contents {
  const variants = chooseVariants(chosen);
  const isCustomer = kind === "customer";
  const embeds = isCustomer && variants.listEmbeds === "included";
  const moment = (at: number | null) => (at === null ? null : cut(at, variants.dates).toISOString());
  const text = (value: number | null) => (value === null ? null : String(value));
  const isShown = variants.relationIds === "shown";

  const campaigns = data.campaigns
    .all()
    .filter(({ status }) => isCustomer || variants.jobboardCampaigns === "all" || status === "online")
    .map((row) => ({
      id: row.id,
      name: row.name,
      status: row.status,
      job_type: row.job_type,
      education_level: text(row.education_level),
      remote_level: text(row.remote_level),
      salary_min: text(row.salary_min),
      stages: row.stages,
      created_at: moment(row.created_at),
      last_activation_at: moment(row.last_activation_at),
      entity_name: embeds && row.entity_id !== null ? (data.entities.get(row.entity_id)?.name ?? null) : null,
      city: embeds ? (row.address?.city ?? null) : null,
      tags: embeds ? row.tags : [],
      channels: embeds ? row.channels : [],
    }));
  const applications = data.applications.all().map((row) => {
    const status = isCustomer || variants.jobboardStatus === "shown" ? row.status : null;
    return {
      id: row.id,
      // A customer's list can embed the campaign; without any of the two nobody can tell.
      campaign_id: isShown || embeds ? row.campaign_id : null,
      applicant_id: isShown || embeds || !isCustomer ? row.applicant_id : null,
      status: status?.value ?? null,
      status_changed_at: moment(status?.date ?? null),
      current_stage: row.current_stage,
      is_complete: row.current_stage === null && variants.emptyFields === "absent" ? null : row.current_stage === null,
      source: row.source,
      created_at: moment(row.created_at),
      tags: embeds ? row.tags : [],
      skills: embeds ? row.skills : [],
    };
  });
  const areListed = synced.includes("applicants");
  const areEmbedded = synced.includes("applications") && (embeds || !isCustomer);
  const people = new Set(areEmbedded ? data.applications.all().map((row) => row.applicant_id) : []);
  const isWhole = areListed || !isCustomer;
  const applicants = data.applicants
    .all()
    .filter(({ id }) => areListed || people.has(id))
    .map((row) => ({
      id: row.id,
      email: row.email,
      first_name: row.first_name,
      last_name: row.last_name,
      phone_number: isWhole ? row.phone_number : null,
      created_at: isWhole ? moment(row.created_at) : null,
      is_campaign_alert_active: isWhole ? row.is_campaign_alert_active : null,
      city: areListed && embeds ? (row.address?.city ?? null) : null,
      pools: areListed && embeds ? row.pools : [],
    }));
  const managers = data.managers.all().map((row) => ({
    id: row.id,
    email: row.email,
    first_name: row.first_name,
    last_name: row.last_name,
    locale: row.locale,
    credentials: text(row.credentials),
    created_at: moment(row.created_at),
  }));
  const entities = data.entities.all().map((row) => ({
    id: row.id,
    name: row.name,
    reference: row.reference,
    color: row.color,
    created_at: moment(row.created_at),
  }));
  const units = data.units.all().map((row) => ({
    id: row.id,
    entity_id: row.entity_id,
    name: row.name,
    reference: row.reference,
    created_at: moment(row.created_at),
  }));
  const ofSynced = (name: ResourceName, rows: readonly { readonly id: number }[]) =>
    synced.includes(name) ? inOrder(rows) : [];
  return {
    campaigns: ofSynced("campaigns", campaigns),
    applications: ofSynced("applications", applications),
    applicants: inOrder(applicants),
    managers: ofSynced("managers", managers),
    entities: ofSynced("entities", entities),
    units: ofSynced("units", units),
  };
}

/** The same columns of what the mirror holds and has not marked as deleted. */
export async function mirrorOf(database: Database, account: string): Promise<Contents> {
  const where = { account, deleted_at: null };
  const campaigns = await database.campaign.findMany({ where });
  const applications = await database.application.findMany({ where });
  const applicants = await database.applicant.findMany({ where });
  const managers = await database.manager.findMany({ where });
  const entities = await database.entity.findMany({ where });
  const units = await database.unit.findMany({ where });
  return {
    campaigns: inOrder(
      campaigns.map((row) => ({
        id: Number(row.id),
        name: row.name,
        status: row.status,
        job_type: row.job_type,
        education_level: row.education_level,
        remote_level: row.remote_level,
        salary_min: row.salary_min?.toString() ?? null,
        stages: row.stages,
        created_at: row.created_at?.toISOString() ?? null,
        last_activation_at: row.last_activation_at?.toISOString() ?? null,
        entity_name: row.entity_name,
        city: row.city,
        tags: row.tags,
        channels: row.channels,
      })),
    ),
    applications: inOrder(
      applications.map((row) => ({
        id: Number(row.id),
        campaign_id: numberOf(row.campaign_id),
        applicant_id: numberOf(row.applicant_id),
        status: row.status,
        status_changed_at: row.status_changed_at?.toISOString() ?? null,
        current_stage: row.current_stage,
        is_complete: row.is_complete,
        source: row.source,
        created_at: row.created_at?.toISOString() ?? null,
        tags: row.tags,
        skills: row.skills,
      })),
    ),
    applicants: inOrder(
      applicants.map((row) => ({
        id: Number(row.id),
        email: row.email,
        first_name: row.first_name,
        last_name: row.last_name,
        phone_number: row.phone_number,
        created_at: row.created_at?.toISOString() ?? null,
        is_campaign_alert_active: row.is_campaign_alert_active,
        city: row.city,
        pools: row.pools,
      })),
    ),
    managers: inOrder(
      managers.map((row) => ({
        id: Number(row.id),
        email: row.email,
        first_name: row.first_name,
        last_name: row.last_name,
        locale: row.locale,
        credentials: row.credentials,
        created_at: row.created_at?.toISOString() ?? null,
      })),
    ),
    entities: inOrder(
      entities.map((row) => ({
        id: Number(row.id),
        name: row.name,
        reference: row.reference,
        color: row.color,
        created_at: row.created_at?.toISOString() ?? null,
      })),
    ),
    units: inOrder(
      units.map((row) => ({
        id: Number(row.id),
        entity_id: numberOf(row.entity_id),
        name: row.name,
        reference: row.reference,
        created_at: row.created_at?.toISOString() ?? null,
      })),
    ),
  };
}

function cut(at: number, form: Variants["dates"]): Date {
  const step = { milliseconds: 1, seconds: 1_000, day: DAY_MS }[form];
  return new Date(Math.floor(at / step) * step);
}

function numberOf(id: bigint | null): number | null {
  return id === null ? null : Number(id);
}

function inOrder<Row extends { readonly id: number }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => a.id - b.id);
}
