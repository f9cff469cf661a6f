import { FIRST_CAMPAIGN_ID, OLDEST_CAMPAIGNS } from "./generate-campaigns.ts";
import { describeApplicant } from "./generate-people.ts";
import type { Dice } from "./random.ts";
import type { SandboxApplication } from "./rows.ts";
import type { Timeline } from "./timeline.ts";
import { APPLICATION_TAGS, COMMENTS, MAIN_COMPANY, SKILLS, SOURCES, STATUSES } from "./vocabulary.ts";

export const FIRST_APPLICATION_ID = 100_001;
export const FIRST_APPLICANT_ID = 5_000_001;
const SALT = 200;
const HOUR_MS = 3_600_000;
const NONE: readonly never[] = [];

/**
 * Who applied, without a table: of five consecutive applications four are a person's first, and the fifth is the second one
 * of a person of an earlier block. Both directions are computed.
 */
const firstApplicationOf = (applicant: number): number => Math.floor(applicant / 4) * 5 + (applicant % 4);
export const applicantOf = (application: number): number => {
  const block = Math.floor(application / 5);
  const index = application % 5;
  return index < 4 ? block * 4 + index : Math.floor(block / 2) * 4 + (block % 4);
};
export const applicantCount = (applications: number): number =>
  Math.floor(applications / 5) * 4 + Math.min(applications % 5, 4);

/** The seeded applications of a seeded applicant, as indices below `count`. */
export function applicationsOf(applicant: number, count: number): number[] {
  const half = Math.floor(applicant / 4);
  const seconds = [2 * half, 2 * half + 1].filter((block) => block % 4 === applicant % 4).map((block) => block * 5 + 4);
  return [firstApplicationOf(applicant), ...seconds].filter((index) => index < count);
}

export function createApplicationSource(
  dice: Dice,
  timeline: Timeline,
  size: { readonly campaigns: number; readonly applications: number },
  campaignStatusAt: (index: number) => string,
) {
  const shareOf = (index: number): number => (index + dice.unit(SALT, index)) / size.applications;
  const createdAt = (index: number): number => timeline.at(shareOf(index));
  const applicantCreatedAt = (index: number): number => createdAt(firstApplicationOf(index)) - 20_000;

  /** Newer campaigns receive more applications; a draft receives none, and no person applies twice to a campaign. */
  const campaignOf = (index: number): number | null => {
    const existing = Math.max(Math.min(OLDEST_CAMPAIGNS, size.campaigns), Math.floor(shareOf(index) * size.campaigns));
    const drawn = existing - 1 - Math.floor(dice.unit(SALT + 1, index) ** 2 * existing);
    const first = firstApplicationOf(applicantOf(index));
    const earlier = first === index ? null : campaignOf(first);
    for (let step = 0; step < existing; step += 1) {
      const candidate = (drawn + step) % existing;
      const id = FIRST_CAMPAIGN_ID + candidate;
      if (id !== earlier && campaignStatusAt(candidate) !== "draft") return id;
    }
    return earlier;
  };

  const build = (index: number): SandboxApplication =>
    describeApplication(dice, {
      id: FIRST_APPLICATION_ID + index,
      createdAt: createdAt(index),
      end: timeline.end,
      campaign: campaignOf(index),
      applicant: FIRST_APPLICANT_ID + applicantOf(index),
    });

  return {
    createdAt,
    build,
    fresh: (id: number, at: number) =>
      describeApplication(dice, { id, createdAt: at, end: at, campaign: null, applicant: null }),
    applicantCreatedAt,
    buildApplicant: (index: number) => describeApplicant(dice, FIRST_APPLICANT_ID + index, applicantCreatedAt(index)),
  };
}

interface Origin {
  readonly id: number;
  readonly createdAt: number;
  /** Nothing happens after it. */
  readonly end: number;
  readonly campaign: number | null;
  readonly applicant: number | null;
}

/** One literal without a spread, because a filter over a million applications builds each of them. */
function describeApplication(dice: Dice, { id, createdAt, end, campaign, applicant }: Origin): SandboxApplication {
  const complete = dice.unit(SALT + 2, id) < 0.9;
  const age = end - createdAt;
  const value = complete && age > 48 * HOUR_MS ? statusOf(dice.unit(SALT + 3, id)) : STATUSES[0];
  const wait = Math.min(age, HOUR_MS * (24 + dice.int(SALT + 4, id, 960)));
  return {
    id,
    company_id: MAIN_COMPANY.id,
    campaign_id: campaign,
    applicant_id: applicant,
    created_at: createdAt,
    current_stage: complete ? null : dice.pick(["abstract", "survey", "resume"], SALT + 5, id),
    status: { value, date: value === STATUSES[0] ? createdAt : createdAt + wait },
    source: dice.int(SALT + 6, id, 15) === 0 ? null : dice.pick(SOURCES, SALT + 7, id),
    tags: dice.pick(APPLICATION_TAGS, SALT + 8, id),
    skills: dice.pick(SKILLS, SALT + 9, id),
    comments:
      dice.int(SALT + 10, id, 10) === 0
        ? [{ text: dice.pick(COMMENTS, SALT + 11, id), created_at: createdAt + Math.min(age, 30 * HOUR_MS) }]
        : NONE,
  };
}

function statusOf(roll: number): string {
  if (roll < 0.22) return "new";
  if (roll < 0.42) return "interview";
  if (roll < 0.47) return "offer";
  return roll < 0.55 ? "hired" : "rejected";
}
