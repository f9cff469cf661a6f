/** The comparable form of e-mail addresses in rows that were written without it. */
import type { Database } from "../database/client.ts";
import { emailKey } from "../platform/email-key.ts";

const FILLED_AT_ONCE = 500;

/**
 * Fills in the comparable form of e-mails where a row has none yet: those that the migration could not write. Rows that are
 * unchanged at the source would never be written again. Returns how many were filled.
 */
export async function fillEmailKeys(database: Database): Promise<number> {
  let filled = 0;
  for (;;) {
    const rows = await database.$queryRaw<{ account: string; id: bigint; email: string }[]>`
      select account, id, email from public.applicant where email is not null and email_key is null
      order by account, id limit ${FILLED_AT_ONCE}`;
    const keys = rows.map(({ account, id, email }) => ({ account, id: String(id), email, key: emailKey(email) }));
    const written = await database.$executeRaw`
      update public.applicant p set email_key = g.key
      from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as g (account text, id bigint, email text, key text)
      where p.account = g.account and p.id = g.id and p.email = g.email and p.email_key is null`;
    filled += written;
    if (rows.length < FILLED_AT_ONCE || written === 0) return filled;
  }
}
