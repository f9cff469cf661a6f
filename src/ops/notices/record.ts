/** Records what people are notified of: what is known of the conditions and the notices, in one transaction. */
import { z } from "zod";
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import type { ConditionCode } from "../state/conditions.ts";
import { isNotified } from "../state/describe.ts";
import type { Condition } from "../state/types.ts";
import { CAUSES, decide, isOpen, ruleOf, type Notified } from "./decide.ts";
import { conditionCode, KINDS, noticeItem, type ChannelName, type NoticeItem } from "./notice.ts";

const KEPT_DAYS = 90;

export interface RecordDeps {
  readonly database: Database;
  readonly account: string;
  /** Those that are configured. */
  readonly channels: readonly ChannelName[];
}

/** The state of the account as far as notices need it. */
export interface Seen {
  readonly at: Date;
  readonly conditions: readonly Condition[];
  readonly resources: readonly { readonly running: { readonly kind: string } | null }[];
}

/** What goes into one notice: one condition, or all of a code that is grouped. */
interface Group {
  readonly code: ConditionCode;
  readonly subject: string;
  /** Red: people are notified of it. Null: it is gone. */
  readonly colour: Condition["colour"] | null;
  readonly items: readonly NoticeItem[];
}

/**
 * Compares the conditions with what people have been notified of, and writes a notice for each channel where that has changed. Two workers
 * write it once: they do so one after the other, and the second finds it written. Without channels nothing is recorded, so that the first
 * one that is configured is notified of what is wrong. Returns the number of notices.
 */
export async function recordNotices({ database, account, channels }: RecordDeps, seen: Seen): Promise<number> {
  if (channels.length === 0) return 0;
  const isQuiet = !seen.conditions.some(isNotified);
  if (isQuiet && (await database.noticeState.findFirst({ where: { account }, select: { code: true } })) === null)
    return 0;
  return inTransaction(database, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('notices ' || ${account}, 0))`;
    const known = await loadKnown(tx, account);
    const hasCause =
      seen.conditions.some(({ code, colour }) => colour === "red" && CAUSES.includes(code)) ||
      known.some((one) => CAUSES.includes(one.code) && isOpen(one));
    const isSyncing = seen.resources.some(({ running }) => running?.kind === "full");
    let written = 0;
    for (const group of groupsOf(seen.conditions, known)) {
      const before = known.find((one) => isOf(one, group)) ?? null;
      const since = group.items[0]?.since ?? null;
      const observed = { colour: group.colour, at: seen.at, since, hasCause, isSyncing };
      const { known: after, kind } = decide(group.code, before, observed);
      const red = group.colour === "red" ? group.items : [];
      const open = before !== null && isOpen(before) ? before.items : [];
      // What people were notified of stays known, so that all of it is resolved.
      const items = [...open.filter(({ subject }) => !red.some((one) => one.subject === subject)), ...red];
      await store(tx, account, group, after, items);
      if (kind === null) continue;
      await tx.notice.createMany({
        data: channels.map((channel) => ({
          account,
          code: group.code,
          subject: group.subject,
          channel,
          kind,
          items: jsonOf(kind === "resolved" ? items : red),
          occurredAt: seen.at,
          nextAttemptAt: seen.at,
        })),
      });
      written += channels.length;
    }
    return written;
  });
}

/** Drops the notices that are older than `KEPT_DAYS`. */
export async function dropOldNotices(
  { database, account }: Pick<RecordDeps, "database" | "account">,
  at: Date,
): Promise<void> {
  await database.$executeRaw`
    delete from public.notice where account = ${account} and state in ('delivered', 'given_up')
      and occurred_at < ${at}::timestamptz - make_interval(days => ${KEPT_DAYS}::integer)`;
}

/** The conditions as they stand in notices, and those that are known and gone. The worst first. */
function groupsOf(conditions: readonly Condition[], known: readonly Known[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const condition of conditions) {
    const { code, subject, since, facts } = condition;
    const colour = isNotified(condition) ? "red" : condition.colour;
    const group = { code, subject: ruleOf(code).isGrouped ? "" : subject };
    const key = JSON.stringify(group);
    const before = groups.get(key);
    // Of a group that is red in part, that part is in the notice.
    if (before?.colour === "red" && colour === "amber") continue;
    const items = before?.colour === colour ? before.items : [];
    groups.set(key, { ...group, colour, items: [...items, { subject, since, facts }] });
  }
  const gone = known.filter((one) => ![...groups.values()].some((group) => isOf(one, group)));
  return [...groups.values(), ...gone.map(({ code, subject }) => ({ code, subject, colour: null, items: [] }))];
}

function isOf(one: Pick<Known, "code" | "subject">, other: Pick<Group, "code" | "subject">): boolean {
  return one.code === other.code && one.subject === other.subject;
}

const knownRow = z.object({
  code: conditionCode,
  subject: z.string(),
  lastNotice: z.enum(KINDS).nullable(),
  lastNoticeAt: z.date().nullable(),
  redSince: z.date().nullable(),
  raiseAt: z.date().nullable(),
  lastRedAt: z.date(),
  items: z.array(noticeItem),
});

/** What people have been notified of about a condition. */
type Known = z.infer<typeof knownRow>;

/** Rows of a condition that a newer version knew are left alone. */
async function loadKnown(tx: Executor, account: string): Promise<readonly Known[]> {
  const rows = await tx.noticeState.findMany({ where: { account } });
  return rows.flatMap((row) => {
    const { data } = knownRow.safeParse(row);
    return data === undefined ? [] : [data];
  });
}

async function store(
  tx: Executor,
  account: string,
  { code, subject }: Group,
  known: Notified | null,
  items: readonly NoticeItem[],
): Promise<void> {
  if (known === null) {
    await tx.noticeState.deleteMany({ where: { account, code, subject } });
    return;
  }
  const { lastNotice, lastNoticeAt, redSince, raiseAt, lastRedAt } = known;
  const data = { lastNotice, lastNoticeAt, redSince, raiseAt, lastRedAt, items: jsonOf(items) };
  await tx.noticeState.upsert({
    where: { account_code_subject: { account, code, subject } },
    create: { account, code, subject, ...data },
    update: data,
  });
}

function jsonOf(items: readonly NoticeItem[]) {
  return items.map(({ subject, since, facts }) => ({
    subject,
    since: since?.toISOString() ?? null,
    facts: { ...facts },
  }));
}
