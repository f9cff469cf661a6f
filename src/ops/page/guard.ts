/** The guard that every route of the page stands behind. */
import type { FastifyRequest } from "fastify";
import { refusal } from "../../platform/http/problem.ts";
import { createAuthentication, type Role } from "./credentials.ts";
import { isCrossOrigin, isSafe } from "./origin.ts";

export interface Access {
  /** Null: the page is closed. */
  readonly password: string | null;
  readonly viewerPassword: string | null;
  /** The header in which a reverse proxy names the person, in lower case; null: none. */
  readonly userHeader: string | null;
}

export interface SignedIn {
  readonly role: Role;
  /** What the trusted header says; null: nothing. */
  readonly name: string | null;
}

type Guarded = Pick<FastifyRequest, "method" | "headers" | "ip">;

/** Returns a function that admits a request, or throws a ProblemError: the page is closed, the origin another one, or who asks unknown. */
export function createGuard({ password, viewerPassword, userHeader }: Access) {
  const authenticate = password === null ? null : createAuthentication({ operator: password, viewer: viewerPassword });
  return ({ method, headers, ip }: Guarded): SignedIn => {
    if (authenticate === null) {
      throw refusal(403, "page_closed", "The page is closed: set OPS_PASSWORD and restart the worker.");
    }
    if (isCrossOrigin(method, headers)) {
      throw refusal(403, "cross_origin", "This request was sent by a page of another site.");
    }
    return {
      role: authenticate(headers.authorization, ip),
      name: nameIn(userHeader === null ? undefined : headers[userHeader]),
    };
  };
}

/** Throws a ProblemError where a person may not use a route that is for `least`. A viewer may only read, whatever the route says. */
export function refuseViewer({ role }: SignedIn, method: string, least: Role): void {
  if (role === "viewer" && (least === "operator" || !isSafe(method))) {
    throw refusal(403, "viewer_only", "A viewer decides nothing: sign in as operator.");
  }
}

function nameIn(header: string | readonly string[] | undefined): string | null {
  const name = typeof header === "string" ? header.trim() : "";
  if (name === "") return null;
  // Node reads headers as Latin-1; proxies write UTF-8.
  const read = Buffer.from(name, "latin1").toString("utf8");
  return read.includes("\ufffd") ? name : read;
}
