/** Random applications, as a source lives through them and as a mirror that reads it every night comes to hold them. */
import type { Executor } from "../../src/database/client.ts";
import { createSequence } from "../../src/sandbox/data/random.ts";
import { insertRow, KEPT } from "./rows.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2025, 0, 1);
const NIGHTS = 365;
const SALT = 771;
const CAMPAIGNS = 40;

/** The statuses, each with the category that it is taken for. */
export const CATEGORIES: Readonly<Record<string, string | null>> = {
  Nouveau: "new",
  Présélection: "in_progress",
  Entretien: "interview",
  "Entretien final": "interview",
  Offre: "offer",
  Embauché: "hired",
  Refusé: "refused",
  Désistement: "withdrawn",
  Vivier: null,
  "Entretien RH": "interview",
  Proposition: "offer",
};
/** In a night, the customer gives a status another name, and to one its former name again. */
const RENAMES = [
  { night: 120, from: "Offre", to: "Proposition" },
  { night: 200, from: "Entretien", to: "Entretien RH" },
  { night: 280, from: "Entretien RH", to: "Entretien" },
] as const;
const STATUSES = Object.keys(CATEGORIES).filter((status) =>
  RENAMES.every(({ to }) => to !== status || to === "Entretien"),
);

export const nightAt = (night: number): number => START + night * DAY + 2 * HOUR;

/** What the API gives of former statuses: all, the date of the present one, or nothing. */
type Gives = "history" | "date" | "nothing";

export interface Entry {
  readonly status: string;
  readonly at: number;
}

export interface Change {
  readonly row_id: number;
  readonly at: string;
  readonly kind: "inserted" | "updated" | "deleted" | "restored";
  readonly before: object | null;
  readonly after: object | null;
}

export interface Life {
  readonly id: number;
  /** Null: the API does not say it. */
  readonly applied: number | null;
  readonly firstSeen: number;
  readonly isComplete: boolean | null;
  readonly campaign: number;
  readonly applicant: number;
  readonly entity: number | null;
  readonly stage: string | null;
  readonly origin: string | null;
  readonly status: string;
  /** The statuses and their times, as far as the mirror can know them. */
  readonly known: readonly Entry[];
  readonly deleted: number | null;
  readonly row: Readonly<Record<string, unknown>>;
  readonly changes: readonly Change[];
  /** What the mirror held after each night in which that changed; null: nothing, or a deleted row. */
  readonly held: readonly { readonly at: number; readonly status: string | null }[];
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

export function randomLives(seed: number, count: number): readonly Life[] {
  const draw = createSequence(seed, SALT);
  return Array.from({ length: count }, (_, index) => randomLife(draw, index + 1)).filter((life) => life !== null);
}

function randomLife(draw: () => number, id: number): Life | null {
  const below = (limit: number) => Math.floor(draw() * limit);
  const pick = <T>(list: readonly T[], otherwise: T) => list[below(list.length)] ?? otherwise;
  const gives = pick<Gives>(["history", "history", "date", "nothing"], "history");
  const applied = START + below((NIGHTS - 30) * DAY);
  const truth: Entry[] = [{ status: draw() < 0.8 ? "Nouveau" : pick(STATUSES, "Nouveau"), at: applied }];
  for (let left = below(7), at = applied; left > 0; left -= 1) {
    // Now and then at the same instant, else after minutes to weeks: across changes of the clock, too.
    at += draw() < 0.1 ? 0 : below(pick([HOUR, DAY, 20 * DAY, 60 * DAY], DAY));
    truth.push({ status: pick(STATUSES, "Nouveau"), at });
  }
  const absences: Absence[] = [];
  for (let from = applied; draw() < (absences.length === 0 ? 0.2 : 0.5);) {
    from += below(150 * DAY);
    const until = draw() < 0.6 ? from + below(60 * DAY) : Infinity;
    absences.push({ from, until });
    if (until === Infinity) break;
    from = until;
  }
  const source = truth.filter(({ at }) => !isAbsent(absences, at));
  return mirrored({ id, applied, source, absences, gives, isNewestFirst: draw() < 0.3, draw });
}

/** A stretch of time in which the source does not list it. */
interface Absence {
  readonly from: number;
  readonly until: number;
}

const isAbsent = (absences: readonly Absence[], at: number) =>
  absences.some(({ from, until }) => at >= from && at < until);

interface Plan {
  readonly id: number;
  readonly applied: number;
  readonly source: readonly Entry[];
  readonly absences: readonly Absence[];
  readonly gives: Gives;
  readonly isNewestFirst: boolean;
  readonly draw: () => number;
}

/** Reads the source night by night. Null: it was gone before a night saw it. */
function mirrored({ id, applied, source, absences, gives, isNewestFirst, draw }: Plan): Life | null {
  const name = (status: string, night: number) =>
    RENAMES.reduce((now, { night: since, from, to }) => (night >= since && now === from ? to : now), status);
  const changes: Change[] = [];
  const held: Life["held"][number][] = [];
  let seen: { status: string; since: number | null } | null = null;
  let known: Entry[] = [];
  let listed: readonly Entry[] = [];
  let deleted: number | null = null;
  let firstSeen = 0;
  const hasApplied = draw() < 0.97;
  const log = (night: number, kind: Change["kind"], before: object | null, after: object | null) =>
    changes.push({ row_id: id, at: new Date(nightAt(night)).toISOString(), kind, before, after });

  for (let night = 0; night <= NIGHTS; night += 1) {
    const at = nightAt(night);
    if (applied > at) continue;
    if (isAbsent(absences, at)) {
      if (seen === null) return null;
      if (deleted !== null) continue;
      deleted = at;
      log(night, "deleted", null, null);
      held.push({ at, status: null });
      continue;
    }
    const passed = source.filter((entry) => entry.at <= at);
    const last = passed.at(-1);
    if (last === undefined) continue;
    const status = name(last.status, night);
    const since = gives === "nothing" ? null : last.at;
    listed = passed.map((entry) => ({ ...entry, status: name(entry.status, night) }));
    if (seen === null) {
      firstSeen = at;
      log(night, "inserted", null, null);
      known = [{ status, at: since ?? (hasApplied ? applied : at) }];
      held.push({ at, status });
    } else {
      const before = {
        ...(seen.status !== status && { status: seen.status }),
        ...(seen.since !== since && { status_changed_at: iso(seen.since) }),
      };
      const after = {
        ...(seen.status !== status && { status }),
        ...(seen.since !== since && { status_changed_at: iso(since) }),
      };
      const isDifferent = Object.keys(after).length > 0;
      if (deleted !== null) log(night, "restored", isDifferent ? before : null, isDifferent ? after : null);
      else if (isDifferent) log(night, "updated", before, after);
      if (seen.status !== status) {
        // The same moment under another name is no other step, where moments are known.
        if (since !== null && seen.since === since) known.splice(-1, 1, { status, at: known.at(-1)?.at ?? since });
        else known.push({ status, at: since ?? at });
      }
      if (isDifferent || deleted !== null) held.push({ at, status });
      deleted = null;
    }
    seen = { status, since };
  }
  if (seen === null) return null;
  const isComplete = draw() < 0.05 ? null : draw() < 0.8;
  const campaign = 1 + Math.floor(draw() * CAMPAIGNS);
  const entity = campaign % 4 === 0 ? null : 700 + campaign;
  const [applicant, stage] = [9_000 + id, isComplete === false ? "survey" : null];
  const origin = ["carriere", "indeed", null][id % 3] ?? null;
  const history = (isNewestFirst ? listed.toReversed() : listed).map(({ status, at }) => ({
    value: status,
    date: iso(at),
  }));
  const row = {
    id,
    campaign_id: campaign,
    applicant_id: applicant,
    entity_id: entity,
    current_stage: stage,
    status: seen.status,
    status_changed_at: iso(seen.since),
    is_complete: isComplete,
    source: origin,
    created_at: hasApplied ? iso(applied) : null,
    status_history: gives === "history" ? history : null,
    first_seen_at: iso(firstSeen),
    changed_at: changes.at(-1)?.at,
    deleted_at: iso(deleted),
  };
  return {
    id,
    applied: hasApplied ? applied : null,
    firstSeen,
    isComplete,
    campaign,
    applicant,
    entity,
    stage,
    origin,
    status: seen.status,
    known: gives === "history" ? listed : known,
    deleted,
    row,
    changes,
    held,
  };
}

/** Inserts the rows of these lives and their changes, with SQL of others. */
export async function insertLives(tx: Executor, account: string, lives: readonly Life[]): Promise<void> {
  await tx.$executeRaw`
    insert into public.application (account, id, campaign_id, applicant_id, entity_id, current_stage, status, status_changed_at, is_complete, source,
      created_at, status_history, first_seen_at, changed_at, deleted_at, raw, hash)
    select ${account}, r.id, campaign_id, applicant_id, entity_id, current_stage, status, status_changed_at, is_complete, source,
      created_at, status_history, first_seen_at, changed_at, deleted_at, '{}', ''
    from jsonb_to_recordset(${JSON.stringify(lives.map(({ row }) => row))}::jsonb) as r (id bigint, campaign_id bigint, applicant_id bigint,
      entity_id bigint, current_stage text, status text, status_changed_at timestamptz, is_complete boolean, source text, created_at timestamptz, status_history jsonb,
      first_seen_at timestamptz, changed_at timestamptz, deleted_at timestamptz)`;
  await tx.$executeRaw`
    insert into public.change (account, resource, row_id, at, kind, before, after)
    select ${account}, 'application', c.row_id, c.at, c.kind, nullif(c.before, 'null'), nullif(c.after, 'null')
    from jsonb_to_recordset(${JSON.stringify(lives.flatMap(({ changes }) => changes))}::jsonb)
      as c (row_id bigint, at timestamptz, kind text, before jsonb, after jsonb)
    order by c.at, c.row_id`;
}

export async function insertCampaigns(tx: Executor, account: string, isOnline: (id: number) => boolean): Promise<void> {
  for (let id = 1; id <= CAMPAIGNS; id += 1)
    await insertRow(tx, "campaign", { account, id, name: `Campaign ${id}`, is_online: isOnline(id), ...KEPT });
}
