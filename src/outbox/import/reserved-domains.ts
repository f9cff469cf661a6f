/** Domains that belong to no person: reserved by RFC 2606 and RFC 6761, placeholders, and those of throw-away mailboxes. */
const RESERVED = "test example invalid localhost local example.com example.net example.org";
const PLACEHOLDERS =
  "example.fr exemple.fr exemple.com test.com test.fr fake.com fake.fr domain.com foo.bar bar.com foo.com";
const THROW_AWAY = "mailinator.com yopmail.com yopmail.fr";
const UNUSABLE = [RESERVED, PLACEHOLDERS, THROW_AWAY].flatMap((domains) => domains.split(" "));

/** Returns whether an e-mail address cannot be a person's, or not for long. */
export function isReservedDomain(address: string): boolean {
  const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  return UNUSABLE.some((one) => domain === one || domain.endsWith(`.${one}`));
}
