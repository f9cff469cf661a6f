/** The chain of the audit: every decision of an account is linked to the one before it by a hash, which shows whether one was changed. */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Text } from "../platform/language.ts";
import type { Database, Executor } from "./client.ts";

/** What is wrong with a row of the audit, or with its link. */
export const CHAIN_FAULTS = {
  changed: {
    en: "it is not as it was written: the row or its link was changed",
    fr: "elle n'est plus telle qu'elle a été écrite : la ligne ou son maillon a été modifié",
  },
  removed: {
    en: "it was removed: its link is there, the row is not",
    fr: "elle a été supprimée : son maillon est là, pas la ligne",
  },
  unlinked: {
    en: "it has no link: it was inserted past the triggers, or its link was removed",
    fr: "elle n'a pas de maillon : elle a été insérée sans les déclencheurs, ou son maillon a été supprimé",
  },
  gap: {
    en: "links before it are missing, which were removed with their rows",
    fr: "des maillons manquent avant elle : ils ont été supprimés avec leurs lignes",
  },
  cut: {
    en: "it was the last one at an earlier check, and is not linked as it was: decisions were removed from the end, or all links written anew",
    fr: "elle était la dernière lors d'un contrôle antérieur, et n'est plus liée de même : des décisions ont été supprimées à la fin, ou tous les maillons réécrits",
  },
} as const satisfies Readonly<Record<string, Text>>;

interface ChainFault {
  readonly is: keyof typeof CHAIN_FAULTS;
  /** The number of the decision (`audit.id`). */
  readonly decision: string;
}

export interface AuditChain {
  /** How many decisions are linked. */
  readonly decisions: number;
  /** The last hash, in hexadecimal; null: there is none yet. */
  readonly head: string | null;
  /** The decision of that hash. */
  readonly last: string | null;
  /** The first fault; null: none. */
  readonly fault: ChainFault | null;
  /** How many decisions were linked after the hash that was expected; null: that hash is not in the chain, or none was expected. */
  readonly since: number | null;
}

interface Link {
  readonly position: bigint;
  readonly decision: string;
  readonly hash: string;
  /** Null: the row is not there. */
  readonly content: string | null;
  /** The reason of the decision; null: none, or it went with the erasure of a person. */
  readonly why: string | null;
  /** Null: the content has the reason itself. */
  readonly whyHash: string | null;
}

/** Links of one query. */
const BATCH = 5_000;

/**
 * Reads the whole chain of an account, oldest first, and recomputes each hash, here rather than by a function of the database, which could
 * be replaced like a row. `expected`: a hash that was the head once. Whoever may disable triggers can remove the last decisions or write
 * all hashes anew: only a hash that was kept elsewhere shows it.
 */
export async function verifyAudit(database: Executor, account: string, expected: string | null): Promise<AuditChain> {
  const chain = {
    decisions: 0,
    head: null as string | null,
    last: null as string | null,
    fault: null as ChainFault | null,
  };
  let expectedAt: number | null = null;
  let position = 0n;
  for (;;) {
    const links = await linksAfter(database, account, position);
    for (const link of links) {
      const is = faultOf(link, position, chain.head);
      if (is !== null) chain.fault ??= { is, decision: link.decision };
      chain.decisions += 1;
      chain.head = link.hash;
      chain.last = link.decision;
      position = link.position;
      if (link.hash === expected) expectedAt = chain.decisions;
    }
    if (links.length < BATCH) break;
  }
  const unlinked = await firstUnlinked(database, account);
  const isFirst = unlinked !== null && (chain.fault === null || BigInt(unlinked) < BigInt(chain.fault.decision));
  const fault: ChainFault | null = isFirst ? { is: "unlinked", decision: unlinked } : chain.fault;
  return { ...chain, fault, since: expectedAt === null ? null : chain.decisions - expectedAt };
}

/**
 * Verifies as `verifyAudit` does, and compares with what the last check found whole, too. Notes the outcome for the state: what is wrong
 * stays noted until a check finds the audit as it was written.
 */
export async function checkAudit(database: Database, account: string, expected: string | null): Promise<AuditChain> {
  const before = await database.auditCheck.findUnique({ where: { account } });
  const chain = await verifyAudit(database, account, expected);
  const fault = chain.fault ?? (before === null ? null : await cutOf(database, account, before));
  const outcome = { checkedAt: new Date(), fault: fault?.is ?? null };
  const found =
    fault === null
      ? {
          ...outcome,
          decisions: chain.decisions,
          head: chain.head,
          lastDecision: numberOf(chain.last),
          decision: null,
          since: null,
        }
      : { ...outcome, decision: BigInt(fault.decision), since: before?.since ?? outcome.checkedAt };
  await database.auditCheck.upsert({ where: { account }, create: { account, decisions: 0, ...found }, update: found });
  return { ...chain, fault };
}

const numberOf = (decision: string | null) => (decision === null ? null : BigInt(decision));

interface Checked {
  readonly decisions: number;
  readonly head: string | null;
  readonly lastDecision: bigint | null;
}

/** The fault of a chain that lacks the head of an earlier check; null: it has it. */
async function cutOf(
  database: Executor,
  account: string,
  { decisions, head, lastDecision }: Checked,
): Promise<ChainFault | null> {
  if (head === null || lastDecision === null) return null;
  const link = await database.auditChain.findUnique({
    where: { account_position: { account, position: BigInt(decisions) } },
  });
  const isThere = link !== null && Buffer.from(link.hash).toString("hex") === head;
  return isThere ? null : { is: "cut", decision: String(lastDecision) };
}

/** The daily maintenance task: puts the head of the chain into the log, which is kept outside the database, and reports a fault. */
export async function logHead(
  database: Database,
  account: string,
  logger: Pick<Logger, "info" | "error">,
): Promise<void> {
  const { decisions, head, fault } = await checkAudit(database, account, null);
  if (fault !== null) logger.error({ decision: fault.decision, fault: fault.is }, "the audit was tampered with");
  else if (head !== null) logger.info({ decisions, head }, "head of the audit");
}

function faultOf(link: Link, before: bigint, head: string | null): ChainFault["is"] | null {
  if (link.position !== before + 1n) return "gap";
  const { content, hash, why, whyHash } = link;
  if (content === null) return "removed";
  const isWhyTrue = why === null || whyHash === null || hashAfter(head, why) === whyHash;
  return isWhyTrue && hashAfter(head, content) === hash ? null : "changed";
}

function hashAfter(head: string | null, text: string): string {
  return createHash("sha256")
    .update(head ?? "", "hex")
    .update(text, "utf8")
    .digest("hex");
}

/** The content is what `public.audit_content` returned when the row was linked. */
function linksAfter(database: Executor, account: string, position: bigint): Promise<readonly Link[]> {
  return database.$queryRaw<Link[]>`
    select c.position, c.audit_id::text as decision, encode(c.hash, 'hex') as hash, a.why, encode(c.why_hash, 'hex') as "whyHash",
      case when a.id is not null then jsonb_build_array(a.id, a.account, round(extract(epoch from a.at) * 1000)::bigint, a.source,
        a.role, a.name, a.what, to_jsonb(a.subjects), coalesce(encode(c.why_hash, 'hex'), a.why), a.facts)::text
        end as content
    from public.audit_chain c left join public.audit a on a.id = c.audit_id
    where c.account = ${account} and c.position > ${position} order by c.position limit ${BATCH}`;
}

async function firstUnlinked(database: Executor, account: string): Promise<string | null> {
  const [row] = await database.$queryRaw<{ decision: string }[]>`
    select a.id::text as decision from public.audit a
    where a.account = ${account} and not exists (select from public.audit_chain c where c.audit_id = a.id) order by a.id limit 1`;
  return row?.decision ?? null;
}
