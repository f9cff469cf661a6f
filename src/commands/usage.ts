/** What Commander says of a wrong command line, in the language of the reader. Help texts are English, as the names of commands are. */
import { InvalidArgumentError } from "commander";
import { readEnvironment } from "../config/config.ts";
import { LANGUAGES, type Language, type Text } from "../platform/language.ts";

// The message of an error is one string: it carries the text of each language.
const BETWEEN = "\u001f";

/** Why the value of an argument or an option is refused. */
export function wrongValue({ en, fr }: Text): InvalidArgumentError {
  return new InvalidArgumentError(`${en}${BETWEEN}${fr}`);
}

/** LANGUAGE, also before the settings are checked: a wrong one is reported by the command itself. */
export function spokenLanguage(): Language {
  try {
    const written = readEnvironment()["LANGUAGE"]?.trim().toLowerCase();
    return LANGUAGES.find((one) => one === written) ?? "en";
  } catch {
    return "en";
  }
}

const FRENCH: readonly (readonly [RegExp, string])[] = [
  [/^error: missing required argument '(.*)'/s, "erreur : il manque l'argument $1"],
  [/^error: option '(.*)' argument missing/s, "erreur : l'option $1 attend une valeur"],
  [/^error: required option '(.*)' not specified/s, "erreur : l'option $1 est obligatoire"],
  [
    /^error: option '(.*)' cannot be used with option '(.*)'/s,
    "erreur : l'option $1 est incompatible avec l'option $2",
  ],
  [
    /^error: option '(.*?)' argument '(.*)' is invalid\./s,
    "erreur : la valeur « $2 » de l'option $1 n'est pas valable.",
  ],
  [
    /^error: command-argument value '(.*)' is invalid for argument '(.*?)'\./s,
    "erreur : la valeur « $1 » de l'argument $2 n'est pas valable.",
  ],
  [/^error: unknown option '(.*)'/s, "erreur : option inconnue : $1"],
  [/^error: unknown command '(.*)'/s, "erreur : commande inconnue : $1"],
  [
    /^error: too many arguments(?: for '(.*)')?\. Expected (\d+) arguments? but got (\d+)\./s,
    "erreur : trop d'arguments : $2 au plus, et non $3.",
  ],
  [/Allowed choices are (.*)\.$/s, "Valeurs possibles : $1."],
  [/\(Did you mean (?:one of )?(.*)\?\)$/s, "(Vouliez-vous dire $1 ?)"],
];

/** A message of Commander in one language. A test holds the list above against the messages of its version. */
export function usageText(message: string, language: Language): string {
  const [en = "", fr] = message.trimEnd().split(BETWEEN);
  if (language === "en") return `${en}\n`;
  // Before what we say ourselves stands what Commander says, up to its first full stop after the value.
  const head = FRENCH.reduce((text, [pattern, french]) => text.replace(pattern, french), en);
  return `${fr === undefined ? head : withReason(head, fr)}\n`;
}

const END_OF_HEAD = "n'est pas valable.";

function withReason(head: string, reason: string): string {
  return `${head.slice(0, head.lastIndexOf(END_OF_HEAD) + END_OF_HEAD.length)} ${reason}`;
}
