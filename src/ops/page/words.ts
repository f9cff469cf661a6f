import { fill, type Facts, type Language, type Text } from "../../platform/language.ts";

/** The texts of a table in one language, with their facts. */
export function wordsIn<K extends string>(texts: Readonly<Record<K, Text>>, language: Language) {
  return (name: K, facts: Facts = {}): string => fill(texts[name], facts)[language];
}
