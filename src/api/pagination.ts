/** What `X-Pagination` says of a list. Null: it does not say. */
export interface Pagination {
  readonly total: number | null;
  readonly currentPage: number | null;
  readonly nextPage: number | null;
  readonly lastPage: number | null;
}

export interface ListAnswer {
  readonly items: readonly unknown[];
  /** Null where the answer had no pagination header that can be read. */
  readonly pagination: Pagination | null;
}

/** Where a walk stands: the page it asked for, how many rows came, and how many its page before held. */
export interface WalkPosition {
  readonly page: number;
  readonly perPage: number;
  readonly received: number;
  readonly previousReceived: number | null;
}

type Headers = Readonly<Record<string, string>>;
type Fields = ReadonlyMap<string, string>;

/** `total-count`, `total_count` and `totalCount` are one name. */
const fold = (name: string): string => name.replace(/[-_]/g, "").toLowerCase();

/** The readings of question Q7, in order: a JSON object, a list of pairs, separate headers. */
const readings: readonly ((headers: Headers) => Fields)[] = [
  (headers) => fromJson(headers["x-pagination"] ?? ""),
  (headers) => fromPairs(headers["x-pagination"] ?? ""),
  (headers) =>
    new Map(
      Object.entries(headers)
        .filter(([name]) => name.startsWith("x-pagination-"))
        .map(([name, value]) => [fold(name.slice("x-pagination-".length)), value]),
    ),
];

/** Reads the pagination of an answer from its headers (names in lower case); null where there is none to be read. */
export function readPagination(headers: Headers): Pagination | null {
  for (const read of readings) {
    const fields = read(headers);
    const pagination = {
      total: count(fields.get("totalcount")),
      currentPage: count(fields.get("currentpage")),
      nextPage: count(fields.get("nextpage")),
      lastPage: count(fields.get("lastpage")),
    };
    if (Object.values(pagination).some((value) => value !== null)) return pagination;
  }
  return null;
}

function fromJson(header: string): Fields {
  try {
    const value: unknown = JSON.parse(header);
    if (typeof value !== "object" || value === null) return new Map();
    return new Map(Object.entries(value).map(([name, inner]) => [fold(name), String(inner)]));
  } catch {
    return new Map();
  }
}

function fromPairs(header: string): Fields {
  const pairs = header.matchAll(/([a-z][\w-]*)["']?\s*(?:=>|[:=])\s*["']?([^\s,;"'}]*)/gi);
  return new Map([...pairs].map(([, name = "", value = ""]) => [fold(name), value]));
}

function count(text: string | undefined): number | null {
  return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) : null;
}

/**
 * Whether the list goes on after this page (question Q7). An empty page is always the end. The header decides where it
 * says anything of pages. Without it the list ends at a page shorter than the walk's page before; a first page shorter
 * than `perPage` proves nothing, since the API may not honour `perPage`.
 * It cannot see a list that repeats itself: the caller stops on ids it has seen, and caps its pages.
 */
export function hasNext(pagination: Pagination | null, at: WalkPosition): boolean {
  if (at.received === 0) return false;
  const current = pagination?.currentPage ?? at.page;
  const last = pagination?.lastPage ?? null;
  if (last !== null && current >= last) return false;
  const next = pagination?.nextPage ?? null;
  if (next !== null) return next > current;
  // No next page, yet pages up to `last` that we have not seen: one request more is cheaper than rows lost.
  if (last !== null) return true;
  // Pages may be smaller than asked for, never larger than the one we hold unless it is the last: this is a lower bound.
  const total = pagination?.total ?? null;
  if (total !== null && at.page * at.received >= total) return false;
  return at.previousReceived === null || at.received >= at.previousReceived;
}
