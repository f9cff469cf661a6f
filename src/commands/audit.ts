import { Option, type Command } from "commander";
import { CHAIN_FAULTS, checkAudit } from "../database/audit-chain.ts";
import {
  DECISIONS,
  decisionWord,
  listDecisions,
  sourceWord,
  type DecisionFilter,
  type DecisionRow,
} from "../database/audit.ts";
import { fill, type Facts, type Language, type Text } from "../platform/language.ts";
import { localTime, table } from "../platform/text.ts";
import type { Context } from "../process/stores.ts";
import { EXIT, runCommand, show } from "./run.ts";
import { openExisting } from "./stores.ts";
import { positiveNumber } from "./imports/arguments.ts";
import { addExamples } from "./verbs.ts";
import { wrongValue } from "./usage.ts";

const SHOWN = 50;
const LONGEST_LIST = 5;

interface ListOptions extends Partial<DecisionFilter> {
  readonly json?: true;
}

export function declare(command: Command): void {
  addExamples(command, "list --what import_released", "verify");
  addExamples(command.command("list"), "", "--about 17")
    .description("list decisions, newest first: who, when, from where, what and why")
    .addOption(new Option("--what <code>", "one kind of decision, by its code").choices(Object.keys(DECISIONS)))
    .option("--about <id>", "those about one import, person, run, source or campaign, by its id")
    .option("--by <name>", "those of one user")
    .option("--limit <number>", `maximum number of decisions; ${SHOWN} by default`, positiveNumber)
    .option("--json", "print it as JSON")
    .action(({ json, ...filter }: ListOptions) =>
      runCommand({}, async (context) => {
        const { database } = await openExisting(context);
        const { account, language } = context.config;
        const decisions = await listDecisions(database, account, { limit: SHOWN, ...filter });
        show({ decisions }, json, () => renderDecisions(decisions, language));
      }),
    );
  addExamples(command.command("verify"), "", `--expect "$HEAD"`)
    .description("check that no decision was changed, removed or inserted since it was made; exits with 1 if one was")
    .option("--expect <hash>", "a head that an earlier verify printed: it must be in the chain", hash)
    .option("--json", "print it as JSON")
    .action(({ expect, json }: { readonly expect?: string; readonly json?: true }) =>
      runCommand({}, async (context) => {
        const found = await verify(context, expect ?? null);
        show(found, json, (chain) => renderChain(chain, context.config.language));
        return found.verified ? EXIT.ok : EXIT.failed;
      }),
    );
}

function hash(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw wrongValue({
    en: "A head has 64 hexadecimal digits, as `applicant-sync audit verify` prints it.",
    fr: "Une tête a 64 chiffres hexadécimaux, telle que `applicant-sync audit verify` l'affiche.",
  });
}

async function verify(context: Context, expected: string | null) {
  const { account } = context.config;
  const { database } = await openExisting(context);
  const chain = await checkAudit(database, account, expected);
  const verified = chain.fault === null && (expected === null || chain.since !== null);
  return { account, verified, expected, ...chain };
}

const TEXTS = {
  tampered: {
    en: "The audit of account {account} was tampered with. First at decision {decision}: {fault}.",
    fr: "Le journal des décisions du compte {account} a été altéré. En premier à la décision {decision} : {fault}.",
  },
  no_such_link: {
    en: "The audit of account {account} has {count} {count|decision|decisions} and no link {link}: decisions were removed or all links written anew, or the database was restored from a backup before that one.",
    fr: "Le journal des décisions du compte {account} a {count} {count|décision|décisions} et aucun maillon {link} : des décisions ont été supprimées ou tous les maillons réécrits, ou la base a été restaurée d'une sauvegarde antérieure à celle-là.",
  },
  empty: {
    en: "The audit of account {account} has no decisions yet.",
    fr: "Le journal des décisions du compte {account} n'a encore aucune décision.",
  },
  intact: {
    en: "The audit of account {account} is as it was written: {count} {count|decision|decisions}.",
    fr: "Le journal des décisions du compte {account} est tel qu'il a été écrit : {count} {count|décision|décisions}.",
  },
  since: {
    en: "{count} of them {count|was|were} made after the expected one.",
    fr: "{count} d'entre elles {count|suit|suivent} celle attendue.",
  },
  head: {
    en: "Head: {link}\nKeep the head outside the database: audit verify --expect HEAD then also finds decisions that were removed from the end.",
    fr: "Tête : {link}\nGardez la tête hors de la base : audit verify --expect TÊTE trouve alors aussi les décisions supprimées à la fin.",
  },
  none: { en: "No decision matches.", fr: "Aucune décision ne correspond." },
} as const satisfies Readonly<Record<string, Text>>;

const COLUMNS: Readonly<Record<Language, readonly string[]>> = {
  en: ["decision", "when", "what", "about", "who", "from", "why"],
  fr: ["décision", "quand", "quoi", "à propos de", "qui", "depuis", "motif"],
};

function renderChain(
  { account, decisions, head, fault, expected, since }: Awaited<ReturnType<typeof verify>>,
  language: Language,
): string {
  const say = (code: keyof typeof TEXTS, facts: Facts = {}) =>
    fill(TEXTS[code], { account, count: decisions, ...facts })[language];
  if (fault !== null) return say("tampered", { decision: fault.decision, fault: CHAIN_FAULTS[fault.is][language] });
  if (expected !== null && since === null) return say("no_such_link", { link: expected });
  if (head === null) return say("empty");
  const later = since === null ? "" : ` ${say("since", { count: since })}`;
  return `${say("intact")}${later}\n${say("head", { link: head })}`;
}

function renderDecisions(decisions: readonly DecisionRow[], language: Language): string {
  if (decisions.length === 0) return TEXTS.none[language];
  return table(
    COLUMNS[language],
    decisions.map(({ id, at, what, subjects, name, source, why }) => [
      id,
      localTime(at),
      decisionWord(what, language),
      subjects.slice(0, LONGEST_LIST).join(", ") + (subjects.length > LONGEST_LIST ? ", …" : ""),
      name ?? "-",
      sourceWord(source, language),
      why ?? "-",
    ]),
  );
}
