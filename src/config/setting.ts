/** How a setting is described. */
import { z } from "zod";

/** The description of a setting, for docs/configuration.md and `.env.example`. */
export interface SettingFacts {
  /** What it decides and what is allowed: one line that makes sense alone. */
  readonly meaning: string;
  /** The value used when it is unset, as one would write it; null: none, and `meaning` says what happens then. */
  readonly default: string | null;
  /** What to write where there is no default; refused as a value of a key. */
  readonly example: string | null;
  /** Its value may hold a secret, so it is never printed. */
  readonly secret: boolean;
}

export const facts = z.registry<SettingFacts>();

/** A setting that always has a value. */
export function setting<T extends z.ZodType>(
  schema: T,
  shown: { readonly meaning: string; readonly default: string },
): T {
  facts.add(schema, { ...shown, example: null, secret: false });
  return schema;
}

/** A setting that may stay unset. */
export function optional<T extends z.ZodType>(
  required: T,
  shown: { readonly meaning: string; readonly example: string; readonly secret?: boolean },
): z.ZodOptional<T> {
  const schema = required.optional();
  facts.add(schema, { secret: false, ...shown, default: null });
  return schema;
}
