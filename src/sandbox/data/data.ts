import { type Collection, createCollection, createSmallCollection } from "./collection.ts";
import {
  applicantCount,
  applicationsOf,
  createApplicationSource,
  FIRST_APPLICANT_ID,
  FIRST_APPLICATION_ID,
} from "./generate-applications.ts";
import { createCampaignSource, FIRST_CAMPAIGN_ID } from "./generate-campaigns.ts";
import { describeApplicant, generateOrganisation, idInEmail } from "./generate-people.ts";
import { createDice } from "./random.ts";
import type {
  SandboxApplicant,
  SandboxApplication,
  SandboxCampaign,
  SandboxCompany,
  SandboxEntity,
  SandboxManager,
  SandboxUnit,
  Stored,
} from "./rows.ts";
import { createTimeline, endOfSeed } from "./timeline.ts";
import { COMPANIES, MAIN_COMPANY } from "./vocabulary.ts";

interface DataSize {
  readonly seed: number;
  readonly campaigns: number;
  readonly applications: number;
}

/** Everything the sandbox serves, open to scripted change. */
export interface SandboxData {
  readonly companies: readonly SandboxCompany[];
  readonly campaigns: Collection<SandboxCampaign>;
  /** `insert` without `applicant_id` inserts a new applicant too. */
  readonly applications: Collection<SandboxApplication>;
  readonly applicants: Collection<SandboxApplicant>;
  readonly entities: Collection<SandboxEntity>;
  readonly units: Collection<SandboxUnit>;
  readonly managers: Collection<SandboxManager>;
  /** Applicants with this e-mail address, without regard to case, oldest first. */
  readonly applicantsByEmail: (email: string) => SandboxApplicant[];
  readonly applicationsOf: (applicantId: number) => SandboxApplication[];
  /** The jobboard key (by index) that created an application; undefined for seeded and scripted ones, seen by all. */
  readonly creatorOf: (applicationId: number) => number | undefined;
  readonly setCreator: (applicationId: number, key: number) => void;
  /** Every row belongs to the main company and no jobboard key created one, so that every key sees all rows. */
  readonly isUniform: () => boolean;
}

/** The same size and seed always give the same rows; with `now`, the two years of data end at the time of the call. */
export function createData(size: DataSize, now: (() => number) | undefined): SandboxData {
  const dice = createDice(size.seed);
  const timeline = createTimeline(now === undefined ? endOfSeed(size.seed) : now());
  const clock = (newest: number): number =>
    now === undefined ? Math.max(newest, timeline.end) + 1_000 : Math.max(newest, now());

  const emails = createIndex<SandboxApplicant, string>((row) => row.email.toLowerCase());
  const applicantIds = createIndex<SandboxApplication, number>((row) => row.applicant_id ?? undefined);
  const creators = new Map<number, number>();
  let elsewhere = 0;
  const countElsewhere = (
    before: { company_id: number } | undefined,
    after: { company_id: number } | undefined,
  ): void => {
    elsewhere += Number(isElsewhere(after)) - Number(isElsewhere(before));
  };

  const organisation = generateOrganisation(dice, timeline.start);
  const campaignSource = createCampaignSource(dice, timeline, size.campaigns);
  const source = createApplicationSource(dice, timeline, size, campaignSource.statusAt);
  const campaigns = createCollection<SandboxCampaign>({
    ...campaignSource,
    name: "campaign",
    count: size.campaigns,
    firstId: FIRST_CAMPAIGN_ID,
    clock,
    changed: countElsewhere,
  });
  const applicants = createCollection<SandboxApplicant>({
    name: "applicant",
    count: applicantCount(size.applications),
    firstId: FIRST_APPLICANT_ID,
    createdAt: source.applicantCreatedAt,
    build: source.buildApplicant,
    fresh: (id, at) => describeApplicant(dice, id, at),
    clock,
    changed(before, after) {
      countElsewhere(before, after);
      emails.changed(before, after);
    },
  });
  const applications = createCollection<SandboxApplication>({
    name: "application",
    count: size.applications,
    firstId: FIRST_APPLICATION_ID,
    createdAt: source.createdAt,
    build: source.build,
    fresh: source.fresh,
    clock,
    changed(before, after) {
      countElsewhere(before, after);
      applicantIds.changed(before, after);
    },
  });

  return {
    companies: COMPANIES,
    entities: createSmallCollection<SandboxEntity>("entity", organisation.entities, clock),
    units: createSmallCollection<SandboxUnit>("unit", organisation.units, clock),
    managers: createSmallCollection<SandboxManager>("manager", organisation.managers, clock),
    campaigns,
    applicants,
    applications: {
      ...applications,
      // A spread copies the value of a getter, not the getter.
      get size() {
        return applications.size;
      },
      insert(row) {
        const campaignId = row?.campaign_id === undefined ? (campaigns.ids().at(-1) ?? null) : row.campaign_id;
        const applicantId = row?.applicant_id === undefined ? applicants.insert().id : row.applicant_id;
        return applications.insert({ ...row, campaign_id: campaignId, applicant_id: applicantId });
      },
    },
    applicantsByEmail(email) {
      const wanted = email.toLowerCase();
      return withSeeded(emails.find(wanted), [idInEmail(wanted)])
        .map(applicants.get)
        .filter((row) => row !== undefined)
        .filter((row) => row.email.toLowerCase() === wanted);
    },
    applicationsOf(applicantId) {
      const seeded = applicationsOf(applicantId - FIRST_APPLICANT_ID, size.applications);
      return withSeeded(
        applicantIds.find(applicantId),
        seeded.map((index) => FIRST_APPLICATION_ID + index),
      )
        .map(applications.get)
        .filter((row) => row !== undefined)
        .filter((row) => row.applicant_id === applicantId);
    },
    creatorOf: (applicationId) => creators.get(applicationId),
    setCreator: (applicationId, key) => void creators.set(applicationId, key),
    isUniform: () => elsewhere === 0 && creators.size === 0,
  };
}

const isElsewhere = (row: { company_id: number } | undefined): boolean =>
  row !== undefined && row.company_id !== MAIN_COMPANY.id;

function withSeeded(changed: readonly number[], seeded: readonly (number | null)[]): number[] {
  return [...new Set([...seeded, ...changed])].filter((id) => id !== null).toSorted((a, b) => a - b);
}

/** Ids of changed rows by one of their values. Seeded rows are not indexed: their ids are computed. */
function createIndex<Row extends Stored, Key>(keyOf: (row: Row) => Key | undefined) {
  const idsByKey = new Map<Key, Set<number>>();
  return {
    find: (key: Key): readonly number[] => [...(idsByKey.get(key) ?? [])],
    changed(before: Row | undefined, after: Row | undefined): void {
      const oldKey = before === undefined ? undefined : keyOf(before);
      const newKey = after === undefined ? undefined : keyOf(after);
      if (before !== undefined && oldKey !== undefined) idsByKey.get(oldKey)?.delete(before.id);
      if (after === undefined || newKey === undefined) return;
      const ids = idsByKey.get(newKey) ?? new Set();
      idsByKey.set(newKey, ids.add(after.id));
    },
  };
}
