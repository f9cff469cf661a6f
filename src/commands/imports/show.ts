import { InvalidArgumentError, type Command } from "commander";
import { findImports, readImport, type Found, type ImportReport } from "../../outbox/operations/report.ts";
import { AppError, UsageError } from "../../platform/errors.ts";
import type { Language } from "../../platform/language.ts";
import { localTime, plain, table } from "../../platform/text.ts";
import type { Context, Stores } from "../../wiring.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { examples } from "../verbs.ts";
import { readLines } from "./filter-options.ts";
import { listOf, renderImports, type ImportsList } from "./list.ts";

const NONE = "-";
/** The longest text that an import may hold. */
const LONGEST = 5_000;
/** Of several imports that match. */
const SHOWN = 1_000;

export function declare(command: Command): void {
  command
    .argument("<import>", "its id, its key, or the person's e-mail; - reads it from standard input", nameOf)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples(
        "applicant-sync imports show 17",
        "applicant-sync imports show your-own-id-1",
        "applicant-sync imports show lea.martin@example.org",
      ),
    )
    .action((name: string, { json }: { readonly json?: true }) =>
      runCommand({}, async (context) => {
        const stores = await openExisting(context);
        const wanted = name === "-" ? await nameFromInput() : name;
        const found = await importsShow(context, stores, wanted);
        if ("imports" in found) show(found, json, renderImports);
        else show(found, json, (one) => renderImport(one, context.config.language));
      }),
    );
}

function nameOf(text: string): string {
  if (text === "-" || /^[^-]/.test(text.trim())) return text;
  throw new InvalidArgumentError("It must be an id, a key or an e-mail; for a key with a dash: imports list --key.");
}

async function nameFromInput(): Promise<string> {
  const [name, ...more] = await readLines();
  if (name !== undefined && more.length === 0) return name;
  throw new UsageError("no_name", "imports show - reads one id, key or e-mail from standard input.");
}

/** The import of this id, key or e-mail; a list where several match. Throws `no_import`. */
async function importsShow(context: Context, stores: Stores, name: string): Promise<Shown | ImportsList> {
  const { account } = context.config;
  const { database } = stores;
  const { ids, by, others } = await findImports(database, account, name);
  const [id, ...more] = ids;
  if (id === undefined) {
    // An e-mail is not repeated: it would stand in logs.
    const what = name.includes("@") ? "of this e-mail or key" : name;
    throw new AppError(
      "no_import",
      `There is no import ${what} in account ${account}. See: applicant-sync imports list`,
    );
  }
  if (more.length > 0) return listOf(context, stores, by === "key" ? { keys: [name] } : { emails: [name] }, SHOWN);
  const found = await readImport(database, account, id);
  if (found === null) throw new AppError("no_import", `Import ${id} is gone.`);
  return { ...found, others };
}

type Shown = ImportReport & Pick<Found, "others">;

function renderImport(one: Shown, language: Language): string {
  const { person, consent, applicant, application, resume, french } = one;
  const isFrench = language === "fr";
  const facts: readonly (readonly [string, string | number | boolean | null])[] = [
    ["key", one.key],
    ["source", `${one.source}, by ${one.intake}`],
    ["file", one.file === null ? null : `${one.file}, line ${one.line}`],
    ["company", one.companyId],
    ["campaign", one.campaignId],
    ["state", one.dismissedAt === null ? one.state : `${one.state}, dismissed ${localTime(one.dismissedAt)}`],
    ["why", (isFrench ? french.reason : one.reason) ?? one.reasonCode],
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
    ["came", localTime(one.createdAt)],
    ["finished", timeOrNull(one.finishedAt)],
    ["erased", timeOrNull(one.erasedAt)],
  ];
  const shown = facts.flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
  const events = one.events.map(({ at, step, from, to, reasonCode, reason }) => [
    localTime(at),
    step,
    from === null ? to : `${from} → ${to}`,
    reason ?? reasonCode ?? NONE,
  ]);
  const others = one.others.map((id) => `Import ${id} has the key ${one.id}: applicant-sync imports show ${id}`);
  return [
    table([`import ${one.id}`, ""], shown, LONGEST),
    "",
    table(["when", "step", "state", "why"], events, LONGEST),
    "",
    isFrench ? `À faire : ${plain(french.next)}` : `Next: ${plain(one.next)}`,
    ...others,
  ].join("\n");
}

function stepText({ state, id, origin }: ImportReport["applicant"]): string {
  return id === null ? state : `${state}: ${id} (${origin ?? "origin unknown"})`;
}

function consentText({ submitted, at, how, wording, reported }: ImportReport["consent"]): string {
  const evidence = [timeOrNull(at), how, wording].filter((one) => one !== null).join("; ");
  const said = submitted === true ? "submitted" : "none";
  return `${said}${evidence === "" ? "" : ` (${evidence})`}; reported to the API as ${reported}`;
}

function timeOrNull(time: string | null): string | null {
  return time === null ? null : localTime(time);
}

function erased(at: string | null): string {
  return at === null ? "" : `, erased ${localTime(at)}`;
}
