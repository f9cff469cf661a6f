/** What the import routes answer. Nothing in it is personal. */
import { z } from "zod";
import { raw, type Database } from "../../../database/client.ts";
import { problemSchema } from "../../../platform/http/problem.ts";
import { IMPORT_STATES, STEP_STATES } from "../../import/states.ts";
import type { AddedImport } from "../add.ts";

const importSchema = z.object({
  /** The index of the row in the body. */
  index: z.int(),
  id: z.string(),
  state: z.string(),
  outcome: z.enum(["queued", "known", "resubmitted"]),
  reason_code: z.string().nullable(),
  email_expected: z.boolean(),
  status_url: z.string(),
  /** What was assumed or left out, by field. */
  notes: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
});

/** A row that cannot be accepted, by its index in the body, and why. */
const rowProblemSchema = problemSchema.extend({
  index: z.int(),
  errors: z.array(z.object({ field: z.string(), reason: z.string() })),
});

/** The answer to a request of which at least one import was accepted. */
export const answerSchema = z.object({ imports: z.array(importSchema), rejected: z.array(rowProblemSchema) });
export type ImportAnswer = z.infer<typeof answerSchema>;
export type RowProblem = z.infer<typeof rowProblemSchema>;

type Answered = ImportAnswer["imports"][number];

export function importAnswer(index: number, added: AddedImport, notes: NonNullable<Answered["notes"]>): Answered {
  const id = String(added.id);
  return {
    index,
    id,
    state: added.state,
    outcome: added.outcome,
    reason_code: added.reasonCode,
    email_expected: added.emailExpected,
    status_url: `/imports/${id}`,
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** The answer of GET /imports/:id. Times in ISO 8601. */
export const statusSchema = z.object({
  id: z.string(),
  key: z.string().nullable(),
  source: z.string(),
  state: z.enum(IMPORT_STATES),
  applicant_state: z.enum(STEP_STATES),
  /** Null: no application is wanted. */
  application_state: z.enum(STEP_STATES).nullable(),
  reason_code: z.string().nullable(),
  reason: z.string().nullable(),
  applicant_id: z.string().nullable(),
  application_id: z.string().nullable(),
  /** Null: not known yet. */
  email_expected: z.boolean().nullable(),
  attempts: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
});

/** The columns of the same names; JSON has no bigint, and writes times in ISO 8601. */
const COLUMNS = raw(
  Object.keys(statusSchema.shape)
    .map((name) => (/(^|_)id$/.test(name) ? `${name}::text` : name))
    .join(", "),
);

/** Returns the status of an import; null if the account has none with this id. */
export async function findStatus(database: Database, account: string, id: bigint): Promise<object | null> {
  const [row] = await database.$queryRaw<object[]>`
    select ${COLUMNS} from public.applicant_import where account = ${account} and id = ${id}`;
  return row ?? null;
}

export const noneAcceptedSchema = problemSchema.extend({ rejected: z.array(rowProblemSchema).optional() });
