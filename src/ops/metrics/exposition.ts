import { Counter, Gauge, Registry } from "prom-client";
import { FAMILIES, PREFIX } from "./families.ts";
import type { MetricFacts } from "./family.ts";

/** Writes the facts in the text format of Prometheus. */
export async function expose(
  facts: MetricFacts,
  account: string,
): Promise<{ readonly contentType: string; readonly text: string }> {
  // One for each scrape: what is no longer so is not there any more.
  const registry = new Registry();
  registry.setDefaultLabels({ account });
  for (const { name, type, help, labels, read } of FAMILIES) {
    const samples = read(facts);
    // A metric without labels would begin with 0.
    if (samples.length === 0) continue;
    const options = { name: PREFIX + name, help, labelNames: labels, registers: [registry] };
    if (type === "counter") {
      const counter = new Counter(options);
      for (const { labels: values = {}, value } of samples) counter.inc(values, value);
    } else {
      const gauge = new Gauge(options);
      for (const { labels: values = {}, value } of samples) gauge.set(values, value);
    }
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}
