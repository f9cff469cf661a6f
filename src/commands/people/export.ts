import { open } from "node:fs/promises";
import { Option, type Command } from "commander";
import { personData, personDocument } from "../../ops/page/person-document.ts";
import { exportPerson } from "../../people/export/read-export.ts";
import type { Named } from "../../people/find/find-person.ts";
import { createKeyring } from "../../people/suppression/key.ts";
import { UsageError } from "../../platform/errors.ts";
import { writeNew } from "../../platform/files.ts";
import { LANGUAGES, type Language } from "../../platform/language.ts";
import { plain, plainJson } from "../../platform/text.ts";
import type { Context } from "../../process/stores.ts";
import { createLabels } from "../../report/labels.ts";
import { byCommand, reasonText } from "../decider.ts";
import { print, runCommand } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";
import { declareWho, readWho, refuseArgument, type WhoOptions } from "./who.ts";
import { WORDS } from "./words.ts";

interface Options extends WhoOptions {
  readonly json?: string;
  readonly html?: string;
  readonly language?: Language;
  readonly reason?: string;
}

export function declare(command: Command): void {
  addExamples(
    command,
    "--html your-data.html --language fr < address.txt",
    "--applicant 17 --json data.json --html data.html",
  );
  declareWho(command)
    .option("--json <file>", "write it to this file as JSON, CVs included")
    .option("--html <file>", "write it to this file as a document to read")
    .addOption(new Option("--language <code>", "the language of the export, in place of LANGUAGE").choices(LANGUAGES))
    .option("--reason <text>", "why, for the audit: name no people", reasonText)
    .action((person: string | undefined, { json, html, language, reason, ...who }: Options) =>
      runCommand({}, async (context) => {
        refuseArgument(person ?? who.email);
        if (json === undefined && html === undefined) throw noFile();
        const files = { json, html, language: language ?? context.config.language };
        await peopleExport(context, await readWho(person, who), files, reason ?? null);
      }),
    );
}

interface Files {
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly language: Language;
}

/** Files are made first: what cannot be written is not read, and stands in no audit. */
async function peopleExport(context: Context, named: Named, files: Files, reason: string | null): Promise<void> {
  const { database } = await openExisting(context);
  const { account, language, privacy, schedules } = context.config;
  const wanted = [files.json, files.html].filter((path) => path !== undefined);
  for (const path of wanted) await refuseExisting(path);
  const found = await exportPerson(database, account, named, byCommand(reason), createKeyring(privacy));
  const labels = await createLabels(database)();
  const reader = { language: files.language, labels, timezone: schedules.timezone };
  if (files.json !== undefined) await write(files.json, `${plainJson(personData(found, reader))}\n`);
  if (files.html !== undefined) await write(files.html, personDocument(found, reader));
  print(WORDS[language].exported(wanted.map((path) => plain(path)).join(", ")));
}

async function refuseExisting(path: string): Promise<void> {
  const there = await open(path, "r").catch(() => null);
  await there?.close();
  if (there !== null) throw unwritable(path);
}

const write = (path: string, text: string) => writeNew(path, text, (cause) => unwritable(path, cause));

function unwritable(path: string, cause?: unknown): UsageError {
  const name = plain(path, 200);
  const text = {
    en: `${name} exists already or cannot be written: name a file that does not exist, in a directory of yours.`,
    fr: `${name} existe déjà ou ne peut pas être écrit : nommez un fichier qui n'existe pas, dans un répertoire à vous.`,
  };
  return new UsageError("export_file", text, { cause });
}

function noFile(): UsageError {
  return new UsageError("no_export_file", {
    en: "Name a file: --json FILE, --html FILE, or both. The terminal is no place for the data of a person.",
    fr: "Nommez un fichier : --json FICHIER, --html FICHIER, ou les deux. Le terminal n'est pas un lieu pour les données d'une personne.",
  });
}
