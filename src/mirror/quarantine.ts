import type { Executor } from "../database.ts";
import { canonical, hashOf } from "../mapping/canonical.ts";
import type { Misfit } from "../mapping/item.ts";

/** Keeps what could not be mapped, once per distinct item, with the run that saw it last. */
export async function quarantine(
  tx: Executor,
  at: { readonly account: string; readonly resource: string; readonly run: number },
  misfits: readonly Misfit[],
): Promise<void> {
  for (const { reason, raw } of misfits) {
    const item = canonical(raw);
    await tx.$executeRaw`
      insert into public.quarantine (account, resource, fingerprint, reason, raw, run_id)
      values (${at.account}, ${at.resource}, ${hashOf(item)}, ${reason}, ${JSON.stringify(item)}::jsonb, ${at.run})
      on conflict (account, resource, fingerprint)
      do update set reason = excluded.reason, run_id = excluded.run_id, last_seen_at = now()`;
  }
}
