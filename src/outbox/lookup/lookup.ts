/** Looking up what a request of unknown outcome left behind: one request a lookup step, no write. */
import type { ApiClient, CallContext } from "../../api/client.ts";
import { ApiError } from "../../api/errors.ts";
import { contradicts, hasNext, type ListAnswer } from "../../api/answer/pagination.ts";
import { parseApplicant, parseApplication } from "../../api/schemas/hiring.ts";
import { emailKey } from "../../mirror/email-key.ts";
import { stepOf, type ImportRow } from "../import/row.ts";
import type { Step } from "../import/states.ts";

/**
 * What a lookup step found: the id; surely not there; not found where it would not surely be seen; or more to read. `at` is
 * where the next step goes on.
 */
export type LookupResult =
  | { readonly is: "there"; readonly id: bigint; readonly applicantId?: bigint }
  | { readonly is: "absent" }
  | { readonly is: "unseen"; readonly reason: string }
  | { readonly is: "more"; readonly at: number };

export interface LookupDeps {
  readonly accountKind: "customer" | "jobboard";
  readonly api: Pick<ApiClient, "list" | "show">;
}

const PER_PAGE = 50;
/** A list that is longer than this is not read to its end. */
const MOST_PAGES = 20;
/** Clocks differ, and dates may be days alone: rows this much older than the request are surely of before it. */
const OLDER_MS = 2 * 86_400_000;

/** One request for what an import's step may have left. `row.lookupPage`: 0 at the beginning of a lookup. */
export function lookUp(deps: LookupDeps, row: ImportRow, step: Step, context: CallContext): Promise<LookupResult> {
  if (deps.accountKind === "customer") return lookUpForCustomer(deps, row, context);
  return lookUpInApplications(deps, row, step, context);
}

/** By the e-mail in the path; then, because a dot there may be read as a format (Q17), in the list by keywords. */
async function lookUpForCustomer({ api }: LookupDeps, row: ImportRow, context: CallContext): Promise<LookupResult> {
  const email = row.email ?? "";
  if (row.lookupPage === 0) {
    try {
      const id = idWithEmail(await api.show("applicants", email, context), email);
      return id === null ? { is: "more", at: 1 } : { is: "there", id };
    } catch (error) {
      if (error instanceof ApiError && error.kind === "not-found") return { is: "more", at: 1 };
      throw error;
    }
  }
  const page = row.lookupPage;
  const query = { page, perPage: PER_PAGE, order: "created_at", sort: "desc", filters: { keywords: email } } as const;
  const answer = await api.list("applicants", query, context);
  const found = answer.items.map((item) => idWithEmail(item, email)).find((id) => id !== null);
  if (found !== undefined && found !== null) return { is: "there", id: found };
  return nextOf(answer, page, false);
}

/**
 * A jobboard sees applicants only in its applications: an application among those of the campaign, an applicant among those of
 * the company, newest first, until they are older than the request, unless the API said that it was there before. An
 * application that is not among them is absent; an applicant without one can be there all the same.
 */
async function lookUpInApplications(
  { api }: LookupDeps,
  row: ImportRow,
  step: Step,
  context: CallContext,
): Promise<LookupResult> {
  const page = Math.max(1, row.lookupPage);
  const filter: Readonly<Record<string, string>> =
    step === "applicant" ? { company_id: String(row.companyId) } : { campaign_id: String(row.campaignId) };
  const query = {
    page,
    perPage: PER_PAGE,
    order: "created_at",
    sort: "desc",
    embed: ["applicant"],
    filters: filter,
  } as const;
  const answer = await api.list("applications", query, context);
  const seen = answer.items.map(applicationOf);
  const mine = seen.find(
    ({ companyId, campaignId, applicantId, email }) =>
      // The same e-mail in another company is another applicant.
      (companyId === null || companyId === row.companyId) &&
      (step === "applicant" || campaignId === null || campaignId === row.campaignId) &&
      ((row.applicantId !== null && applicantId === row.applicantId) ||
        (email !== null && row.email !== null && email === emailKey(row.email))),
  );
  if (mine !== undefined && step === "applicant" && mine.applicantId !== null)
    return { is: "there", id: mine.applicantId };
  if (mine !== undefined && step === "application" && mine.id !== null) return { is: "there", id: mine.id };
  if (seen.some(({ applicantId, email }) => applicantId === null && email === null)) {
    return { is: "unseen", reason: "The list of applications does not say whose they are." };
  }
  const since = (row.claimedAt?.getTime() ?? Date.now()) - OLDER_MS;
  // Of an import that was never sent, as far as we know, nothing tells when it may have been.
  const isPast =
    stepOf(row).state !== "ready" &&
    !row.existsThere &&
    seen.some(({ createdAt }) => createdAt !== null && createdAt < since);
  const next = nextOf(answer, page, isPast);
  if (next.is !== "absent" || step === "application") return next;
  return { is: "unseen", reason: "A jobboard cannot look up an applicant who has no application yet." };
}

/**
 * After a page without what is looked for: the end of the list proves that it is not there. A header that contradicts its
 * page tells nothing of the end; then only a page without rows does.
 */
function nextOf({ items, pagination }: ListAnswer, page: number, isPast: boolean): LookupResult {
  const received = items.length;
  const before = (page - 1) * received;
  if (received === 0 && (pagination?.total ?? 0) > (page - 1) * PER_PAGE)
    return { is: "unseen", reason: "The list announces rows that it does not give." };
  const isBelieved = pagination !== null && !contradicts(pagination, { page, received, before });
  const isLast =
    isPast || !hasNext(isBelieved ? pagination : null, { page, perPage: PER_PAGE, received, previousReceived: null });
  if (isLast) return { is: "absent" };
  if (page >= MOST_PAGES) return { is: "unseen", reason: `It is not among the newest ${page * PER_PAGE} of the list.` };
  return { is: "more", at: page + 1 };
}

/** The applicant's id if an item is one with this e-mail, in whatever spelling. */
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

/** Null for an item that cannot be read: it is nobody's. */
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
