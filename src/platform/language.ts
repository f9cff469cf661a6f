/** Texts in the languages of the people who decide about imports. */

export const LANGUAGES = ["en", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

/** One text in each language. Names in braces stand for facts. */
export type Text = Readonly<Record<Language, string>>;

/** One text in each language, by what writes it in one of them. */
export function inEach(write: (language: Language) => string): Text {
  return { en: write("en"), fr: write("fr") };
}

/** A table of words, each in every language, as a table of words for each language. A word may be written with facts, by a function. */
export function perLanguage<T>(table: { readonly [Name in keyof T]: Readonly<Record<Language, T[Name]>> }): Readonly<
  Record<Language, Readonly<T>>
>;
// An overload, because `Object.fromEntries` forgets which name has which value.
export function perLanguage(table: Readonly<Record<string, Readonly<Record<Language, unknown>>>>): object {
  const wordsIn = (language: Language) =>
    Object.fromEntries(Object.entries(table).map(([name, word]) => [name, word[language]]));
  return { en: wordsIn("en"), fr: wordsIn("fr") };
}

/** Texts one after the other; null: none. */
export function together(...texts: readonly (Text | null)[]): Text {
  return inEach((language) => texts.map((text) => text?.[language] ?? "").join(""));
}

/** Facts by the names that stand in braces. */
export type Facts = Readonly<Record<string, string | number>>;

const BRACES = /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g;

/** Puts facts in the place of their names, `{count}`, and the words that go with a number: `{count|import waits|imports wait}`. */
export function fill(text: Text, facts: Facts): Text {
  return inEach((language) =>
    text[language].replaceAll(BRACES, (braces, name: string, one?: string, many?: string) => {
      const fact = facts[name];
      if (fact === undefined) return braces;
      return String(one === undefined || many === undefined ? fact : isOne(fact, language) ? one : many);
    }),
  );
}

/** Zero is singular in French, and plural in English. */
function isOne(fact: string | number, language: Language): boolean {
  return new Intl.PluralRules(language).select(Number(fact)) === "one";
}
