import type { FastifyInstance } from "fastify";
import { refusal } from "./problem.ts";

/** Those that the server answers. */
export const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] as const;

/** Answers every other method of this path with 405, and with those that are allowed. */
export function onlyMethods(app: FastifyInstance, url: string, allowed: readonly (typeof METHODS)[number][]): void {
  const method = METHODS.filter((one) => !allowed.includes(one));
  const headers = { allow: allowed.join(", "), connection: "close" };
  app.route({
    method,
    url,
    onRequest: async () => {
      throw refusal(405, "method_not_allowed", `Only ${headers.allow} is answered here.`, headers);
    },
    handler: async () => {},
  });
}
