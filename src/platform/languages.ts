/** Languages by what people call them: names in English, French and their own, and tags such as `fr-FR` or `fra`. */
import { plainWords } from "./comparable.ts";

const NAMES: Readonly<Record<string, string>> = {
  fr: "francais francaise french frances francesa",
  en: "anglais anglaise english ingles inglesa",
  es: "espagnol espagnole spanish espanol espanola castillan castellano castilian",
};
const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([tag, names]) => names.split(" ").map((name) => [name, tag] as const)),
);

/** With these words the name of a language says that it is not spoken, or is part of the name of another. */
const OTHER_WORDS = new Set(
  "pas non not no sans aucun aucune ni jamais sauf except without creole pidgin old ancien ancienne vieux judeo signe signes sign".split(
    " ",
  ),
);

/** The tag of the first of these languages that is named: `fr` for `Français`, `FR_fr`, `fra`, `French (France)`. Null: none. */
export function languageCode(text: string, known: readonly string[]): string | null {
  const plain = text.trim().toLowerCase();
  if (known.includes(plain)) return plain;
  const tag = tagOf(text);
  if (known.includes(tag)) return tag;
  const words = plainWords(text).split(" ");
  if (words.some((word) => OTHER_WORDS.has(word))) return null;
  const named = words.map((word) => BY_NAME.get(word) ?? "");
  // A tag stands alone between signs: `en cours` names no language.
  const listed = text.split(/[/,;|+()&.@]|\s-\s/).map(tagOf);
  return [...named, ...listed].find((one) => known.includes(one)) ?? null;
}

/** The language of a tag, in its shortest form: `fr` of `fra`, `fre`, `fr_FR` and `fr-FR`; empty if it is none. */
function tagOf(text: string): string {
  const tag = text.trim().replaceAll("_", "-");
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag)) return "";
  try {
    return Intl.getCanonicalLocales(tag)[0]?.split("-")[0] ?? "";
  } catch {
    return "";
  }
}
