/** What the headers of an answer say about its list, and what follows from that (question Q7 and section 16 of the reference). */
import { readUrl } from "../../platform/url.ts";

/** Null: not reported. */
export interface Pagination {
  readonly total: number | null;
  readonly currentPage: number | null;
  readonly nextPage: number | null;
  /** The number of the last page; true: this is the last page. */
  readonly lastPage: number | true | null;
}

export interface ListAnswer {
  readonly items: readonly unknown[];
  /** Null if the answer had no readable pagination header. */
  readonly pagination: Pagination | null;
}

/** The position of a walk: the requested page, how many rows were received, and how many its previous page had. */
export interface WalkPosition {
  readonly page: number;
  readonly perPage: number;
  readonly received: number;
  readonly previousReceived: number | null;
}

/** An empty page, for a server that answers 404 after the last page. */
export const NOTHING_BEHIND: ListAnswer = { items: [], pagination: null };

/**
 * Whether the list continues after this page (question Q7). An empty page is always the end. If the header reports pages,
 * it decides. Otherwise the list ends at a page shorter than the previous page of the walk; a first page shorter than
 * `perPage` proves nothing, because the API may not honour `perPage`.
 * It cannot detect a list that repeats itself: the caller compares ids, and limits the number of pages.
 */
export function hasNext(pagination: Pagination | null, at: WalkPosition): boolean {
  if (at.received === 0) return false;
  const current = pagination?.currentPage ?? at.page;
  const last = pagination?.lastPage ?? null;
  if (last === true || (last !== null && current >= last)) return false;
  const next = pagination?.nextPage ?? null;
  if (next !== null && next > current) return true;
  const total = pagination?.total ?? null;
  // "The next page is 0" ends a list only if something else in the header agrees.
  if (next !== null && (last !== null || total !== null)) return false;
  // No next page, but pages up to `last` that were not read: one more request is cheaper than lost rows.
  if (last !== null) return true;
  // Pages may be smaller than requested, but only the last is smaller than the others: this is a lower bound.
  if (total !== null && at.page * at.received >= total) return false;
  return at.previousReceived === null || at.received >= at.previousReceived;
}

/** A page that a header is compared with. */
interface PagePosition {
  readonly page: number;
  readonly received: number;
  /** The least number of rows before this page. */
  readonly before: number;
  /** The most rows that the list can have up to the end of this page; null if the page is shorter than others. */
  readonly through: number | null;
}

/**
 * Whether a header contradicts its page or itself: it reports fewer rows or pages than were read up to here, a different page
 * than the requested one, a next page that is not after this one, both an end and further pages, that a full page is the last
 * of a list that has more rows, or further pages of a list that has none. Such a header proves nothing.
 */
export function contradicts(pagination: Pagination, { page, received, before, through }: PagePosition): boolean {
  const { total, currentPage, nextPage, lastPage } = pagination;
  if (received === 0) return false;
  const isLast =
    lastPage === true || (lastPage !== null && lastPage <= page) || (nextPage !== null && nextPage <= page);
  const hasMore = (typeof lastPage === "number" && lastPage > page) || (nextPage !== null && nextPage > page);
  return (
    (total !== null && total < before + received) ||
    (currentPage !== null && currentPage !== page) ||
    (typeof lastPage === "number" && lastPage < page) ||
    (nextPage !== null && nextPage !== 0 && nextPage < page) ||
    (isLast && hasMore) ||
    (isLast && total !== null && through !== null && total > through) ||
    (hasMore && total !== null && total <= before + received)
  );
}

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

/** Reads the pagination of an answer from its headers (names in lower case); null if there is none that can be read. */
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
