import type { z } from "zod";
import { AppError } from "../../platform/errors.ts";
import { coordinate, embed, reference, text } from "./fields.ts";

/** An address, where the answer embeds it. */
export const address = embed({
  name: text,
  street_number: text,
  street: text,
  zipcode: text,
  city: text,
  country: text,
  iso_country: text,
  administrative_area_level_1: text,
  administrative_area_level_2: text,
  administrative_area_level_3: text,
  lat: coordinate,
  lon: coordinate,
});

/** A part of the company (an entity, a unit), where the answer embeds it. */
export const part = embed({ id: reference, name: text, reference: text });

/** A jobboard's items say whose they are in one of four ways, or not at all (question Q12 of the reference). */
export const company = { company_id: reference, company_slug: text, company: embed({ id: reference, slug: text }) };

interface OfCompany {
  readonly company_id: string | null;
  readonly company_slug: string | null;
  readonly company: { readonly id: string | null; readonly slug: string | null } | null;
}

/** The company of an item from wherever the answer has it. */
export const companyOf = (item: OfCompany) => ({
  company_id: item.company_id ?? item.company?.id ?? null,
  company_slug: item.company_slug ?? item.company?.slug ?? null,
});

/** Throws an `AppError` (`unreadable_item`) only for an item that is no object or has no id; the message holds no value. */
export function parse<T>(what: string, schema: z.ZodType<T>, item: unknown): T {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  const problem = result.error.issues[0]?.path.length === 0 ? "is not an object" : "has no readable id";
  throw new AppError("unreadable_item", `The ${what} ${problem}.`, { disposition: "fail" });
}
