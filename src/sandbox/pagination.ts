import type { Readings } from "./readings.ts";

export interface PagePosition {
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
}

type PaginationReadings = Pick<
  Readings,
  | "pagination"
  | "paginationSeparator"
  | "paginationNames"
  | "paginationNumbers"
  | "nextOnLast"
  | "total"
  | "lastPage"
  | "lastOfEmpty"
>;
type Value = string | number | boolean | null;

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
    bare: () => Object.fromEntries(values.map(([name, value]) => [headerCase(name), String(value)])),
    link: () => writeLink(readings, position),
    absent: () => ({}),
    unreadable: () => ({ "X-Pagination": `page ${position.page}, see the guide` }),
  };
  return forms[readings.pagination]();
}

const lastPageOf = ({ lastOfEmpty }: Pick<Readings, "lastOfEmpty">, { perPage, total }: PagePosition): number =>
  Math.max(lastOfEmpty, Math.ceil(total / perPage));

/** The next page and, where the total is told, the last one; no header on a page that has neither. */
function writeLink(readings: PaginationReadings, position: PagePosition): Record<string, string> {
  const last = lastPageOf(readings, position);
  const pages: Readonly<Record<string, number | null>> = {
    next: position.page < last ? position.page + 1 : null,
    last: readings.total === "told" ? last : null,
  };
  const links = Object.entries(pages).flatMap(([rel, page]) =>
    page === null ? [] : [`<https://api.example/v2/list?page=${page}&per_page=${position.perPage}>; rel="${rel}"`],
  );
  return links.length === 0 ? {} : { Link: links.join(", ") };
}

function pageValues(readings: PaginationReadings, position: PagePosition): Record<string, Value> {
  const { page, total } = position;
  const last = lastPageOf(readings, position);
  const ends: Record<Readings["nextOnLast"], Record<string, Value>> = {
    null: { "next-page": null },
    absent: {},
    empty: { "next-page": "" },
    zero: { "next-page": 0 },
    same: { "next-page": last },
  };
  return {
    ...(readings.total === "told"
      ? { "total-count": total, "last-page": readings.lastPage === "boolean" ? page >= last : last }
      : {}),
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
