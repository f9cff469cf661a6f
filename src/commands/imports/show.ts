import type { Command } from "commander";
import { findImports, readImport, type Found, type ImportReport } from "../../outbox/operations/report.ts";
import { AppError, UsageError } from "../../platform/errors.ts";
import type { Language } from "../../platform/language.ts";
import { localTime, plain, table } from "../../platform/text.ts";
import type { Context, Stores } from "../../process/stores.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";
import { readLines } from "./filter-options.ts";
import { listOf, renderImports, type ImportsList } from "./list.ts";
import { wrongValue } from "../usage.ts";
import { WORDS, type ShowWords } from "./show-words.ts";

const NONE = "-";
/** The longest text that an import may hold. */
const LONGEST = 5_000;
/** Of several imports that match. */
const SHOWN = 1_000;

export function declare(command: Command): void {
  addExamples(command, "17", "your-own-id-1", "lea.martin@example.org");
  command
    .argument("<import>", "its id, its key, or the person's e-mail; - reads it from standard input", nameOf)
    .option("--json", "print it as JSON")
    .action((name: string, { json }: { readonly json?: true }) =>
      runCommand({}, async (context) => {
        const stores = await openExisting(context);
        const wanted = name === "-" ? await nameFromInput() : name;
        const found = await importsShow(context, stores, wanted);
        if ("imports" in found) show(found, json, (list) => renderImports(list, context.config.language));
        else show(found, json, (one) => renderImport(one, context.config.language));
      }),
    );
}

function nameOf(text: string): string {
  if (text === "-" || /^[^-]/.test(text.trim())) return text;
  throw wrongValue({
    en: "It must be an id, a key or an e-mail; for a key with a dash: imports list --key.",
    fr: "Ce doit être un id, une clé ou un e-mail ; pour une clé qui commence par un tiret : imports list --key.",
  });
}

async function nameFromInput(): Promise<string> {
  const [name, ...more] = await readLines();
  if (name !== undefined && more.length === 0) return name;
  throw new UsageError("no_name", {
    en: "imports show - reads one id, key or e-mail from standard input.",
    fr: "imports show - lit un numéro, une clé ou une adresse e-mail sur l'entrée standard.",
  });
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
    const whose = name.includes("@") ? "de cette adresse ou clé" : name;
    throw new AppError("no_import", {
      en: `There is no import ${what} in account ${account}. See: applicant-sync imports list`,
      fr: `Le compte ${account} n'a pas d'import ${whose}. Voyez : applicant-sync imports list`,
    });
  }
  if (more.length > 0) return listOf(context, stores, by === "key" ? { keys: [name] } : { emails: [name] }, SHOWN);
  const found = await readImport(database, account, id);
  if (found === null)
    throw new AppError("no_import", { en: `Import ${id} is gone.`, fr: `L'import ${id} n'existe plus.` });
  return { ...found, others };
}

type Shown = ImportReport & Pick<Found, "others">;

function renderImport(one: Shown, language: Language): string {
  const { person, consent, applicant, application, resume, french } = one;
  const words = WORDS[language];
  const isFrench = language === "fr";
  const facts: readonly (readonly [string, string | number | boolean | null])[] = [
    [words.key, one.key],
    ["source", `${one.source}, ${words.by} ${one.intake}`],
    [words.file, one.file === null ? null : `${one.file}, ${words.line} ${one.line}`],
    [words.company, one.companyId],
    [words.campaign, one.campaignId],
    [
      words.state,
      one.dismissedAt === null ? one.state : `${one.state}, ${words.dismissed} ${localTime(one.dismissedAt)}`,
    ],
    [words.why, (isFrench ? french.reason : one.reason) ?? one.reasonCode],
    [words.applicant, stepText(applicant, words)],
    [words.application, application === null ? null : stepText(application, words)],
    ...Object.entries(person),
    [words.consent, consentText(consent, words)],
    ["e-mail", one.emailExpected === null ? null : one.emailExpected ? words.mailed : words.notMailed],
    [words.resume, resume === null ? null : resumeText(resume, words)],
    [words.notes, one.notes],
    [words.requests, one.attempts],
    [words.came, localTime(one.createdAt)],
    [words.finished, timeOrNull(one.finishedAt)],
    [words.erased, timeOrNull(one.erasedAt)],
  ];
  const shown = facts.flatMap(([name, value]) => (value === null ? [] : [[name, textOf(value, words)]]));
  const events = one.events.map((event) => [
    localTime(event.at),
    event.step === "applicant" ? words.applicant : words.application,
    event.from === null ? event.to : `${event.from} → ${event.to}`,
    (isFrench ? event.french : event.reason) ?? event.reasonCode ?? NONE,
  ]);
  const others = one.others.map((id) => words.other(id, one.id));
  return [
    table([`import ${one.id}`, ""], shown, LONGEST),
    "",
    table([words.when, words.step, words.state, words.why], events, LONGEST),
    "",
    isFrench ? `À faire : ${plain(french.next)}` : `Next: ${plain(one.next)}`,
    ...others,
  ].join("\n");
}

function textOf(value: string | number | boolean, words: ShowWords): string {
  return value === true ? words.yes : value === false ? words.no : String(value);
}

function stepText({ state, id, origin }: ImportReport["applicant"], words: ShowWords): string {
  if (id === null) return state;
  const found = origin === "created" || origin === "existing" || origin === "found" || origin === "reported";
  return `${state}: ${id} (${found ? words.origin[origin] : words.originUnknown})`;
}

function consentText({ submitted, at, how, wording, reported }: ImportReport["consent"], words: ShowWords): string {
  const evidence = [timeOrNull(at), how, wording].filter((one) => one !== null).join("; ");
  const said = submitted === true ? words.submitted : words.none;
  return `${said}${evidence === "" ? "" : ` (${evidence})`}${words.reportedAs} ${textOf(reported, words)}`;
}

function resumeText({ type, bytes, erasedAt }: NonNullable<ImportReport["resume"]>, words: ShowWords): string {
  const gone = erasedAt === null ? "" : `, ${words.erased} ${localTime(erasedAt)}`;
  return `${type ?? words.unchecked}, ${bytes} ${words.bytes}${gone}`;
}

function timeOrNull(time: string | null): string | null {
  return time === null ? null : localTime(time);
}
