/** The decision that a person makes after the database was restored or copied. Uses plain SQL only. */
import type { Language, Text } from "../../platform/language.ts";
import type { Query } from "../operations/switch.ts";

export type RestoreCode = "database_older" | "database_copied" | "database_moved";

/** Texts for people, after "Imports are held". */
export const RESTORE_REASONS: Readonly<Record<RestoreCode, Text>> = {
  database_older: {
    en:
      "the database is older than what was seen of it: a backup was restored, or a failover lost commits. What was imported " +
      "since then is not in it, and would be created and e-mailed again",
    fr:
      "la base est plus ancienne que ce qui en a été vu : une sauvegarde a été restaurée, ou un basculement a perdu des données. Ce qui a " +
      "été importé depuis n'y est pas, et serait créé et recevrait un e-mail une seconde fois",
  },
  database_copied: {
    en: "the database was copied, restored or moved to another directory. If the first one is still in use, both would send the same imports",
    fr: "la base a été copiée, restaurée ou déplacée dans un autre répertoire. Si la première sert encore, les deux enverraient les mêmes imports",
  },
  database_moved: {
    en:
      "the database was copied to another Postgres, to go on there. If that one is in use, both would send the same imports. If the copy " +
      "was interrupted, run applicant-sync database copy-to again",
    fr:
      "la base a été copiée vers un autre Postgres, pour continuer là-bas. Si celui-ci sert, les deux enverraient les mêmes imports. Si la " +
      "copie a été interrompue, relancez applicant-sync database copy-to",
  },
};

/** Returns why imports are held, as it is stored, in a language: a person's own words stay as they are. */
export function heldReasonIn(language: Language, stored: string): string {
  const known = Object.values(RESTORE_REASONS).find(({ en }) => stored.startsWith(en));
  return known === undefined ? stored : known[language] + stored.slice(known.en.length);
}

/** A copy or restore that is not decided yet. */
export interface PendingRestore {
  readonly code: RestoreCode;
  readonly foundAt: Date;
  /** For people: what happened. */
  readonly reason: Text;
}

/** Returns the restore that blocks `imports release --all` until a person has checked the account; null: none. */
export async function pendingRestore(query: Query, account: string): Promise<PendingRestore | null> {
  const [found] = await query<{ code: string; foundAt: Date }>(
    `select code, found_at as "foundAt" from public.import_restore where account = $1 and decided_at is null`,
    account,
  );
  if (found === undefined) return null;
  const code = isCode(found.code) ? found.code : "database_older";
  return { code, foundAt: found.foundAt, reason: RESTORE_REASONS[code] };
}

function isCode(code: string): code is RestoreCode {
  return code in RESTORE_REASONS;
}
