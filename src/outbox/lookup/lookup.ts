/** Looks up in the API whether an import is there. One request for each lookup step; writes nothing. */
import type { ApiClient, CallContext } from "../../api/client.ts";
import { ApiError } from "../../api/errors.ts";
import { contradicts, hasNext, type ListAnswer } from "../../api/answer/pagination.ts";
import { parseApplicant, parseApplication } from "../../api/schemas/hiring.ts";
import { MAX_PAGE_ROWS } from "../../api/kelio.ts";
import { emailKey } from "../../platform/email-key.ts";
import type { OutboxContext } from "../context.ts";
import { stepOf, type ImportRow } from "../import/row.ts";
import { sentence } from "../import/sentences.ts";
import type { Step } from "../import/states.ts";

/**
 * The result of a lookup step. `there`: found, with its id. `absent`: certainly not there. `unseen`: not found, but the API need not
 * show it. `more`: the next step continues at page `at`.
 */
export type LookupResult =
  | { readonly is: "there"; readonly id: bigint; readonly applicantId?: bigint }
  | { readonly is: "absent" }
  | { readonly is: "unseen"; readonly reason: string }
  | { readonly is: "more"; readonly at: number };

type LookupContext = Pick<OutboxContext, "accountKind"> & { readonly api: Pick<ApiClient, "list" | "show"> };

const NEWEST_FIRST = { perPage: MAX_PAGE_ROWS, order: "created_at", sort: "desc" } as const;
/** A longer list is not read to its end. */
const MOST_PAGES = 20;
/** A row that is older than the request by this much was created before it, whatever the clocks and if dates are whole days. */
const OLDER_MS = 2 * 86_400_000;

/** Makes one request to find out whether a step of an import was done. `row.lookupPage` is 0 at the beginning of a lookup. */
export function lookUp(context: LookupContext, row: ImportRow, step: Step, call: CallContext): Promise<LookupResult> {
  if (context.accountKind === "customer") return lookUpForCustomer(context, row, call);
  return lookUpInApplications(context, row, step, call);
}

/** Looks for the e-mail in the path, and then in the list by keywords, because a dot in the path may be read as a format (Q17). */
async function lookUpForCustomer({ api }: LookupContext, row: ImportRow, call: CallContext): Promise<LookupResult> {
  const email = row.email ?? "";
  if (row.lookupPage === 0) {
    try {
      const id = idWithEmail(await api.show("applicants", email, call), email);
      return id === null ? { is: "more", at: 1 } : { is: "there", id };
    } catch (error) {
      if (error instanceof ApiError && error.kind === "not-found") return { is: "more", at: 1 };
      throw error;
    }
  }
  const page = row.lookupPage;
  const query = { ...NEWEST_FIRST, page, filters: { keywords: email } };
  const answer = await api.list("applicants", query, call);
  const found = answer.items.map((item) => idWithEmail(item, email)).find((id) => id !== null);
  if (found !== undefined && found !== null) return { is: "there", id: found };
  return nextOf(answer, page, false);
}

/**
 * Looks through a jobboard's applications, because it sees applicants only there: those of the campaign for an application, those of the
 * company for an applicant. Reads the newest first, down to those older than the request; if the API said that it was there before, it
 * reads all. An application that is not in the list is absent; an applicant may exist without an application.
 */
async function lookUpInApplications(
  { api }: LookupContext,
  row: ImportRow,
  step: Step,
  call: CallContext,
): Promise<LookupResult> {
  const page = Math.max(1, row.lookupPage);
  const filters: Readonly<Record<string, string>> =
    step === "applicant" ? { company_id: String(row.companyId) } : { campaign_id: String(row.campaignId) };
  const query = { ...NEWEST_FIRST, page, embed: ["applicant"], filters } as const;
  const answer = await api.list("applications", query, call);
  const seen = answer.items.map(applicationOf);
  const mine = seen.find(
    ({ companyId, campaignId, applicantId, email }) =>
      // In another company the same e-mail is another applicant.
      (companyId === null || companyId === row.companyId) &&
      (step === "applicant" || campaignId === null || campaignId === row.campaignId) &&
      ((row.applicantId !== null && applicantId === row.applicantId) ||
        (email !== null && row.email !== null && email === emailKey(row.email))),
  );
  if (mine !== undefined && step === "applicant" && mine.applicantId !== null)
    return { is: "there", id: mine.applicantId };
  if (mine !== undefined && step === "application" && mine.id !== null) return { is: "there", id: mine.id };
  if (seen.some(({ applicantId, email }) => applicantId === null && email === null)) {
    return { is: "unseen", reason: sentence("list_anonymous") };
  }
  const since = (row.claimedAt?.getTime() ?? Date.now()) - OLDER_MS;
  // An import that is `ready` may have been sent at any time, by another program or before a restore.
  const isPast =
    stepOf(row).state !== "ready" &&
    !row.existsThere &&
    seen.some(({ createdAt }) => createdAt !== null && createdAt < since);
  const next = nextOf(answer, page, isPast);
  if (next.is !== "absent" || step === "application") return next;
  return { is: "unseen", reason: sentence("jobboard_blind") };
}

/**
 * Returns the result after a page without a match. The end of the list proves absence. If the header contradicts the page, only a page
 * without rows is the end.
 */
function nextOf({ items, pagination }: ListAnswer, page: number, isPast: boolean): LookupResult {
  const received = items.length;
  const before = (page - 1) * received;
  if (received === 0 && (pagination?.total ?? 0) > (page - 1) * MAX_PAGE_ROWS)
    return { is: "unseen", reason: sentence("list_incomplete") };
  const through = received < MAX_PAGE_ROWS ? null : page * MAX_PAGE_ROWS;
  const isBelieved = pagination !== null && !contradicts(pagination, { page, received, before, through });
  const isLast =
    isPast ||
    !hasNext(isBelieved ? pagination : null, { page, perPage: MAX_PAGE_ROWS, received, previousReceived: null });
  if (isLast) return { is: "absent" };
  if (page >= MOST_PAGES)
    return { is: "unseen", reason: sentence("not_among_newest", { count: page * MAX_PAGE_ROWS }) };
  return { is: "more", at: page + 1 };
}

/** Returns the id of an applicant with this e-mail in any spelling, else null. */
function idWithEmail(item: unknown, email: string): bigint | null {
  const shown = readOrNull(parseApplicant, item);
  if (shown === null || shown.email === null) return null;
  return emailKey(shown.email) === emailKey(email) ? wholeId(shown.id) : null;
}

function applicationOf(item: unknown) {
  const read = readOrNull(parseApplication, item);
  return {
    id: wholeId(read?.id ?? null),
    companyId: wholeId(read?.company_id ?? null),
    campaignId: wholeId(read?.campaign_id ?? null),
    applicantId: wholeId(read?.applicant_id ?? null),
    email: read?.applicant?.email == null ? null : emailKey(read.applicant.email),
    createdAt: read?.created_at == null ? null : Date.parse(read.created_at),
  };
}

/** Returns null for an item that cannot be read; it matches nobody. */
function readOrNull<T>(parse: (item: unknown) => T, item: unknown): T | null {
  try {
    return parse(item);
  } catch {
    return null;
  }
}

function wholeId(id: string | null): bigint | null {
  return id !== null && /^\d{1,18}$/.test(id) ? BigInt(id) : null;
}
