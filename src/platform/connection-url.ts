/** Why a connection URL would be read otherwise than it was meant. Says nothing of what its login holds. */
import { canDecode } from "./url.ts";

const ENCODE =
  "one whose user and password have these characters percent-encoded: % as %25, / as %2F, ? as %3F, # as %23, @ as %40, " +
  ": as %3A, a space as %20";

const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/is;
/** An `@` in the value of one of these parameters is no part of a login: `?user=me@server`. */
const PARAMETERS =
  /^[^?@]*\?(?:user|password|host|options|application_name|sentinel_username|sentinel_password|ssl[a-z]*)=/i;

const ONE_HOST =
  "one with a single host: the primary server, or an address that leads to it, such as that of HAProxy or PgBouncer";

/** What a URL of Postgres must be instead; null: nothing is wrong with its login and hosts. Only libpq reads several hosts. */
export function postgresUrlFault(url: string): string | null {
  const [, authority = ""] = AUTHORITY.exec(url) ?? [];
  const isSeveral = /,[^@]*$/.test(authority) || /[?&]host=[^&]*(?:,|%2C)/i.test(url);
  return loginFault(url) ?? (isSeveral ? ONE_HOST : null);
}

/**
 * What the login of a connection URL must be instead; null: nothing is wrong with it. A `#`, `/` or `?` of a password ends the host
 * part where it is not percent-encoded, and the beginning of the password is read as the port.
 */
export function loginFault(url: string): string | null {
  const [, authority = "", rest = ""] = AUTHORITY.exec(url) ?? [];
  const login = authority.slice(0, Math.max(0, authority.lastIndexOf("@")));
  const isCutShort = rest.includes("@") && !PARAMETERS.test(rest);
  // A parser drops line breaks and tabs without a word, and pg reads %2F wrongly beside a space.
  const isMisread = url.includes("#") || /\p{Cc}/u.test(url) || /\s/.test(login);
  return isCutShort || isMisread || !canDecode(login) ? ENCODE : null;
}
