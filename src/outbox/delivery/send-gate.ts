/** The gate that every import of an account must pass before it is sent. */
import { sentenceIn } from "../import/sentences.ts";
import type { Executor } from "../../database/client.ts";
import type { OutboxSettings } from "../context.ts";
import { queryOf, readSwitch, releaseCommandOf } from "../operations/switch.ts";
import { inEach, type Text } from "../../platform/language.ts";
import { heldReasonIn } from "../restore/decision.ts";
import { endOfQuiet } from "./quiet-hours.ts";

/** Open, or closed with a reason. `until`: when it opens by itself; null: a person has to open it. */
export interface Gate {
  readonly open: boolean;
  readonly code:
    "open" | "production_writes_off" | "kill_switch" | "circuit_open" | "quiet_hours" | "hour_cap" | "day_cap";
  /** For people. */
  readonly reason: string;
  /** The same in French. */
  readonly french: string;
  readonly until: Date | null;
}

const OPEN: Gate = { open: true, code: "open", reason: "open", french: "ouvert", until: null };

function closed(code: Gate["code"], { en, fr }: Text, until: Date | null = null): Gate {
  return { open: false, code, reason: en, french: fr, until };
}

/**
 * Returns whether imports may be sent now. In this order it checks the setting for production, the kill switch, the circuit breaker,
 * the quiet hours and the caps, by the clock of the database. A cap counts every applicant whose creation began, whatever the outcome.
 */
export async function gateOf(tx: Executor, settings: OutboxSettings): Promise<Gate> {
  const { account, environment, imports, timezone } = settings;
  if (environment === "production" && !imports.allowProductionWrites) {
    return closed("production_writes_off", {
      en: "Writes to production are off. Set ALLOW_PRODUCTION_WRITES=yes once everything works on the sandbox.",
      fr: "Les envois en production sont désactivés. Mettez ALLOW_PRODUCTION_WRITES=yes une fois que tout marche sur le bac à sable.",
    });
  }
  const { held, reason: heldReason, isRestored } = await readSwitch(queryOf(tx), account);
  if (held) {
    const command = releaseCommandOf({ isRestored });
    return closed(
      "kill_switch",
      inEach((language) =>
        heldReason === null
          ? sentenceIn(language, "gate_held", { command })
          : sentenceIn(language, "gate_held_because", { why: heldReasonIn(language, heldReason), command }),
      ),
    );
  }
  const { now, failures, pausedUntil } = await pauseOf(tx, account);
  if (pausedUntil !== null && pausedUntil > now) {
    const text = {
      en: `The outcome of ${failures} requests in a row is unknown; imports pause.`,
      fr: `On ne sait pas si ${failures} requêtes de suite ont abouti ; les envois font une pause.`,
    };
    return closed("circuit_open", text, pausedUntil);
  }
  const quiet = imports.quietHours === null ? null : endOfQuiet(imports.quietHours, timezone, now);
  if (quiet !== null) {
    return closed("quiet_hours", { en: "These are quiet hours.", fr: "C'est une plage sans envoi." }, quiet);
  }
  return (
    (await capOf(tx, account, "hour_cap", imports.perHour)) ??
    (await capOf(tx, account, "day_cap", imports.perDay)) ??
    OPEN
  );
}

/** The pause of the circuit breaker, and the time of the database. */
interface Pause {
  readonly now: Date;
  readonly failures: number;
  readonly pausedUntil: Date | null;
}

async function pauseOf(tx: Executor, account: string): Promise<Pause> {
  const [found] = await tx.$queryRaw<Pause[]>`
    select clock_timestamp() as now, coalesce(p.failures, 0) as failures, p.paused_until as "pausedUntil"
    from (select ${account}::text as account) a left join public.import_pause p on p.account = a.account`;
  return found ?? { now: new Date(), failures: 0, pausedUntil: null };
}

async function capOf(
  tx: Executor,
  account: string,
  code: "hour_cap" | "day_cap",
  most: number | null,
): Promise<Gate | null> {
  if (most === null) return null;
  const hours = code === "hour_cap" ? 1 : 24;
  const [oldest] = await tx.$queryRaw<{ until: Date }[]>`
    select e.at + make_interval(hours => ${hours}::integer) as until
    from public.import_event e join public.applicant_import i on i.id = e.import_id
    where i.account = ${account} and e.step = 'applicant' and e.to_state = 'sending'
      and e.at > statement_timestamp() - make_interval(hours => ${hours}::integer)
    order by e.at desc offset ${most - 1} limit 1`;
  if (oldest === undefined) return null;
  const text = {
    en: `The cap of ${most} applicants ${hours === 1 ? "an hour" : "a day"} is reached.`,
    fr: `Le plafond de ${most} candidats par ${hours === 1 ? "heure" : "jour"} est atteint.`,
  };
  return closed(code, text, oldest.until);
}
