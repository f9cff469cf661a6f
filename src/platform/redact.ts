export const HIDDEN = "***";

/** Names of fields whose values never reach a log, in lower case and without `_` and `-`: secrets, then people. */
const SECRET_FIELDS = new Set(
  (
    "authorization proxyauthorization cookie setcookie headers config jwt token accesstoken privatekey secretkey secret " +
    "password passwd sentinelpassword sslpassword connectionstring databaseurl redisurl " +
    "email emails firstname lastname fullname phone phonecode phonenumber mobile birthdate avatarurl biourl " +
    "resume base64 applicant applicants candidate person keywords raw body rawbody"
  ).split(" "),
);

const URL_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):\S*@/gi;
const QUERY_VALUE = /([?&])([^\s?&=#]+)=[^\s&#"']+/g;
const BEARER = /\b(bearer\s+)\S+/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g;
/** Redis repeats the arguments of a command that it does not know, AUTH included. */
const REDIS_ARGUMENTS = /(\bwith args beginning with: ).*/gis;
/** The time of these expressions grows with the square of a text without spaces; no text of ours is that long. */
const LONGEST = 4_000;
const EMAIL = /[\w.!#$&'+/=?^{|}~-]+(@|%40)[a-z0-9-]+(\.[a-z0-9-]+)+/gi;

/** `text` with the password of every URL in it hidden, and the secret and personal values of their queries. */
export function redactUrl(text: string): string {
  return text
    .replace(URL_PASSWORD, `$1:${HIDDEN}@`)
    .replace(QUERY_VALUE, (whole, mark: string, name: string) =>
      name.split(/\[|\]|%5b|%5d/i).some(isSecretField) ? `${mark}${name}=${HIDDEN}` : whole,
    );
}

/** The first 4,000 characters of `text`, without passwords of URLs, tokens and e-mail addresses. */
export function redactText(text: string): string {
  return redactUrl(text.slice(0, LONGEST))
    .replace(BEARER, `$1${HIDDEN}`)
    .replace(JSON_WEB_TOKEN, HIDDEN)
    .replace(REDIS_ARGUMENTS, `$1${HIDDEN}`)
    .replace(EMAIL, HIDDEN);
}

/** Whether a field of this name holds a secret or personal data, however it is written. */
export function isSecretField(name: string): boolean {
  return SECRET_FIELDS.has(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ""));
}
