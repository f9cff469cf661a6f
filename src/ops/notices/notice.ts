/** A notice as it is stored and sent: what changed about a condition, for one channel. No personal data. */
import { z } from "zod";
import { CONDITIONS, type ConditionCode } from "../state/conditions.ts";

/** `raised`: a person must act. `reminder`: still. `resolved`: it is good again. */
export const KINDS = ["raised", "reminder", "resolved"] as const;
export type NoticeKind = (typeof KINDS)[number];

/** A row may be of a newer version that knows more. */
export const CODES = Object.keys(CONDITIONS);
export const conditionCode = z.custom<ConditionCode>((value) => typeof value === "string" && CODES.includes(value));

export const CHANNELS = ["webhook", "email"] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** One thing that the condition is about, such as a resource. */
export const noticeItem = z.object({
  subject: z.string(),
  since: z.coerce.date().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type NoticeItem = z.infer<typeof noticeItem>;

export interface Notice {
  /** The same in every attempt, by which a receiver recognises a repetition. */
  readonly id: string;
  /** `test`: sent by `notify test`. */
  readonly kind: NoticeKind | "test";
  /** Null: a test is about nothing. */
  readonly code: ConditionCode | null;
  readonly items: readonly NoticeItem[];
  readonly occurredAt: Date;
}
