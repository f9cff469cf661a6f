/** Domains that are no person's: reserved by RFC 2606 and RFC 6761, or known to stand for "some address". */
const RESERVED = ["test", "example", "invalid", "localhost", "local", "example.com", "example.net", "example.org"];
const OBVIOUSLY_FAKE = ["test.com", "test.fr", "email.com", "domain.com", "fake.com", "foo.bar", "bar.com", "foo.com"];

/** Whether an e-mail address cannot be a person's. */
export function isReservedDomain(address: string): boolean {
  const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  return [...RESERVED, ...OBVIOUSLY_FAKE].some((one) => domain === one || domain.endsWith(`.${one}`));
}
