/** The people, and the organisation that recruits them. */
import type { Dice } from "./random.ts";
import type { SandboxApplicant } from "./rows.ts";
import {
  ADDRESSES,
  ENTITY_NAMES,
  FIRST_NAMES,
  MAIN_COMPANY,
  NAME_ENDINGS,
  NAME_STEMS,
  POOLS,
  UNIT_NAMES,
} from "./vocabulary.ts";

const SALT = 300;
const DAY_MS = 86_400_000;
const MANAGERS = 6;
const FIRST_MANAGER_ID = 101;
const FIRST_UNIT_ID = 11;

/** An invented person: an invented name, an address at example.com or example.org, a phone number reserved for fiction. */
export function describeApplicant(dice: Dice, id: number, createdAt: number): SandboxApplicant {
  const { first, last } = describeName(dice, id);
  const domain = dice.int(SALT + 3, id, 4) === 0 ? "example.org" : "example.com";
  return {
    id,
    company_id: MAIN_COMPANY.id,
    email: `${asciiOf(first)}.${asciiOf(last)}.${id}@${domain}`,
    first_name: first,
    last_name: last,
    locale: dice.int(SALT + 4, id, 12) === 0 ? "en" : "fr",
    phone_code: "33",
    phone_number:
      dice.int(SALT + 5, id, 6) === 0 ? null : `63998${String(dice.int(SALT + 6, id, 10_000)).padStart(4, "0")}`,
    avatar_url: null,
    bio_url: dice.int(SALT + 7, id, 20) === 0 ? `https://example.org/bio/${id}` : null,
    iso_country: "FR",
    is_partner_newsletter_active: dice.int(SALT + 8, id, 8) === 0,
    is_campaign_alert_active: dice.int(SALT + 9, id, 3) === 0,
    created_at: createdAt,
    address: dice.int(SALT + 10, id, 4) === 0 ? null : dice.pick(ADDRESSES, SALT + 11, id),
    pools: dice.pick(POOLS, SALT + 12, id),
  };
}

/** Four entities with three units each, and six managers. Their ids are consecutive in the order of creation. */
export function generateOrganisation(dice: Dice, start: number) {
  const before = start - 100 * DAY_MS;
  const entities = ENTITY_NAMES.map((name, index) => ({
    id: 1 + index,
    name,
    reference: `ENT-${index + 1}`,
    color: "#515A53",
    created_at: before + index * DAY_MS,
  }));
  const units = entities.flatMap((entity, position) =>
    UNIT_NAMES.map((name, index) => ({
      id: FIRST_UNIT_ID + position * UNIT_NAMES.length + index,
      entity_id: entity.id,
      name: `${name} ${entity.name}`,
      reference: `UNI-${entity.id}-${index + 1}`,
      created_at: entity.created_at + (index + 1) * 3_600_000,
    })),
  );
  const managers = Array.from({ length: MANAGERS }, (_, index) => {
    const id = FIRST_MANAGER_ID + index;
    const { first, last } = describeName(dice, id);
    return {
      id,
      email: `${asciiOf(first)}.${asciiOf(last)}.manager${index + 1}@example.org`,
      first_name: first,
      last_name: last,
      locale: "fr",
      credentials: 1 + (index % 4),
      unit_ids: units.filter((unit) => unit.id % MANAGERS === index).map((unit) => unit.id),
      created_at: before + index * DAY_MS,
    };
  });
  return { entities, units, managers };
}

function describeName(dice: Dice, id: number): { readonly first: string; readonly last: string } {
  const stem = dice.pick(NAME_STEMS, SALT, id);
  return { first: dice.pick(FIRST_NAMES, SALT + 1, id), last: stem + dice.pick(NAME_ENDINGS, SALT + 2, id) };
}

/** The id that a generated e-mail address was made from; null for any other address. */
export function idInEmail(email: string): number | null {
  const found = /\.(\d+)@example\.(?:com|org)$/.exec(email);
  return found?.[1] === undefined ? null : Number(found[1]);
}

function asciiOf(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/[^a-zA-Z]/gu, "")
    .toLowerCase();
}
