import type { Address } from "../api/schemas.ts";

const MAX_BIGINT = 9_223_372_036_854_775_807n;

/** An id as a bigint column takes it; null for one that is no whole number or too large. */
export function wholeNumber(id: string | null): string | null {
  return id !== null && /^\d{1,19}$/.test(id) && BigInt(id) <= MAX_BIGINT ? id : null;
}

/** A moment as a timestamptz column takes it: Postgres knows no year 0. */
export function moment(instant: string | null): string | null {
  return instant === null || instant.startsWith("0000") ? null : instant;
}

/** The columns of an embedded address; all null without one. Never key a place on one of them: each was seen null. */
export function place(address: Address | null) {
  return {
    address: address?.name ?? null,
    street_number: address?.street_number ?? null,
    street: address?.street ?? null,
    zipcode: address?.zipcode ?? null,
    city: address?.city ?? null,
    country: address?.country ?? null,
    iso_country: address?.iso_country ?? null,
    administrative_area_level_1: address?.administrative_area_level_1 ?? null,
    administrative_area_level_2: address?.administrative_area_level_2 ?? null,
    administrative_area_level_3: address?.administrative_area_level_3 ?? null,
    latitude: address?.lat ?? null,
    longitude: address?.lon ?? null,
  };
}
