import type { Address } from "../../api/schemas/hiring.ts";

const MAX_BIGINT = 9_223_372_036_854_775_807n;
const MAX_INDEXED_BYTES = 2_000;

/** An id as a bigint column stores it; null for one that is no whole number or too large. */
export function wholeNumber(id: unknown): string | null {
  return typeof id === "string" && /^\d{1,19}$/.test(id) && BigInt(id) <= MAX_BIGINT ? id : null;
}

/**
 * A text of an indexed column: an entry of a btree holds at most 2,704 bytes, the account included. Null for one that is
 * larger; `raw` has it.
 */
export function indexed(text: string | null): string | null {
  return text === null || Buffer.byteLength(text) > MAX_INDEXED_BYTES ? null : text;
}

/** The columns of an embedded address; all null without one. Never identify an address by one of them: each was seen null. */
export function addressValues(address: Address | null) {
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
