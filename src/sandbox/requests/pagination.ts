import type { Variants } from "../variants.ts";

interface PagePosition {
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
}

type Value = string | number | boolean | null;

/** The pagination header or headers of one page, in the chosen variant of Q7. */
export function writePagination(variants: Variants, position: PagePosition): Record<string, string> {
  const values = Object.entries(pageValues(variants, position)).map(([name, value]): [string, Value] => [
    spell(name, variants),
    quoteNumber(value, variants),
  ]);
  const each = (write: (name: string, value: Value) => string): string =>
    values.map(([name, value]) => write(name, value)).join(variants.paginationSeparator === "comma" ? ", " : "; ");
  const forms: Record<Variants["pagination"], () => Record<string, string>> = {
    json: () => ({ "X-Pagination": JSON.stringify(Object.fromEntries(values)) }),
    colons: () => ({ "X-Pagination": each((name, value) => `${name}: ${inList(value)}`) }),
    equals: () => ({ "X-Pagination": each((name, value) => `${name}=${inList(value)}`) }),
    arrows: () => ({ "X-Pagination": `{${each((name, value) => `"${name}"=>${inRuby(value)}`)}}` }),
    headers: () =>
      Object.fromEntries(values.map(([name, value]) => [`X-Pagination-${headerCase(name)}`, String(value)])),
    bare: () => Object.fromEntries(values.map(([name, value]) => [headerCase(name), String(value)])),
    link: () => writeLink(variants, position),
    absent: () => ({}),
    unreadable: () => ({ "X-Pagination": `page ${position.page}, see the guide` }),
  };
  return forms[variants.pagination]();
}

const lastPageOf = ({ lastOfEmpty }: Variants, { perPage, total }: PagePosition): number =>
  Math.max(lastOfEmpty, Math.ceil(total / perPage));

/** The next page and, where the total is reported, the last one; no header on a page that has neither. */
function writeLink(variants: Variants, position: PagePosition): Record<string, string> {
  const last = lastPageOf(variants, position);
  const pages: Readonly<Record<string, number | null>> = {
    next: position.page < last ? position.page + 1 : null,
    last: variants.total === "reported" ? last : null,
  };
  const links = Object.entries(pages).flatMap(([rel, page]) =>
    page === null ? [] : [`<https://api.example/v2/list?page=${page}&per_page=${position.perPage}>; rel="${rel}"`],
  );
  return links.length === 0 ? {} : { Link: links.join(", ") };
}

function pageValues(variants: Variants, position: PagePosition): Record<string, Value> {
  const { page, total } = position;
  const last = lastPageOf(variants, position);
  const ends: Record<Variants["nextOnLast"], Record<string, Value>> = {
    null: { "next-page": null },
    absent: {},
    empty: { "next-page": "" },
    zero: { "next-page": 0 },
    same: { "next-page": last },
  };
  return {
    ...(variants.total === "reported"
      ? { "total-count": total, "last-page": variants.lastPage === "boolean" ? page >= last : last }
      : {}),
    "current-page": page,
    ...(page < last ? { "next-page": page + 1 } : ends[variants.nextOnLast]),
  };
}

function spell(name: string, variants: Variants): string {
  if (variants.paginationNames === "underscore") return name.replace("-", "_");
  if (variants.paginationNames === "camel")
    return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return name;
}

const quoteNumber = (value: Value, variants: Variants): Value =>
  typeof value === "number" && variants.paginationNumbers === "string" ? String(value) : value;

/** A number as a string is quoted, so that the variant "string" differs in the list forms too. */
const inList = (value: Value): string =>
  typeof value === "string" && value !== "" ? `"${value}"` : String(value ?? "null");
const inRuby = (value: Value): string => (value === null ? "nil" : JSON.stringify(value));
const headerCase = (name: string): string => name.replaceAll(/(^|-)([a-z])/g, (part) => part.toUpperCase());
