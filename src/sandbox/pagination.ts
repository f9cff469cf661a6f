import type { Readings } from "./readings.ts";

export interface PagePosition {
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
}

type PaginationReadings = Pick<
  Readings,
  "pagination" | "paginationSeparator" | "paginationNames" | "paginationNumbers" | "nextOnLast" | "total"
>;
type Value = string | number | null;

/** The pagination header or headers of one page, in the chosen reading of Q7. */
export function writePagination(readings: PaginationReadings, position: PagePosition): Record<string, string> {
  const values = Object.entries(pageValues(readings, position)).map(([name, value]): [string, Value] => [
    spell(name, readings),
    quoteNumber(value, readings),
  ]);
  const each = (write: (name: string, value: Value) => string): string =>
    values.map(([name, value]) => write(name, value)).join(readings.paginationSeparator === "comma" ? ", " : "; ");
  const forms: Record<Readings["pagination"], () => Record<string, string>> = {
    json: () => ({ "X-Pagination": JSON.stringify(Object.fromEntries(values)) }),
    colons: () => ({ "X-Pagination": each((name, value) => `${name}: ${inList(value)}`) }),
    equals: () => ({ "X-Pagination": each((name, value) => `${name}=${inList(value)}`) }),
    arrows: () => ({ "X-Pagination": `{${each((name, value) => `"${name}"=>${inRuby(value)}`)}}` }),
    headers: () =>
      Object.fromEntries(values.map(([name, value]) => [`X-Pagination-${headerCase(name)}`, String(value)])),
    absent: () => ({}),
    unreadable: () => ({ "X-Pagination": `page ${position.page}, see the guide` }),
  };
  return forms[readings.pagination]();
}

function pageValues(readings: PaginationReadings, { page, perPage, total }: PagePosition): Record<string, Value> {
  const last = Math.max(1, Math.ceil(total / perPage));
  const ends: Record<Readings["nextOnLast"], Record<string, Value>> = {
    null: { "next-page": null },
    absent: {},
    empty: { "next-page": "" },
    zero: { "next-page": 0 },
    same: { "next-page": last },
  };
  return {
    ...(readings.total === "told" ? { "total-count": total, "last-page": last } : {}),
    "current-page": page,
    ...(page < last ? { "next-page": page + 1 } : ends[readings.nextOnLast]),
  };
}

function spell(name: string, readings: PaginationReadings): string {
  if (readings.paginationNames === "underscore") return name.replace("-", "_");
  if (readings.paginationNames === "camel")
    return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return name;
}

const quoteNumber = (value: Value, readings: PaginationReadings): Value =>
  typeof value === "number" && readings.paginationNumbers === "string" ? String(value) : value;

/** A string that came of a number is quoted, so that the reading "string" shows in the list forms too. */
const inList = (value: Value): string =>
  typeof value === "string" && value !== "" ? `"${value}"` : String(value ?? "null");
const inRuby = (value: Value): string => (value === null ? "nil" : JSON.stringify(value));
const headerCase = (name: string): string => name.replaceAll(/(^|-)([a-z])/g, (part) => part.toUpperCase());
