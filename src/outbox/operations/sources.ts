/** Two spellings of a source that differ in case, white space or Unicode form alone are one source. */
import { raw, sql, type Executor } from "../../database/client.ts";
import { comparable } from "../../platform/comparable.ts";

/** The spellings of some sources in the outbox. `held`: only those of imports that are held. */
export async function spellingsOf(
  tx: Executor,
  account: string,
  sources: readonly string[],
  held = false,
): Promise<readonly string[]> {
  const wanted = new Set(sources.map(comparable));
  const stored = held ? await heldSources(tx, account) : await storedTexts(tx, account, "source");
  return stored.filter((source) => wanted.has(comparable(source)));
}

async function heldSources(tx: Executor, account: string): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ source: string }[]>`
    select distinct i.source from public.applicant_import i where i.account = ${account} and i.state = 'held'`;
  return rows.map(({ source }) => source);
}

/** The column, and what the index of it asks for: every source and file is as short. */
export function indexed(column: "source" | "file") {
  const name = raw(`i.${column}`);
  return { name, isIndexed: sql`octet_length(${name}) <= 2000` };
}

/** The different sources, or files, of an account. Its index is read once for each of them, not for each import. */
export async function storedTexts(
  tx: Pick<Executor, "$queryRaw">,
  account: string,
  column: "source" | "file",
): Promise<readonly string[]> {
  const { name, isIndexed } = indexed(column);
  const rows = await tx.$queryRaw<{ text: string }[]>`
    with recursive one (text) as (
      (select ${name} from public.applicant_import i where i.account = ${account} and ${isIndexed}
       order by ${name} limit 1)
      union all
      select (select ${name} from public.applicant_import i where i.account = ${account} and ${isIndexed} and ${name} > one.text
        order by ${name} limit 1)
      from one where one.text is not null)
    select one.text from one where one.text is not null`;
  return rows.map(({ text }) => text);
}
