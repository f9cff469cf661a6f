import { createKeyring, type Keyring } from "../../src/people/suppression/key.ts";

export const PRIVACY_KEY = "0123456789abcdef0123456789abcdef";

/** A process with these keys and no key file. */
export function keyringOf(key: string | null, previousKey: string | null = null): Keyring {
  return createKeyring({ key, previousKey, keyFile: "/nowhere/privacy.key", makesKey: false });
}
