/** Imports that another application inserted by SQL: checked like all others before anything is sent. */
import { inTransaction, type Database, type Executor } from "../database.ts";
import type { AddOptions } from "./add.ts";
import { companiesOf } from "./companies.ts";
import { holdNewSources } from "./first-n.ts";
import { checkImport, INPUT_FIELDS, type CheckedInput, type InputFault, type InputRules } from "./input.ts";
import { placeOf } from "./place.ts";
import { checkResume, type ResumeOptions } from "./resume.ts";
import { lockOutbox, moveStep, type ImportRow } from "./store.ts";
import { queryOf, readSwitch } from "./switch.ts";

export interface AdmitOptions extends AddOptions {
  readonly database: Database;
  readonly rules: InputRules;
  readonly imports: AddOptions["imports"] & ResumeOptions;
}

/** Few, because nothing is sent meanwhile: whoever claims an import waits for the same lock. */
const BATCH = 50;

/** Checks all drafts of an account, the oldest first: each becomes ready, held, or rejected with what is wrong with it. */
export async function admitDrafts(options: AdmitOptions): Promise<void> {
  for (;;) {
    const admitted = await inTransaction(options.database, (tx) => admitBatch(tx, options));
    if (admitted < BATCH) return;
  }
}

async function admitBatch(tx: Executor, options: AdmitOptions): Promise<number> {
  const { account } = options;
  await lockOutbox(tx, account);
  const ids = await tx.$queryRaw<{ id: bigint }[]>`
    select id from public.applicant_import where account = ${account} and state = 'draft'
    order by id limit ${BATCH} for update skip locked`;
  if (ids.length === 0) return 0;
  const rows = await tx.applicantImport.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    orderBy: { id: "asc" },
  });
  const { held } = await readSwitch(queryOf(tx), account);
  const admitted = new Set<bigint>();
  for (const row of rows) if ((await admit(tx, options, row, held)) && !row.admitted) admitted.add(row.id);
  await holdNewSources(tx, options, admitted);
  return ids.length;
}

/** Returns whether the draft was taken. */
async function admit(tx: Executor, options: AdmitOptions, row: ImportRow, held: boolean): Promise<boolean> {
  const checked = checkImport(inputOf(row), options.rules);
  const input = checked.ok ? checked.input : null;
  const [company = null] = input === null ? [] : await companiesOf(tx, options, [input]);
  const faults: readonly InputFault[] = [
    ...(checked.ok ? [] : checked.faults),
    ...(company !== null && "fault" in company ? [company.fault] : []),
    ...(await resumeFaults(tx, options, row)),
  ];
  if (input === null || faults.length > 0) {
    const reason = faults.map((fault) => `${fault.field} ${fault.reason}`).join("; ");
    await moveStep(tx, row, { to: "rejected", reasonCode: "invalid", reason });
    return false;
  }
  const id = company !== null && "id" in company ? company.id : null;
  const other = await sameImport(tx, row, input, id);
  if (other !== null) {
    await moveStep(tx, row, { to: "rejected", reasonCode: "duplicate", reason: `It is import ${other} already.` });
    return false;
  }
  const { key: _, source: __, company_id: ___, campaign_id: ____, ...person } = input;
  const { waived, campaignId } = await tx.applicantImport.update({
    where: { id: row.id },
    select: { waived: true, campaignId: true },
    data: { ...person, companyId: id === null ? null : BigInt(id) },
  });
  const place = placeOf({ ...input, campaignId, waived }, held);
  await moveStep(tx, row, { to: place.state, reasonCode: place.reason_code, reason: place.reason });
  return true;
}

function inputOf(row: ImportRow): Record<string, unknown> {
  const own = { company_id: row.companyId?.toString(), campaign_id: row.campaignId?.toString() };
  const all: Readonly<Record<string, unknown>> = { ...row, ...own };
  return Object.fromEntries(INPUT_FIELDS.map((field) => [field, all[field]]));
}

async function resumeFaults(tx: Executor, { imports }: AdmitOptions, row: ImportRow): Promise<readonly InputFault[]> {
  const resume = await tx.importResume.findUnique({ where: { importId: row.id } });
  if (resume?.bytes == null) return [];
  const checked = await checkResume(resume.bytes, imports);
  if ("reason" in checked) return [{ field: "resume", reason: checked.reason }];
  await tx.importResume.update({ where: { importId: row.id }, data: { type: checked.type } });
  return [];
}

/** Another import that this one is once its e-mail is written the usual way and its company is known. */
async function sameImport(
  tx: Executor,
  row: ImportRow,
  input: CheckedInput,
  company: string | null,
): Promise<bigint | null> {
  if (row.key !== null) return null;
  const [other] = await tx.$queryRaw<{ id: bigint }[]>`
    select id from public.applicant_import where account = ${row.account} and key is null and id <> ${row.id}
      and person = public.import_person(${input.email}) and coalesce(company_id, 0) = coalesce(${company}::bigint, 0)
      and coalesce(campaign_id, 0) = coalesce(${input.campaign_id}::bigint, 0) limit 1`;
  return other?.id ?? null;
}
