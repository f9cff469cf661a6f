/** Whether a database of applicant-sync is where the settings name it. Loads no Prisma: the kill switch uses it too. */
import { locateEmbedded } from "../database/embedded/directory.ts";
import { isMigrated } from "../database/migrations/migrations.ts";
import { AppError } from "../platform/errors.ts";
import { together, type Text } from "../platform/language.ts";

/** Throws `no_database` where there is no embedded database of `dataDir`. Creates and starts nothing. */
export async function requireEmbedded(dataDir: string): Promise<void> {
  const { directory, isThere } = await locateEmbedded(dataDir);
  if (isThere) return;
  throw noDatabase({
    en: `There is no database yet in ${directory}. Run this where applicant-sync ran before, or set DATA_DIR or DATABASE_URL`,
    fr: `Il n'y a pas encore de base de données dans ${directory}. Lancez cette commande là où applicant-sync a déjà été lancé, ou définissez DATA_DIR ou DATABASE_URL`,
  });
}

/** Throws `no_database` if the Postgres at `url` has no table of ours. Creates nothing. */
export async function requireMigrated(url: string): Promise<void> {
  if (await isMigrated(url)) return;
  throw noDatabase({
    en: `The database ${addressOf(url)} has no tables of applicant-sync yet. Check DATABASE_URL`,
    fr: `La base ${addressOf(url)} n'a pas encore de tables d'applicant-sync. Vérifiez DATABASE_URL`,
  });
}

/** Host, port and name of a database, without the login. */
export function addressOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || "5432"}${pathname}`;
}

const CREATE: Text = {
  en: ". A new one is created by: applicant-sync sync",
  fr: ". Pour en créer une : applicant-sync sync",
};

function noDatabase(text: Text): AppError {
  return new AppError("no_database", together(text, CREATE), { disposition: "fail" });
}
