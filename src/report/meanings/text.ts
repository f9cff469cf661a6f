import type { Text } from "../../platform/language.ts";

/** Meanings by the name of a column. */
export type Meanings = Readonly<Record<string, Text>>;

export const text = (en: string, fr: string): Text => ({ en, fr });

/** A view: what one row of it is, and what its columns mean where they mean more than everywhere. */
export interface View {
  readonly meaning: Text;
  readonly columns?: Meanings;
}
