import type { Command } from "commander";
import { readImport, type ImportReport } from "../../outbox/operations/report.ts";
import { AppError } from "../../platform/errors.ts";
import { plain, table } from "../../platform/text.ts";
import { openStores, type Context } from "../../wiring.ts";
import { runCommand, show } from "../run.ts";
import { examples } from "../verbs.ts";
import { positiveId } from "./arguments.ts";

const NONE = "-";
/** The longest text that an import may hold. */
const LONGEST = 5_000;

export function declare(command: Command): void {
  command
    .argument("<id>", "id as imports list shows it", positiveId)
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("applicant-sync imports show 17"))
    .action((id: bigint, options: { readonly json?: true }) =>
      runCommand({}, async (context) => show(await importsShow(context, id), options.json, renderImport)),
    );
}

/** Throws `no_import`. */
async function importsShow(context: Context, id: bigint): Promise<ImportReport> {
  const { account } = context.config;
  const { database } = await openStores(context);
  const found = await readImport(database, account, id);
  if (found === null)
    throw new AppError("no_import", `There is no import ${id} in account ${account}. See: applicant-sync imports list`);
  return found;
}

function renderImport(one: ImportReport): string {
  const { person, consent, applicant, application, resume } = one;
  const facts: readonly (readonly [string, string | number | boolean | null])[] = [
    ["key", one.key],
    ["source", `${one.source}, by ${one.intake}`],
    ["company", one.companyId],
    ["campaign", one.campaignId],
    ["state", one.state],
    ["why", one.reason ?? one.reasonCode],
    ["applicant", stepText(applicant)],
    ["application", application === null ? null : stepText(application)],
    ...Object.entries(person),
    ["consent", consentText(consent)],
    [
      "e-mail",
      one.emailExpected === null ? null : one.emailExpected ? "the vendor e-mails the person" : "none expected",
    ],
    [
      "résumé",
      resume === null ? null : `${resume.type ?? "not yet checked"}, ${resume.bytes} bytes${erased(resume.erasedAt)}`,
    ],
    ["requests", one.attempts],
    ["came", one.createdAt],
    ["finished", one.finishedAt],
    ["erased", one.erasedAt],
  ];
  const shown = facts.flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
  const events = one.events.map(({ at, step, from, to, reasonCode, reason }) => [
    at,
    step,
    from === null ? to : `${from} → ${to}`,
    reason ?? reasonCode ?? NONE,
  ]);
  return [
    table([`import ${one.id}`, ""], shown, LONGEST),
    "",
    table(["when", "step", "state", "why"], events, LONGEST),
    "",
    `Next: ${plain(one.next)}`,
  ].join("\n");
}

function stepText({ state, id, origin }: ImportReport["applicant"]): string {
  return id === null ? state : `${state}: ${id} (${origin ?? "origin unknown"})`;
}

function consentText({ submitted, at, how, wording, reported }: ImportReport["consent"]): string {
  const evidence = [at, how, wording].filter((one) => one !== null).join("; ");
  const said = submitted === true ? "submitted" : "none";
  return `${said}${evidence === "" ? "" : ` (${evidence})`}; reported to the API as ${reported}`;
}

function erased(at: string | null): string {
  return at === null ? "" : `, erased ${at}`;
}
