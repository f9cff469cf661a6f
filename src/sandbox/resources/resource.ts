import type { Collection } from "../data/collection.ts";
import type { SandboxData } from "../data/data.ts";
import type { SandboxCampaign, Stored } from "../data/rows.ts";
import type { RequestContext } from "../requests/context.ts";
import type { Complaints } from "../requests/refusals.ts";

/** A predicate for a parameter's value; null if the value cannot be read. */
export type Filter<Row> = (value: string, data: SandboxData) => ((row: Row) => boolean) | null;

/** What one kind of row needs to be listed and shown. */
export interface SandboxResource<Row extends Stored> {
  /** The resource's name in an envelope. */
  readonly name: string;
  readonly collection: (data: SandboxData) => Collection<Row>;
  /** Values of `order` with their comparison; null is the order of creation. */
  readonly orders: Readonly<Record<string, ((a: Row, b: Row) => number) | null>>;
  /** Query (or path) parameters that filter. */
  readonly filters: Readonly<Record<string, Filter<Row>>>;
  /** Rules between parameters. */
  readonly check?: (query: Readonly<Record<string, string>>) => Complaints | undefined;
  /** Which rows this key may see; null if all. */
  readonly visible?: (context: RequestContext) => ((row: Row) => boolean) | null;
  readonly describe: (row: Row, embeds: readonly string[], context: RequestContext) => object;
  /** Finds a row by the e-mail in a path, where the reference allows it. */
  readonly byEmail?: (email: string, data: SandboxData) => Row | undefined;
}

export const BY_CREATION = { created_at: null } as const;

export const oneOf =
  <Row>(read: (row: Row) => string | null): Filter<Row> =>
  (value) => {
    const wanted = new Set(value.split(","));
    return (row) => wanted.has(read(row) ?? "");
  };

export const sameNumber =
  <Row>(read: (row: Row, data: SandboxData) => number | null): Filter<Row> =>
  (value, data) => {
    const wanted = Number(value);
    return Number.isInteger(wanted) ? (row) => read(row, data) === wanted : null;
  };

export const sameFlag =
  <Row>(read: (row: Row) => boolean): Filter<Row> =>
  (value) =>
    value === "true" || value === "false" ? (row) => read(row) === (value === "true") : null;

/** Every word must be found in one of the texts, without regard to case. */
export const keywords =
  <Row>(read: (row: Row) => readonly (string | null)[]): Filter<Row> =>
  (value) => {
    const words = value.toLowerCase().split(/\s+/).filter(Boolean);
    return (row) => {
      const text = read(row).join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    };
  };

/** The embeds that were asked for. Any other is undefined, which leaves it out even where the row has a field of that name. */
export function embedded(asked: readonly string[], embeds: Readonly<Record<string, () => unknown>>): object {
  return Object.fromEntries(
    Object.entries(embeds).map(([name, read]) => [name, asked.includes(name) ? read() : undefined]),
  );
}

type OfCompany = (row: { readonly company_id: number }) => boolean;

/** The company that a customer key belongs to. */
export function employerOf(key: RequestContext["key"], { companies }: SandboxData): number | undefined {
  return key.companyId ?? companies[0]?.id;
}

/** Rows of the key's own company; null if there are no others, so that the whole list need not be filtered. */
export function ofCompany({ key, data }: RequestContext): OfCompany | null {
  if (data.isUniform() && key.companyId === undefined) return null;
  const company = employerOf(key, data);
  return (row) => row.company_id === company;
}

export const sameCompanySlug = (slug: string, { companies }: SandboxData): OfCompany => {
  const company = companies.find((one) => one.slug === slug)?.id;
  return (row) => row.company_id === company;
};

/** Whether a campaign is shown to candidates; the rule of a jobboard's list and of its applications (reference 9.3). */
export const isBroadcast = (campaign: SandboxCampaign): boolean => campaign.status === "online";
