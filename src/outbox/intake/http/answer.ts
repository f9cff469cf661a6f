/** What the import routes answer. Nothing in it is personal. */
import { z } from "zod";
import type { Database } from "../../../database/client.ts";
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

/** Returns the status of an import; null if the account has none with this id. JSON writes times in ISO 8601. */
export async function findStatus(
  database: Database,
  account: string,
  id: bigint,
): Promise<Readonly<Record<keyof z.infer<typeof statusSchema>, unknown>> | null> {
  const row = await database.applicantImport.findFirst({ where: { account, id } });
  return (
    row && {
      id: String(id),
      key: row.key,
      source: row.source,
      state: row.state,
      applicant_state: row.applicantState,
      application_state: row.applicationState,
      reason_code: row.reasonCode,
      reason: row.reason,
      applicant_id: row.applicantId?.toString() ?? null,
      application_id: row.applicationId?.toString() ?? null,
      email_expected: row.emailExpected,
      attempts: row.attempts,
      created_at: row.createdAt,
      updated_at: row.updatedAt,
      finished_at: row.finishedAt,
    }
  );
}

export const noneAcceptedSchema = problemSchema.extend({ rejected: z.array(rowProblemSchema).optional() });
