/** Reads the pagination of an answer from its headers (question Q7 and section 16 of the reference). */
import type { Pagination } from "./pagination.ts";
import { readUrl } from "../../platform/url.ts";

type Headers = Readonly<Record<string, string>>;
/** The values of a header by the name of the member; null if there are two different ones. */
type Members = ReadonlyMap<string, string | null>;

/** The database could not store larger numbers, and no list is that long. */
const LARGEST = 2 ** 31 - 1;

/** The forms that are tried, in order: a JSON object, a list of pairs, one header for each value, a `Link`. */
const readers: readonly ((headers: Headers) => Members)[] = [
  (headers) => fromJson(headers["x-pagination"] ?? ""),
  (headers) => fromPairs(headers["x-pagination"] ?? ""),
  (headers) => fromHeaders(headers, "x-pagination-"),
  (headers) => fromHeaders(headers, ""),
  (headers) => fromLink(headers["link"] ?? ""),
];

/** Reads the pagination from headers (names in lower case); null if there is none that can be read. */
export function readPagination(headers: Headers): Pagination | null {
  for (const read of readers) {
    const said = read(headers);
    const pagination: Pagination = {
      total: count(said.get("totalcount")),
      currentPage: count(said.get("currentpage")),
      nextPage: count(said.get("nextpage")),
      // A boolean is read before any number: `false` is no page 0.
      lastPage: /^\s*true\s*$/i.test(said.get("lastpage") ?? "") ? true : count(said.get("lastpage")),
    };
    if (Object.values(pagination).some((value) => value !== null)) return pagination;
  }
  return null;
}

/** The one form of `total-count`, `total_count` and `totalCount`. */
function fold(name: string): string {
  return name.replace(/[-_]/g, "").toLowerCase();
}

/** A member that occurs twice counts if both values are the same. */
function members(pairs: readonly (readonly [string, string])[]): Members {
  const found = new Map<string, string | null>();
  for (const [name, value] of pairs) {
    const key = fold(name);
    found.set(key, (found.get(key) ?? value) === value && found.get(key) !== null ? value : null);
  }
  return found;
}

function fromJson(header: string): Members {
  try {
    const value: unknown = JSON.parse(header);
    if (typeof value !== "object" || value === null) return new Map();
    return members(Object.entries(value).map(([name, inner]) => [name, String(inner)]));
  } catch {
    return new Map();
  }
}

function fromPairs(header: string): Members {
  const pairs = header.matchAll(/([a-z][\w-]*)["']?\s*(?:=>|[:=])\s*["']?([^\s,;"'}\]]*)/gi);
  return members([...pairs].map(([, name = "", value = ""]) => [name, value]));
}

/** One header for each value, with a prefix or bare. The values of a repeated header are joined by a comma. */
function fromHeaders(headers: Headers, prefix: string): Members {
  const names = ["total-count", "current-page", "next-page", "last-page"];
  return members(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix) && names.includes(name.slice(prefix.length).replaceAll("_", "-")))
      .flatMap(([name, value]) => value.split(",").map((one) => [name.slice(prefix.length), one.trim()] as const)),
  );
}

/** The page in the address of `<…?page=3>; rel="next"`. */
function fromLink(header: string): Members {
  const links = [...header.matchAll(/<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/g)];
  return members(
    links.flatMap(([, address = "", parameters = ""]) => {
      const rels = (/;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(parameters)?.slice(1).find(Boolean) ?? "").split(
        /\s+/,
      );
      const page = readUrl(address, "http://localhost")?.searchParams.get("page") ?? null;
      return page === null
        ? []
        : rels.filter((rel) => /^(?:next|last)$/i.test(rel)).map((rel) => [`${rel}-page`, page] as const);
    }),
  );
}

function count(text: string | null | undefined): number | null {
  const number = text != null && /^\s*\d{1,10}(?:\.0+)?\s*$/.test(text) ? Number(text) : null;
  return number !== null && number <= LARGEST ? number : null;
}
