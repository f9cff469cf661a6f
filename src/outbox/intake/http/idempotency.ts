/** Idempotency keys: a repeated request with the same key and rows gets the answer of the first one. */
import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Executor } from "../../../database/client.ts";
import { refusal } from "../../../platform/http/problem.ts";

/** Returns the key of a request; null: it has none. Throws a ProblemError. */
export function keyOf(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === "string" && /^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw refusal(400, "bad_idempotency_key", "Idempotency-Key must be one value of 1 to 200 visible ASCII characters.");
}

/** Returns a hash of the rows that does not depend on the order of fields or on white space. */
export function fingerprintOf(rows: readonly unknown[]): string {
  return createHash("sha256").update(canonical(rows)).digest("hex");
}

function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(",")}}`;
}

interface IdempotentRequest {
  readonly account: string;
  readonly key: string;
  readonly fingerprint: string;
}

/**
 * Reserves a key for the rest of the transaction; a request with the same key waits here for its end. Returns the answer of the earlier
 * request with the same rows; null: there is none. Throws a ProblemError if the key came with other rows.
 */
export async function reserveKey<T>(
  tx: Executor,
  { account, key, fingerprint }: IdempotentRequest,
  schema: z.ZodType<T>,
): Promise<T | null> {
  // Salted like the hash of a person. Otherwise one could find out which address a short body held by trying.
  const inserted = await tx.$executeRaw`
    insert into public.import_request (account, key, fingerprint, answer)
    select ${account}, ${key}, encode(sha256(convert_to(salt || ${fingerprint}, 'UTF8')), 'hex'), 'null'::jsonb
    from public.import_salt on conflict do nothing`;
  if (inserted === 1) return null;
  const [before] = await tx.$queryRaw<{ same: boolean; answer: unknown }[]>`
    select fingerprint = encode(sha256(convert_to(salt || ${fingerprint}, 'UTF8')), 'hex') as same, answer
    from public.import_request, public.import_salt where account = ${account} and key = ${key}`;
  if (before?.same === true) return schema.parse(before.answer);
  const detail = "This Idempotency-Key came with other imports before. Use a new key for a new request.";
  throw refusal(422, "idempotency_key_reused", detail);
}

/** Stores the answer with the key. It holds ids, states and reasons, and no personal data. */
export async function keepAnswer(
  tx: Executor,
  { account, key }: Pick<IdempotentRequest, "account" | "key">,
  answer: unknown,
): Promise<void> {
  await tx.$executeRaw`
    update public.import_request set answer = ${JSON.stringify(answer)}::jsonb where account = ${account} and key = ${key}`;
}
