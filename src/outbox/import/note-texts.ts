/** How a value was read, or that it was left out. Each text reads after the name of its field. */
import type { Text } from "../../platform/language.ts";

/** What a person should know about a value that was accepted. */
export const NOTES = {
  phone_read_in: {
    en: "names no country: it was read as a number of {country}",
    fr: "n'indique pas de pays : il a été lu comme un numéro du pays {country}",
  },
  phone_of_both: {
    en: "is a number of {country}, as which it was read, and of {other} too: write it with its country, such as +33 6 42 42 42 42",
    fr: "est un numéro du pays {country}, comme lequel il a été lu, et aussi du pays {other} : écrivez-le avec son indicatif, tel que +33 6 42 42 42 42",
  },
  phone_without_plus: {
    en: "begins with a calling code without its +: it was read as a number of {country}",
    fr: "commence par un indicatif sans + : il a été lu comme un numéro du pays {country}",
  },
  first_of_several: {
    en: "holds several numbers: the first is used",
    fr: "contient plusieurs numéros : le premier est utilisé",
  },
  no_number_beside: { en: "stands beside no number: it is left out", fr: "n'accompagne aucun numéro : il est ignoré" },
  extension_left_out: { en: "has an extension: it is left out", fr: "a un numéro de poste : il est ignoré" },
  language_left_out: {
    en: "is no language that the API knows (French, English, Spanish): it is left out",
    fr: "n'est pas une langue que l'API connaît (français, anglais, espagnol) : elle est ignorée",
  },
  nothing_left_out: {
    en: "holds nothing but a sign, a 0 or words such as NULL or à compléter: it is left out",
    fr: "ne contient qu'un signe, un 0 ou des mots tels que NULL ou à compléter : la valeur est ignorée",
  },
  phone_left_out: { en: "holds no number: it is left out", fr: "ne contient pas de numéro : il est ignoré" },
  country_left_out: {
    en: "is no country that is known: it is left out",
    fr: "n'est pas un pays connu : il est ignoré",
  },
} as const satisfies Readonly<Record<string, Text>>;
