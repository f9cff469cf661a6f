/** GET /metrics, as a plugin of the worker's HTTP server. */
import type { FastifyInstance } from "fastify";
import { Counter, Gauge, Registry } from "prom-client";
import { bearerFault } from "../../platform/http/bearer.ts";
import { onlyMethods } from "../../platform/http/methods.ts";
import { FAMILIES, PREFIX } from "./families.ts";
import type { MetricFacts } from "./family.ts";
import { createFacts, type FactsDeps } from "./facts.ts";

export interface MetricsOptions extends FactsDeps {
  /** The bearer token of the scraper; null: everybody may scrape. The metrics hold no personal data. */
  readonly token: string | null;
}

/** `GET /metrics`. It answers with 200 also while the database or the queue does not answer. */
export function metricsRoutes({ token, ...deps }: MetricsOptions): (app: FastifyInstance) => Promise<void> {
  const readFacts = createFacts(deps);
  return async (app) => {
    // The first scrape would count every run there has been.
    await readFacts();
    deps.state.forget();
    app.get("/metrics", async (request, reply) => {
      const fault = token === null ? null : bearerFault(request.headers.authorization, token, "METRICS_TOKEN");
      if (fault !== null) throw fault;
      const { contentType, text } = await expose(await readFacts(), deps.account);
      return reply.type(contentType).send(text);
    });
    onlyMethods(app, "/metrics", ["GET", "HEAD"]);
  };
}

/** Writes the facts in the text format of Prometheus. */
async function expose(facts: MetricFacts, account: string) {
  // One for each scrape: what is no longer so is not there any more.
  const registry = new Registry();
  registry.setDefaultLabels({ account });
  for (const { name, type, help, labels: labelNames, read } of FAMILIES) {
    const found = read(facts);
    const samples = typeof found === "number" ? [{ value: found }] : (found ?? []);
    // A metric without labels would begin with 0.
    if (samples.length === 0) continue;
    const Metric = type === "counter" ? Counter : Gauge;
    const metric = new Metric({ name: PREFIX + name, help, labelNames, registers: [registry] });
    for (const { labels = {}, value } of samples) metric.inc(labels, value);
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}
