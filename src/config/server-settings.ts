/** The settings of the HTTP server and of what it serves. */
import { optional, setting } from "./setting.ts";
import { bearerToken, pagePassword, text, wholeNumber } from "./formats.ts";

/** What it holds is kept in the audit: it must not be what a login is sent in. */
const NAMING_HEADER = /^(?!(?:(?:proxy-)?authorization|cookie)$)[a-z][a-z0-9-]{0,63}$/i;

export const serverSettings = {
  HTTP_PORT: optional(wholeNumber(0, 65_535, "a port from 0 to 65535; 0 picks a free one"), {
    example: "8080",
    meaning:
      "The port where `start` serves the page of operations, /metrics, /health and POST /imports. Unset: no HTTP server",
  }),
  HTTP_HOST: setting(text(/^[\w.:-]+$/, "an address of this machine, such as 127.0.0.1 or 0.0.0.0"), {
    default: "127.0.0.1",
    meaning: "The address of the HTTP server. Reachable from other machines, it belongs behind a proxy that speaks TLS",
  }),
  IMPORT_TOKEN: optional(bearerToken, {
    example: "your-import-token",
    secret: true,
    meaning:
      "The bearer token of POST /imports: at least 24 characters, such as `openssl rand -hex 32` prints. Unset: it is refused",
  }),
  METRICS_TOKEN: optional(bearerToken, {
    example: "your-metrics-token",
    secret: true,
    meaning:
      "The bearer token of GET /metrics: at least 24 characters. Unset: everybody who reaches the port may read them",
  }),
  OPS_PASSWORD: optional(pagePassword, {
    example: "your-password",
    secret: true,
    meaning:
      "The password of the user `operator` of the page, who sees and decides: 12 characters or more. Unset: the page is closed",
  }),
  OPS_VIEWER_PASSWORD: optional(pagePassword, {
    example: "your-own-password",
    secret: true,
    meaning:
      "The password of the user `viewer` of the page, who sees it and decides nothing. Unset: there is no viewer",
  }),
  OPS_USER_HEADER: optional(
    text(NAMING_HEADER, "the name of a header that holds no secret, such as X-Forwarded-User"),
    {
      example: "X-Forwarded-User",
      meaning:
        "The header in which your reverse proxy names the person, for the audit; the proxy must drop it from what it receives. Unset: none",
    },
  ),
};
