import { LANGUAGES, type Language } from "../../platform/language.ts";

/** The language that a browser wishes for most in `Accept-Language`; `otherwise`, if it wishes for none of ours. */
export function preferredLanguage(header: string | undefined, otherwise: Language): Language {
  const wishes = (header ?? "").split(",").flatMap((part) => {
    const [tag = "", ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const language = LANGUAGES.find((one) => tag === one || tag.startsWith(`${one}-`));
    const weight = Number(parameters.find((one) => one.startsWith("q="))?.slice(2) ?? 1);
    return language === undefined || !(weight > 0) ? [] : [{ language, weight }];
  });
  return wishes.toSorted((a, b) => b.weight - a.weight)[0]?.language ?? otherwise;
}
