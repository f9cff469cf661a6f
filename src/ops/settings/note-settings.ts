/** Tells the audit which settings have changed between two starts of a worker. */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Config } from "../../config/config.ts";
import { SETTINGS, type SettingName } from "../../config/settings.ts";
import { WORKER, writeAudit } from "../../database/audit.ts";
import { inTransaction, type Database } from "../../database/client.ts";

/** The key of the fingerprints. It is made by the vendor and never stored in the database, so that no secret can be guessed from one. */
const KEY: SettingName = "KELIO_SECRET_KEY";
/** Characters of a value in the audit. */
const MOST_SHOWN = 200;

const seenSchema = z.object({
  shown: z.record(z.string(), z.string().nullable()),
  hidden: z.record(z.string(), z.string()),
});
/** What is kept of the settings: values that may be read, and fingerprints of the others. */
type Seen = z.infer<typeof seenSchema>;

type ConfigSettings = Pick<Config, "account" | "settings">;

/**
 * Compares the effective settings with those of the last start of a worker of the account, keeps them, and writes one row of the
 * audit if they differ; workers with the same settings write it once. Returns the names of those that have changed.
 */
export async function noteSettings(database: Database, config: ConfigSettings): Promise<readonly SettingName[]> {
  const { account } = config;
  return inTransaction(database, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('settings ' || ${account}, 0))`;
    const before = await tx.settingsSeen.findUnique({ where: { account } });
    const now = seenNow(config);
    const data = { ...now, at: new Date() };
    await tx.settingsSeen.upsert({ where: { account }, create: { account, ...data }, update: data });
    if (before === null) return [];
    const changes = changesBetween(seenSchema.parse(before), now);
    const names = changes.map(({ name }) => name);
    if (names.length === 0) return [];
    const facts = Object.fromEntries(changes.map(({ name, how }) => [name, how]));
    await writeAudit(tx, { account, by: WORKER, what: "settings_changed", subjects: names, facts });
    return names;
  });
}

function seenNow({ account, settings }: ConfigSettings): Seen {
  const seen: Seen = { shown: {}, hidden: {} };
  for (const { name, secret } of SETTINGS) {
    const value = settings[name];
    if (value === undefined) seen.shown[name] = null;
    else if (secret || isPrivate(value)) seen.hidden[name] = fingerprint(settings[KEY] ?? "", account, name, value);
    else seen.shown[name] = value;
  }
  return seen;
}

/** URLs may hold passwords, and addresses are personal data. */
function isPrivate(value: string): boolean {
  return /:\/\/|@/.test(value);
}

function fingerprint(key: string, account: string, name: SettingName, value: string): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([account, name, value]))
    .digest("base64url");
}

interface Change {
  readonly name: SettingName;
  /** The values before and after; of what is hidden, only whether it was set. */
  readonly how: string;
}

/** With another key, every fingerprint is another one: only the key, and what was set or unset, is known to have changed. */
function changesBetween(before: Seen, now: Seen): readonly Change[] {
  const isOtherKey = before.hidden[KEY] !== now.hidden[KEY];
  return SETTINGS.flatMap(({ name, default: byDefault }) => {
    const isHidden = name in before.hidden && name in now.hidden;
    const [old, fresh] = [before, now].map(({ shown, hidden }) =>
      name in hidden ? "(hidden)" : (shown[name] ?? null),
    );
    // A version that did not know the setting did what its default says.
    if (!(name in before.shown || name in before.hidden) && fresh === byDefault) return [];
    if (isHidden) {
      const isSame = before.hidden[name] === now.hidden[name] || (isOtherKey && name !== KEY);
      return isSame ? [] : [{ name, how: "changed" }];
    }
    return old === fresh ? [] : [{ name, how: `${textOf(old)} → ${textOf(fresh)}` }];
  });
}

function textOf(value: string | null | undefined): string {
  return value?.slice(0, MOST_SHOWN) ?? "(unset)";
}
