/** Reads a French file as `import` does, without a database, and compares each line with what it is. */
import { dirname } from "node:path";
import { processFile, type FileSummary } from "../../src/outbox/intake/file/import-file.ts";
import { openImportFile } from "../../src/outbox/intake/file/rows.ts";
import type { ExpectedLine } from "./french-file.ts";
import { keyringOf } from "./keyring.ts";

export interface FrenchOutcome {
  readonly encoding: string;
  readonly summary: FileSummary;
  readonly good: number;
  /** Good lines that were taken, and lines that were read otherwise than they are: their numbers with the field. */
  readonly taken: number;
  readonly wrong: readonly string[];
}

export async function readFrench(path: string, expected: readonly ExpectedLine[]): Promise<FrenchOutcome> {
  const file = await openImportFile(path);
  const wrong: string[] = [];
  let taken = 0;
  const options = {
    account: "french",
    keyring: keyringOf(null),
    accountKind: "jobboard",
    environment: "sandbox",
    scopes: ["applicants_write", "applications_write"],
    language: "fr",
    timezone: "Europe/Paris",
    imports: { resumeTypes: {}, resumeMaxBytes: 1, companyId: null, defaultCountry: "FR", sourceApproval: 0 },
    source: "file",
    directory: dirname(path),
    errors: null,
    signal: new AbortController().signal,
  } as const;
  const compare = (values: Readonly<Record<string, unknown>>, line: number) => {
    const one = expected[line - 2];
    if (one === undefined || "refused" in one) {
      wrong.push(`${line} ${one?.refused ?? "is there"}`);
      return;
    }
    taken += 1;
    for (const [field, value] of Object.entries(one.values)) {
      const read = values[field] ?? null;
      const text =
        read instanceof Date
          ? read.toISOString()
          : typeof read === "string" || read === null
            ? read
            : JSON.stringify(read);
      if (text !== (field === "source" ? (value ?? "file") : value)) wrong.push(`${line} ${field}: ${text}`);
    }
  };
  const summary = await processFile(
    file,
    options,
    async (rows) => {
      for (const { input, row } of rows) compare(input, row.line);
      return rows.map(() => null);
    },
    async () => () => "FR",
  );
  const good = expected.filter((one) => "values" in one).length;
  return { encoding: file.encoding, summary, good, taken, wrong };
}
