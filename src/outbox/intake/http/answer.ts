import { z } from "zod";
import type { AddedImport } from "../add.ts";
import type { ImportStatus } from "../../operations/import-status.ts";
import { IMPORT_STATES, STEP_STATES } from "../../import/states.ts";

const importSchema = z.object({
  /** Which one of the body, from 0. */
  index: z.int(),
  id: z.string(),
  state: z.string(),
  outcome: z.enum(["queued", "known", "resubmitted"]),
  reason_code: z.string().nullable(),
  email_expected: z.boolean(),
  status_url: z.string(),
});

const rowProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  index: z.int(),
  errors: z.array(z.object({ field: z.string(), reason: z.string() })),
});

/** What a request that brought at least one import is answered. Nothing in it is personal. */
export const answerSchema = z.object({ imports: z.array(importSchema), rejected: z.array(rowProblemSchema) });
export type ImportAnswer = z.infer<typeof answerSchema>;

export function importAnswer(index: number, added: AddedImport): ImportAnswer["imports"][number] {
  const id = String(added.id);
  return {
    index,
    id,
    state: added.state,
    outcome: added.outcome,
    reason_code: added.reasonCode,
    email_expected: added.emailExpected,
    status_url: `/imports/${id}`,
  };
}

/** What GET /imports/:id answers. */
export const statusSchema = z.object({
  id: z.string(),
  key: z.string().nullable(),
  source: z.string(),
  state: z.enum(IMPORT_STATES),
  applicant_state: z.enum(STEP_STATES),
  application_state: z.enum(STEP_STATES).nullable(),
  reason_code: z.string().nullable(),
  reason: z.string().nullable(),
  applicant_id: z.string().nullable(),
  application_id: z.string().nullable(),
  email_expected: z.boolean().nullable(),
  attempts: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
} satisfies Readonly<Record<keyof ImportStatus, z.ZodType>>);

export const problemSchema = rowProblemSchema.pick({ type: true, title: true, status: true, code: true, detail: true });
export const noneAcceptedSchema = problemSchema.extend({ rejected: z.array(rowProblemSchema).optional() });
