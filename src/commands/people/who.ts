/** Whom a command of `people` is about. */
import { createInterface } from "node:readline/promises";
import { Option, type Command } from "commander";
import { UsageError } from "../../platform/errors.ts";
import { isTicket } from "../../people/erase/erasure.ts";
import { addressIn } from "../../outbox/import/values.ts";
import type { Named } from "../../people/find/find-person.ts";
import { positiveId } from "../imports/arguments.ts";
import { readLines } from "../imports/filter-options.ts";
import { wrongValue } from "../usage.ts";

export interface WhoOptions {
  /** Only to be refused. */
  readonly email?: string;
  readonly applicant?: bigint;
  readonly import?: bigint;
}

/** Declares how a person is named. An e-mail as an argument is declared too, so that it is refused with the reason. */
export function declareWho(command: Command): Command {
  return command
    .argument("[person]", "not here: an e-mail is read from standard input")
    .option("--applicant <id>", "the person with this id in Kelio ATS", positiveId)
    .option("--import <id>", "the person of this import, as imports list shows it", positiveId)
    .addOption(new Option("--email <email>").hideHelp());
}

/**
 * Who is meant: the id of an option, or the e-mail on standard input, for which a terminal is asked. Throws `UsageError`
 * `person_in_argument`, `person_choice`, `no_address`.
 */
export async function readWho(
  argument: string | undefined,
  { email: option, applicant, import: number }: WhoOptions,
): Promise<Named> {
  refuseArgument(argument ?? option);
  if (applicant !== undefined && number !== undefined) {
    throw new UsageError("person_choice", {
      en: "Choose the person by exactly one of: an e-mail on standard input, --applicant, --import.",
      fr: "Désignez la personne par une seule de ces façons : une adresse sur l'entrée standard, --applicant, --import.",
    });
  }
  if (applicant !== undefined) return { by: "applicant", id: applicant };
  if (number !== undefined) return { by: "import", id: number };
  const [email, ...more] = process.stdin.isTTY ? await asked("E-mail: ") : await readLines();
  const address = more.length === 0 ? addressIn(email ?? "") : null;
  if (address !== null) return { by: "email", email: address };
  throw new UsageError("no_address", {
    en: "Standard input must hold one e-mail address, and nothing else. Or name the person by --applicant or --import.",
    fr: "L'entrée standard doit contenir une seule adresse e-mail. Ou désignez la personne par --applicant ou --import.",
  });
}

/** Throws `person_in_argument`. */
export function refuseArgument(argument: string | undefined): void {
  if (argument !== undefined && argument !== "-") {
    throw new UsageError("person_in_argument", {
      en: "An argument stands in the list of processes and in the history of the shell. Give the e-mail on standard input, or --applicant or --import.",
      fr: "Un argument est visible dans la liste des processus et l'historique du shell. Donnez l'adresse sur l'entrée standard, ou --applicant ou --import.",
    });
  }
}

/** The argument of --ticket: no words, so that it names nobody. */
export function ticketText(text: string): string {
  if (isTicket(text)) return text;
  throw wrongValue({
    en: "A number such as DPO-17: at most 100 letters, digits and . _ - # / : without spaces.",
    fr: "Un numéro tel que DPO-17 : au plus 100 lettres, chiffres et . _ - # / : sans espace.",
  });
}

/** Asks at the terminal; an empty answer is none. */
async function asked(question: string): Promise<readonly string[]> {
  const answer = await ask(question);
  return answer === "" ? [] : [answer];
}

/** Asks a person at the terminal. Standard output belongs to the data of commands. */
export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
