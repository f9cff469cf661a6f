import type { Database } from "../../database/client.ts";
import type { KillSwitch } from "./types.ts";

export async function readKillSwitch(database: Database, account: string): Promise<KillSwitch> {
  const control = await database.importControl.findUnique({ where: { account } });
  const restore = await database.importRestore.findFirst({ where: { account, decidedAt: null } });
  const isRestored = restore !== null;
  if (control === null || !control.held) return { held: false, code: null, reason: null, since: null, isRestored };
  const { reasonCode: code, heldReason: reason, heldAt: since } = control;
  return { held: true, code, reason, since, isRestored };
}
