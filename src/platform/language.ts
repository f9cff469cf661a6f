/** Texts in the languages of the people who decide about imports. */

export const LANGUAGES = ["en", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

/** One text in each language. Names in braces stand for facts. */
export type Text = Readonly<Record<Language, string>>;

/** One text in each language, by what writes it in one of them. */
export function inEach(write: (language: Language) => string): Text {
  return { en: write("en"), fr: write("fr") };
}

/** Facts by the names that stand in braces. */
export type Facts = Readonly<Record<string, string | number>>;

export function fill({ en, fr }: Text, facts: Facts): Text {
  const filled = (text: string) => text.replaceAll(/\{(\w+)\}/g, (name, fact: string) => String(facts[fact] ?? name));
  return { en: filled(en), fr: filled(fr) };
}
