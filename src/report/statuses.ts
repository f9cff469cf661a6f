/** Which category each status of an account means. */
import { writeAudit, type Decider } from "../database/audit.ts";
import { inTransaction, type Database, type Executor } from "../database/client.ts";
import { UsageError } from "../platform/errors.ts";
import type { Text } from "../platform/language.ts";
import { countPending, makeFacts, type Making } from "./facts.ts";

export const CATEGORIES = ["new", "in_progress", "interview", "offer", "hired", "refused", "withdrawn"] as const;
export type Category = (typeof CATEGORIES)[number];

export interface MappedStatus {
  readonly status: string;
  /** Null: not mapped. */
  readonly category: string | null;
  /** Nobody has set it. */
  readonly isGuessed: boolean;
  readonly applications: number;
}

/** What a person saw of a status before deciding. */
type Shown = Pick<MappedStatus, "status" | "category" | "isGuessed">;

/** The statuses that applications have or had, those that are not mapped first. */
export async function readStatuses(database: Database, account: string): Promise<readonly MappedStatus[]> {
  return database.$queryRaw<MappedStatus[]>`
    select s.status, s.category, c.is_guessed as "isGuessed", s.applications::int as applications
    from report.status s join public.status_category c using (account, status)
    where account = ${account} order by s.category is not null, s.category_position, s.applications desc, s.status`;
}

/** The categories in their order, as people call them. */
async function readCategories(database: Database): Promise<readonly ({ readonly code: string } & Text)[]> {
  return database.$queryRaw<({ code: string } & Text)[]>`
    select code, label_en as en, label_fr as fr from report.label where kind = 'category' order by position`;
}

/**
 * Sets the categories of statuses, and then recomputes the facts of their applications until `signal` is aborted: minutes for a million.
 * The maintenance of a worker does the rest. A name that no status has means those that differ from it by white space at their ends or
 * in their Unicode form. Throws `unknown_status`, with the statuses that are known, `unknown_category`, and
 * `status_changed` where one of them is no longer as it was `shown` to who decides; then nothing has changed.
 */
export async function setCategories(
  database: Database,
  account: string,
  wanted: ReadonlyMap<string, string | null>,
  by: Decider,
  { shown = [], ...making }: { readonly shown?: readonly Shown[] } & Making = {},
): Promise<void> {
  const other = [...wanted.values()].find((one) => one !== null && !CATEGORIES.some((known) => known === one));
  if (other !== undefined)
    throw new UsageError("unknown_category", {
      en: `${other} is no category: ${CATEGORIES.join(", ")}.`,
      fr: `${other} n'est pas une catégorie : ${CATEGORIES.join(", ")}.`,
    });
  const known = (await readStatuses(database, account)).map(({ status }) => status);
  const meant = [...wanted].map(([name, category]) => ({ name, category, statuses: namedBy(name, known) }));
  const unknown = meant.flatMap(({ name, statuses }) => (statuses.length === 0 ? [name] : []));
  if (unknown.length > 0) {
    const list = known.toSorted().join(", ");
    throw new UsageError("unknown_status", {
      en: `No application has or had the status ${unknown.join(", ")}. Known: ${list || "none yet"}.`,
      fr: `Aucune candidature n'a ou n'a eu le statut ${unknown.join(", ")}. Connus : ${list || "aucun pour le moment"}.`,
    });
  }
  const set = meant.flatMap(({ category, statuses }) => statuses.map((status) => ({ status, category })));
  await inTransaction(database, async (tx) => {
    await refuseChanged(tx, account, shown);
    await tx.$executeRaw`
      update public.status_category c set category = w.category, is_guessed = false
      from jsonb_to_recordset(${JSON.stringify(set)}::jsonb) as w (status text, category text),
        (select set_config('applicant_sync.facts', 'later', true) offset 0) facts
      where c.account = ${account} and c.status = w.status`;
    const facts = Object.fromEntries(set.map(({ status, category }) => [status, category]));
    await writeAudit(tx, { account, by, what: "statuses_mapped", subjects: Object.keys(facts), facts });
  });
  await makeFacts(database, account, making);
}

function namedBy(name: string, known: readonly string[]): readonly string[] {
  const plain = (text: string) => text.normalize("NFC").trim();
  return known.includes(name) ? [name] : known.filter((one) => plain(one) === plain(name));
}

/** Locks the statuses until the end of the transaction. */
async function refuseChanged(tx: Executor, account: string, shown: readonly Shown[]): Promise<void> {
  const statuses = shown.map(({ status }) => status);
  const rows = await tx.$queryRaw<Shown[]>`
    select status, category, is_guessed as "isGuessed" from public.status_category
    where account = ${account} and status = any(${statuses}::text[]) order by status for update`;
  const isSame = (one: Shown) =>
    rows.some((row) => row.status === one.status && row.category === one.category && row.isGuessed === one.isGuessed);
  if (shown.every(isSame)) return;
  throw new UsageError("status_changed", {
    en: "Somebody has set the category of this status since.",
    fr: "Quelqu'un a choisi la catégorie de ce statut entre-temps.",
  });
}

/** How long a request waits for the facts, which are there by then unless there are many. */
const PATIENCE_MS = 2_000;

/** What the page reads and decides about the statuses of an account. */
export function createStatuses(database: Database, account: string) {
  return {
    read: () => readStatuses(database, account),
    categories: () => readCategories(database),
    set: (by: Decider, category: string | null, shown: MappedStatus) =>
      setCategories(database, account, new Map([[shown.status, category]]), by, {
        shown: [shown],
        signal: AbortSignal.timeout(PATIENCE_MS),
      }),
    pending: () => countPending(database, account),
  };
}
