import type { Dice } from "./random.ts";
import type { SandboxCampaign } from "./rows.ts";
import type { Timeline } from "./timeline.ts";
import {
  ADDRESSES,
  CAMPAIGN_TAGS,
  CHANNELS,
  ENTITY_NAMES,
  JOB_FIELDS,
  JOB_TITLES,
  JOB_TYPES,
  MAIN_COMPANY,
  STAGE_SETS,
  UNIT_NAMES,
  VIDEO_HOSTS,
  WORKING_TIMES,
} from "./vocabulary.ts";

export const FIRST_CAMPAIGN_ID = 1_001;
/** How many are online before the first person applies. */
export const OLDEST_CAMPAIGNS = 2;
const DAY_MS = 86_400_000;
const SALT = 100;

export function createCampaignSource(dice: Dice, timeline: Timeline, count: number) {
  const createdAt = (index: number): number =>
    index < OLDEST_CAMPAIGNS ? timeline.at(0) - DAY_MS + index : timeline.at((index + dice.unit(SALT, index)) / count);
  /** Cheaper than building the whole row. */
  const statusAt = (index: number): string =>
    index < OLDEST_CAMPAIGNS ? "online" : statusOf(dice, index / count, index);
  /** A campaign for an id outside the seeded range. */
  const fresh = (id: number, at: number): SandboxCampaign =>
    describeCampaign(dice, { id, createdAt: at, end: at }, "online");
  const build = (index: number): SandboxCampaign => {
    const row = describeCampaign(
      dice,
      { id: FIRST_CAMPAIGN_ID + index, createdAt: createdAt(index), end: timeline.end },
      statusAt(index),
    );
    return index === 0 ? spontaneous(row) : row;
  };
  return { createdAt, statusAt, build, fresh };
}

/** Older campaigns are mostly archived, newer ones mostly online. */
function statusOf(dice: Dice, age: number, index: number): string {
  const roll = dice.unit(SALT + 1, index);
  if (roll < 0.06) return "draft";
  if (roll < 0.16) return "standby";
  return roll < 0.16 + 0.84 * (0.25 + 0.75 * age) ? "online" : "archived";
}

/** The permanently open campaign of a career site (reference 12.2). */
function spontaneous(row: SandboxCampaign): SandboxCampaign {
  return { ...row, name: "Candidature spontanée", job_type: "Other", last_activation_at: row.created_at };
}

function describeCampaign(
  dice: Dice,
  { id, createdAt, end }: { readonly id: number; readonly createdAt: number; readonly end: number },
  status: string,
): SandboxCampaign {
  const activatedAt = Math.min(end, createdAt + 3_600_000 * (1 + dice.int(SALT + 15, id, 240)));
  const name = `${dice.pick(JOB_TITLES, SALT + 2, id)} (H/F)`;
  const entity = dice.int(SALT + 3, id, ENTITY_NAMES.length);
  const salary = dice.int(SALT + 4, id, 3) === 0 ? null : 22_000 + 500 * dice.int(SALT + 5, id, 50);
  return {
    id,
    company_id: MAIN_COMPANY.id,
    entity_id: 1 + entity,
    unit_id: 11 + entity * UNIT_NAMES.length + dice.int(SALT + 6, id, UNIT_NAMES.length),
    slug: id.toString(36).padStart(6, "0"),
    name,
    status,
    job_type: dice.pick(JOB_TYPES, SALT + 7, id),
    job_field: dice.pick(JOB_FIELDS, SALT + 8, id),
    working_time: dice.pick(WORKING_TIMES, SALT + 9, id),
    education_level: 1 + dice.int(SALT + 10, id, 7),
    experience_level: dice.int(SALT + 11, id, 5),
    remote_level: dice.int(SALT + 12, id, 4),
    stages: dice.pick(STAGE_SETS, SALT + 13, id),
    video_host: dice.pick(VIDEO_HOSTS, SALT + 14, id),
    salary_min: salary,
    salary_max: salary === null ? null : salary + 4_000,
    salary_currency: salary === null ? null : 1,
    description: `<p>Au sein de nos équipes, vous rejoignez un poste de <strong>${name}</strong>.</p><ul><li>Accueil</li><li>Suivi</li></ul>`,
    profile: "<p>Vous aimez le travail en équipe et savez vous organiser.</p>",
    cover_url: null,
    created_at: createdAt,
    last_activation_at: status === "draft" ? null : activatedAt,
    address: dice.pick(ADDRESSES, SALT + 16, id),
    channels: status === "online" ? CHANNELS : [],
    tags: dice.pick(CAMPAIGN_TAGS, SALT + 17, id),
  };
}
