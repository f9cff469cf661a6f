import { ServerResponse, type IncomingMessage } from "node:http";

/** On every answer. It may hold ids and states of people: no cache keeps it, and no browser treats it as anything else. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

/** The answer of a server, Node's own refusals (400, 417) included, which pass by every hook of Fastify. */
export class GuardedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  constructor(request: Request) {
    super(request);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) this.setHeader(name, value);
  }
}
