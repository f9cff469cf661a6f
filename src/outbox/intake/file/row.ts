import type { InputFault } from "../../import/fields.ts";

export interface FileRow {
  readonly line: number;
  /** What `checkImport` is to check. */
  readonly submitted: unknown;
  /** The path of a CV, unchecked. */
  readonly resume: unknown;
  /** What is wrong with the line itself; then there is nothing to check. */
  readonly faults: readonly InputFault[];
  readonly original: Original;
}

/**
 * A row as it was, so that it can be written again: cells, the JSON of an object, or a line that could not be read (null: too
 * long).
 */
export type Original =
  { readonly cells: readonly string[] } | { readonly json: string } | { readonly text: string | null };
