import type { Database } from "../../../database/client.ts";
import { addImports, type AddOptions } from "../add.ts";
import { processFile, type FileSummary, type ProcessFileOptions } from "./summary.ts";
import type { ImportFile } from "./rows.ts";

export interface FileImport extends FileSummary {
  /** New in the outbox. */
  readonly queued: number;
  /** There before, or earlier in the file: nothing was changed. */
  readonly known: number;
  /** Rejected before, and other now. */
  readonly resubmitted: number;
  /** Of those new or resubmitted: how many a worker sends as soon as it may, and how many a person must let go. */
  readonly ready: number;
  readonly held: Readonly<Record<string, number>>;
}

/** Puts the imports of a file into the outbox, each batch in a transaction of its own. Done twice, it changes nothing. */
export async function importFile(
  database: Database,
  file: ImportFile,
  options: ProcessFileOptions & AddOptions,
): Promise<FileImport> {
  const counts = { queued: 0, known: 0, resubmitted: 0 };
  const held: Record<string, number> = {};
  let ready = 0;
  const summary = await processFile(file, options, async (rows) => {
    const added = await addImports(database, options, { intake: "file", bulk: true }, rows);
    return added.map((one) => {
      if ("fault" in one) return one.fault;
      counts[one.outcome] += 1;
      if (one.outcome === "known") return null;
      if (one.state === "held") held[one.reasonCode ?? "held"] = (held[one.reasonCode ?? "held"] ?? 0) + 1;
      else ready += 1;
      return null;
    });
  });
  return { ...summary, ...counts, ready, held };
}
