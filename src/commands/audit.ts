import { Option, type Command } from "commander";
import { CHAIN_FAULTS, checkAudit, type AuditChain } from "../database/audit-chain.ts";
import { DECISIONS, listDecisions, type DecisionFilter, type DecisionRow } from "../database/audit.ts";
import type { Language } from "../platform/language.ts";
import { counted, localTime, table } from "../platform/text.ts";
import type { Context } from "../process/stores.ts";
import { EXIT, runCommand, show } from "./run.ts";
import { openExisting } from "./stores.ts";
import { examples } from "./verbs.ts";
import { wrongValue } from "./usage.ts";

const SHOWN = 50;
const LONGEST_LIST = 5;

interface ListOptions extends Partial<DecisionFilter> {
  readonly json?: true;
}

export function declare(command: Command): void {
  command.addHelpText(
    "after",
    examples("applicant-sync audit list --what import_released", "applicant-sync audit verify"),
  );
  command
    .command("list")
    .description("list decisions, newest first: who, when, from where, what and why")
    .addOption(new Option("--what <code>", "one kind of decision, by its code").choices(Object.keys(DECISIONS)))
    .option("--about <id>", "those about one import, person, run, source or campaign, by its id")
    .option("--by <name>", "those of one user")
    .option("--limit <number>", `maximum number of decisions; ${SHOWN} by default`, limit)
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("applicant-sync audit list", "applicant-sync audit list --about 17"))
    .action(({ json, ...filter }: ListOptions) =>
      runCommand({}, async (context) => {
        const { database } = await openExisting(context);
        const { account, language } = context.config;
        const decisions = await listDecisions(database, account, { limit: SHOWN, ...filter });
        show({ decisions }, json, () => renderDecisions(decisions, language));
      }),
    );
  command
    .command("verify")
    .description("check that no decision was changed, removed or inserted since it was made; exits with 1 if one was")
    .option("--expect <hash>", "a head that an earlier verify printed: it must be in the chain", hash)
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("applicant-sync audit verify", `applicant-sync audit verify --expect "$HEAD"`))
    .action(({ expect, json }: { readonly expect?: string; readonly json?: true }) =>
      runCommand({}, async (context) => {
        const found = await verify(context, expect ?? null);
        show(found, json, renderChain);
        return found.verified ? EXIT.ok : EXIT.failed;
      }),
    );
}

function limit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw wrongValue({ en: "A whole number above 0.", fr: "Un nombre entier supérieur à 0." });
}

function hash(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw wrongValue({
    en: "A head has 64 hexadecimal digits, as `applicant-sync audit verify` prints it.",
    fr: "Une tête a 64 chiffres hexadécimaux, telle que `applicant-sync audit verify` l'affiche.",
  });
}

interface Verified extends AuditChain {
  readonly account: string;
  readonly verified: boolean;
  readonly expected: string | null;
}

async function verify(context: Context, expected: string | null): Promise<Verified> {
  const { account } = context.config;
  const { database } = await openExisting(context);
  const chain = await checkAudit(database, account, expected);
  const verified = chain.fault === null && (expected === null || chain.since !== null);
  return { account, verified, expected, ...chain };
}

function renderChain({ account, decisions, head, fault, expected, since }: Verified): string {
  const name = `The audit of account ${account}`;
  if (fault !== null)
    return `${name} was tampered with. First at decision ${fault.decision}: ${CHAIN_FAULTS[fault.is]}.`;
  if (expected !== null && since === null) {
    return `${name} has ${counted(decisions, "decision")} and no link ${expected}: decisions were removed or all links written anew, or the database was restored from a backup before that one.`;
  }
  if (head === null) return `${name} has no decisions yet.`;
  return [
    `${name} is as it was written: ${counted(decisions, "decision")}.${since === null ? "" : ` ${since} of them ${since === 1 ? "was" : "were"} made after the expected one.`}`,
    `Head: ${head}`,
    "Keep the head outside the database: audit verify --expect HEAD then also finds decisions that were removed from the end.",
  ].join("\n");
}

function renderDecisions(decisions: readonly DecisionRow[], language: Language): string {
  if (decisions.length === 0) return "No decision matches.";
  return table(
    ["decision", "when", "what", "about", "who", "from", "why"],
    decisions.map(({ id, at, what, subjects, name, source, why }) => [
      id,
      localTime(at),
      Object.entries(DECISIONS).find(([code]) => code === what)?.[1][language] ?? what,
      subjects.slice(0, LONGEST_LIST).join(", ") + (subjects.length > LONGEST_LIST ? ", …" : ""),
      name ?? "-",
      source,
      why ?? "-",
    ]),
  );
}
