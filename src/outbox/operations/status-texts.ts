/** The texts of the view `import_status`, by which a role that inserts by SQL follows its imports. */
import type { OutboxStore } from "../context.ts";
import type { Language, Text } from "../../platform/language.ts";
import { OF_API } from "../import/reason.ts";
import { REASONS } from "../import/reasons.ts";
import { OF_ERASED, OF_POSTPONED, OF_STATE } from "./next-step.ts";

/** A row of `import_text`. */
interface StatusText {
  readonly code: string;
  readonly state: string;
  /** Null: that of the row itself is shown, which our check wrote. Others may repeat what the API or a person said. */
  readonly reason: string | null;
  readonly next: string;
}

/** Writes the texts of an account, if they have changed since. */
export async function storeStatusTexts({ database, account }: OutboxStore, language: Language): Promise<void> {
  const texts = statusTexts(language);
  await database.$executeRaw`
    with texts as (
      select * from jsonb_to_recordset(${JSON.stringify(texts)}::jsonb) as t (code text, state text, reason text, next text)),
    gone as (delete from public.import_text where account = ${account} and code not in (select code from texts))
    insert into public.import_text as old (account, code, state, reason, next)
    select ${account}, code, state, reason, next from texts order by code
    on conflict (account, code) do update set state = excluded.state, reason = excluded.reason, next = excluded.next
      where (old.state, old.reason, old.next) is distinct from (excluded.state, excluded.reason, excluded.next)`;
}

function statusTexts(language: Language): readonly StatusText[] {
  const next = (text: Text) => text[language].replaceAll("{reset}", "applicant-sync imports release --all");
  const ofReasons = Object.entries({ ...REASONS, api: OF_API }).map(([code, reason]): StatusText => {
    const isOwn = "failsCheck" in reason;
    const own = "next" in reason ? reason.next : OF_STATE[reason.state];
    return {
      code,
      state: reason.state,
      reason: isOwn ? null : reason.text[language],
      next: next(own ?? OF_STATE[reason.state]),
    };
  });
  const ofStates = Object.entries({ ...OF_STATE, erased: OF_ERASED, postponed: OF_POSTPONED }).map(
    ([state, text]): StatusText => ({ code: `state:${state}`, state, reason: null, next: next(text) }),
  );
  return [...ofReasons, ...ofStates];
}
