import { createKeyring, type Keyring } from "../../src/people/suppression/key.ts";

/** A process with these keys and no key file. */
export function keyringOf(key: string | null, previousKey: string | null = null): Keyring {
  return createKeyring({ key, previousKey, keyFile: "/nowhere/privacy.key", makesKey: false });
}
