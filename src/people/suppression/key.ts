/** The key by which suppressed people are recognised. It is kept outside the database: `PRIVACY_KEY`, or a file in `DATA_DIR`. */
import { createHmac, randomBytes } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { hasCode, UsageError, type AppError } from "../../platform/errors.ts";
import { unusableFile } from "../../platform/files.ts";

/** Where the keys come from, as the settings say. */
export interface KeySource {
  readonly key: string | null;
  readonly previousKey: string | null;
  /** The file of the key where none is set, and with `.previous` of its predecessor. */
  readonly keyFile: string;
  /** A key is made at first need. */
  readonly makesKey: boolean;
}

export interface PrivacyKey {
  /** Its fingerprint, from which the key cannot be derived. */
  readonly id: string;
  /** HMAC-SHA-256, base64url. `value`: an e-mail in its comparable form, or the vendor's id of a person. */
  readonly hash: (account: string, kind: "email" | "applicant", value: string) => string;
}

/** The keys that a process has. A key file that appears or is renewed while it runs is read when a database asks for it. */
export interface Keyring {
  /** The current key first, then its predecessor; none where none is set. */
  readonly keys: () => readonly PrivacyKey[];
  /**
   * The keys, if those with these fingerprints, by which people of a database are suppressed, are among them. Throws
   * `privacy_key_unknown` otherwise: without the key, suppressed people would come back.
   */
  readonly with: (ids: readonly string[]) => readonly PrivacyKey[];
  /** The current key, made at first need where it is a file. Throws `privacy_key_missing`. */
  readonly current: () => PrivacyKey;
}

export function createKeyring(source: KeySource): Keyring {
  let keys = readKeys(source);
  return {
    keys: () => keys,
    with(ids) {
      const lacks = () => ids.filter((id) => keys.every((key) => key.id !== id));
      if (lacks().length > 0) keys = readKeys(source);
      const [missing] = lacks();
      if (missing !== undefined) throw unknownKey(missing, keys, source);
      return keys;
    },
    current() {
      if (keys.length === 0) keys = readKeys(source);
      if (keys.length === 0 && source.makesKey) {
        makeKeyFile(source.keyFile, newKey());
        keys = readKeys(source);
      }
      const [current] = keys;
      if (current === undefined) throw keyMissing();
      return current;
    },
  };
}

/**
 * Makes a new key file; the former one goes on as that of the previous key. Returns null, or the file of a previous key that is there
 * already, and makes no new one then: what it alone recognises would come back.
 */
export function replaceKeyFile(path: string): string | null {
  const previous = `${path}.previous`;
  if (existsSync(path) && existsSync(previous)) return previous;
  if (existsSync(path)) renameSync(path, previous);
  makeKeyFile(path, newKey());
  return null;
}

/** A key as `openssl rand -hex 32` prints one. */
function newKey(): string {
  return randomBytes(32).toString("hex");
}

/** Writes a key file that only its user may read, whole or not at all. One that another process made meanwhile stays. */
function makeKeyFile(path: string, key: string): void {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, `${key}\n`, { mode: 0o600, flush: true });
    chmodSync(draft, 0o600);
    linkSync(draft, path);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return;
    throw unusable(path, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function readKeys({ key, previousKey, keyFile }: KeySource): readonly PrivacyKey[] {
  const texts = [key ?? readKeyFile(keyFile), previousKey ?? readKeyFile(`${keyFile}.previous`)];
  return texts.flatMap((text) => (text === null ? [] : [privacyKeyOf(text)]));
}

/** Null where there is no such file. */
function readKeyFile(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
    throw unusable(path, error);
  }
  if (text.length >= 32) return text;
  throw new UsageError(
    "privacy_key_unusable",
    `The key file ${path} holds no key of at least 32 characters: put it back from where it is kept.`,
  );
}

function privacyKeyOf(text: string): PrivacyKey {
  const hmac = (message: string) => createHmac("sha256", text).update(message);
  return {
    id: hmac("applicant-sync privacy key").digest("hex").slice(0, 16),
    hash: (account, kind, value) =>
      hmac(`applicant-sync suppression\n${account}\n${kind}\n${value}`).digest("base64url"),
  };
}

function unusable(path: string, cause: unknown): unknown {
  return unusableFile(
    "privacy_key_unusable",
    cause,
    (code) => `The key file ${path} cannot be used (${code}): make it a file of this user, or set PRIVACY_KEY.`,
  );
}

function keyMissing(): UsageError {
  return new UsageError(
    "privacy_key_missing",
    "PRIVACY_KEY is not set: without it nobody can be erased or suppressed, because the next sync would bring them back. Make one with " +
      "`openssl rand -hex 32`, set it for every process of the account, and keep it outside the database and its backups.",
  );
}

/** A worker stops for it at its start, and a job fails: neither is about one person. */
function unknownKey(id: string, keys: readonly PrivacyKey[], { keyFile, makesKey }: KeySource): AppError {
  const [current] = keys;
  const has =
    current === undefined ? "PRIVACY_KEY is not set" : `PRIVACY_KEY is another one (its fingerprint is ${current.id})`;
  const where = makesKey ? `put the file ${keyFile} back, or set PRIVACY_KEY` : "set PRIVACY_KEY";
  return new UsageError(
    "privacy_key_unknown",
    `People were suppressed with the key of the fingerprint ${id}, and ${has}: they would come back. To go on, ${where} to that key, or, ` +
      "if it was renewed, PRIVACY_KEY_PREVIOUS.",
  );
}
