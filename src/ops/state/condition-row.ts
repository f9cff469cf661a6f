/** What a condition consists of. */
import type { Text } from "../../platform/language.ts";

/** Red: a person must act. Amber: it recovers by itself, or can wait. */
export type Colour = "red" | "amber";

/**
 * The sentences of the first screen, in the order in which they stand while all is well. `deletions`: what waits for a person to decide
 * about the mirror.
 */
export const SENTENCES = ["fresh", "proven", "night", "deletions", "imports", "quota", "workers", "notices"] as const;
export type SentenceCode = (typeof SENTENCES)[number];

export interface ConditionRow {
  readonly colour: Colour;
  /** The sentence of the overview that reports it. */
  readonly sentence: SentenceCode;
  /** For the docs: when it holds, and how that is known. */
  readonly meaning: string;
  /** What is wrong, with the facts in braces. No personal data. */
  readonly text: Text;
  /** What to do. */
  readonly next: Text;
  /** An amber one that does not recover by itself: people are notified of it, too. */
  readonly isNotified?: true;
}
