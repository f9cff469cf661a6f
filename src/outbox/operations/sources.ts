/** Two spellings of a source that differ in case, white space or Unicode form alone are one source. */
import { sql, type Executor } from "../../database/client.ts";
import { comparable } from "../../platform/comparable.ts";

/** The spellings of some sources in the outbox. `held`: only those of imports that are held. */
export async function spellingsOf(
  tx: Executor,
  account: string,
  sources: readonly string[],
  held = false,
): Promise<readonly string[]> {
  const wanted = new Set(sources.map(comparable));
  const only = held ? sql`and i.state = 'held'` : sql``;
  const stored = await tx.$queryRaw<{ source: string }[]>`
    select distinct i.source from public.applicant_import i where i.account = ${account} ${only}`;
  return stored.map(({ source }) => source).filter((source) => wanted.has(comparable(source)));
}
