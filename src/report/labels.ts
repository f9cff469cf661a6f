import type { Database } from "../database/client.ts";
import type { Text } from "../platform/language.ts";

/** What people call a code, such as the state of an import. */
export interface Label extends Text {
  /** What it is a code of, such as `import_state`. */
  readonly kind: string;
  readonly code: string;
}

/** Reads the labels of all codes, those of a kind in their order. They change with the version alone, and are read once. */
export function createLabels(database: Database): () => Promise<readonly Label[]> {
  let labels: readonly Label[] | null = null;
  return async () =>
    (labels ??= await database.$queryRaw<Label[]>`
      select kind, code, label_en as en, label_fr as fr from report.label order by kind, position`);
}
