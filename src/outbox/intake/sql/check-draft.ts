/** Drafts as they are read and checked, before anything is locked: sizes first, then values, one resume at a time. */
import type { Database } from "../../../database/client.ts";
import { checkImport, INPUT_FIELDS, type CheckedInput, type InputFault, type InputRules } from "../../import/fields.ts";
import { checkResume, type Resume, type ResumeOptions } from "../../import/resume.ts";
import type { ImportRow } from "../../import/row.ts";

export interface Draft {
  readonly row: ImportRow;
  /** The size of its resume in bytes; null: it has none. */
  readonly resumeBytes: number | null;
}

type Facts = Pick<Resume, "type" | "sha256">;

export type CheckedDraft = { readonly draft: Draft } & (
  { readonly input: CheckedInput; readonly resume: Facts | null } | { readonly faults: readonly InputFault[] }
);

/** The oldest drafts of an account, apart from some. No row is larger than the constraints of the table allow. */
export async function readDrafts(
  database: Database,
  account: string,
  apart: readonly bigint[],
  limit: number,
): Promise<readonly Draft[]> {
  const rows = await database.applicantImport.findMany({
    where: { account, state: "draft", id: { notIn: [...apart] } },
    orderBy: { id: "asc" },
    take: limit,
  });
  const sizes = await database.$queryRaw<{ id: bigint; bytes: number }[]>`
    select import_id as id, octet_length(bytes) as bytes from public.import_resume
    where import_id = any(${rows.map(({ id }) => id)}::bigint[]) and bytes is not null`;
  const bytesOf = new Map(sizes.map(({ id, bytes }) => [id, bytes]));
  return rows.map((row) => ({ row, resumeBytes: bytesOf.get(row.id) ?? null }));
}

interface CheckOptions {
  readonly database: Database;
  readonly rules: InputRules;
  readonly imports: ResumeOptions;
}

/** Checks a draft as any other row. Whatever a value makes the check throw is a fault of this draft alone. */
export async function checkDraft(options: CheckOptions, draft: Draft): Promise<CheckedDraft> {
  const checked = checkedInput(draft.row, options.rules);
  const resume = await resumeOf(options, draft);
  const faults = [
    ...("faults" in checked ? checked.faults : []),
    ...(resume !== null && "reason" in resume ? [{ field: "resume", reason: resume.reason }] : []),
  ];
  if ("faults" in checked || (resume !== null && "reason" in resume)) return { draft, faults };
  return { draft, input: checked.input, resume };
}

function checkedInput(
  row: ImportRow,
  rules: InputRules,
): { readonly input: CheckedInput } | { readonly faults: readonly InputFault[] } {
  try {
    const checked = checkImport(inputOf(row), rules);
    return checked.ok ? { input: checked.input } : { faults: checked.faults };
  } catch {
    return { faults: [{ field: "import", reason: "holds a value that cannot be checked" }] };
  }
}

function inputOf(row: ImportRow): Record<string, unknown> {
  const own = { company_id: row.companyId?.toString(), campaign_id: row.campaignId?.toString() };
  const all: Readonly<Record<string, unknown>> = { ...row, ...own };
  return Object.fromEntries(INPUT_FIELDS.map((field) => [field, all[field]]));
}

async function resumeOf(
  { database, imports }: CheckOptions,
  { row, resumeBytes }: Draft,
): Promise<Facts | null | { readonly reason: string }> {
  if (resumeBytes === null) return null;
  if (resumeBytes > imports.resumeMaxBytes) {
    return { reason: `has ${resumeBytes} bytes, more than the ${imports.resumeMaxBytes} of RESUME_MAX_BYTES` };
  }
  const stored = await database.importResume.findUnique({ where: { importId: row.id }, select: { bytes: true } });
  if (stored?.bytes == null) return null;
  try {
    const checked = await checkResume(stored.bytes, imports);
    return "reason" in checked ? checked : { type: checked.type, sha256: checked.sha256 };
  } catch {
    return { reason: "cannot be read" };
  }
}
