import { z } from "zod";
import { id, instant, label, reference, text } from "./fields.ts";
import { company, companyOf, parse, part } from "./parts.ts";

/** A person who recruits (sections 10.4, 11 and 12.1 of the reference). Unknown fields stay; a missing or strange one is null. */
const managerSchema = z
  .looseObject({
    id,
    email: text,
    first_name: text,
    last_name: text,
    locale: label,
    phone_code: text,
    phone_number: text,
    credentials: label,
    created_at: instant,
    ...company,
  })
  .transform((item) => ({ ...item, ...companyOf(item) }));

/** A part of the company, often a brand (sections 10.5, 12.1 and 12.2). */
const entitySchema = z
  .looseObject({
    id,
    name: text,
    reference: text,
    color: text,
    logo_url: text,
    created_at: instant,
    ...company,
  })
  .transform((item) => ({ ...item, ...companyOf(item) }));

/** A part of an entity (sections 10.5 and 12.1). Its list is that of one entity, so that an item need not say which. */
const unitSchema = z
  .looseObject({ id, entity_id: reference, entity: part, name: text, reference: text, created_at: instant })
  .transform((item) => ({ ...item, entity_id: item.entity_id ?? item.entity?.id ?? null }));

export const parseManager = (item: unknown) => parse("manager", managerSchema, item);
export const parseEntity = (item: unknown) => parse("entity", entitySchema, item);
export const parseUnit = (item: unknown) => parse("unit", unitSchema, item);
