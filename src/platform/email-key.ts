/** The comparable form of an e-mail address: two spellings of one address have one form. */
import { createHash } from "node:crypto";
import { domainToASCII } from "node:url";

/** Characters that show nothing: zero-width ones, marks of direction, soft hyphens, variation selectors, controls, all spaces. */
const INVISIBLE = /[\s\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Z}]/gu;

/** Longer ones are hashed: an index entry of Postgres holds about 2,700 bytes, and no mailbox has an address of this length. */
const MOST_CHARACTERS = 500;

/** What most addresses are: visible ASCII, and a domain whose ASCII form is itself. That of `xn--` may be none. */
const PLAIN = /^[\x21-\x3f\x41-\x7e]+@(?!.*xn--)(?:[a-z\d-]+\.)+[a-z]+$/i;

/**
 * The form by which e-mail addresses are compared everywhere: by the intakes, the mirror, lookups and hashes of persons.
 * Compatible characters are unified (NFKC: `ｌｅａ＠` is `lea@`), invisible characters and spaces dropped, letters made lower case,
 * a domain written in ASCII (`bücher.example` is `xn--bcher-kva.example`) without its final dot. Dots and `+` of a mailbox
 * stay: only the provider knows what they mean. The form of a form is itself; of text that is no address, the
 * same folding. Empty only where nothing visible was submitted.
 */
export function emailKey(submitted: string): string {
  if (PLAIN.test(submitted) && submitted.length <= MOST_CHARACTERS) return submitted.toLowerCase();
  const text = submitted.toWellFormed().normalize("NFKC").replace(INVISIBLE, "").toLowerCase().normalize("NFKC");
  const at = text.lastIndexOf("@");
  const key = at < 0 ? text : `${text.slice(0, at)}@${domainKey(text.slice(at + 1))}`;
  return key.length <= MOST_CHARACTERS ? key : `sha256:${createHash("sha256").update(key).digest("hex")}`;
}

/** The ASCII form of a domain; of any other text, the text. */
function domainKey(domain: string): string {
  const bare = domain.replace(/[.\u3002]+$/, "");
  return (domainToASCII(bare) || bare).replace(/\.+$/, "");
}

const ADDRESS = /[^\s<>"'(),;:]{1,256}@[^\s<>"'(),;:]{1,256}/g;
const LONGEST_ADDRESS = 320;
const MOST_VALUES = 20_000;

/** Whatever may be an e-mail address in a value of any type and depth: parts of its texts and, where they are short, whole texts. */
export function addressesIn(value: unknown): readonly string[] {
  const found = new Set<string>();
  const waiting: unknown[] = [value];
  for (let seen = 0; waiting.length > 0 && seen < MOST_VALUES; seen += 1) {
    const next = waiting.pop();
    if (typeof next === "string") {
      const text = next.toWellFormed().normalize("NFKC");
      for (const address of text.match(ADDRESS) ?? []) found.add(address);
      if (text.includes("@") && text.length <= LONGEST_ADDRESS) found.add(text);
    } else if (typeof next === "object" && next !== null) {
      const inner: readonly unknown[] = Array.isArray(next) ? next : Object.entries(next).flat();
      for (const one of inner) waiting.push(one);
    }
  }
  return [...found];
}
