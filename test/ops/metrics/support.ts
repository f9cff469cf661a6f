import { waitFor } from "../../support/wait-for.ts";
import type { World } from "../../support/world.ts";

/** Starts a worker in this process that serves HTTP on a free port. Returns its URL. */
export async function serveMetrics(world: World, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const before = world.log.length;
  await world.workerHere({ HTTP_PORT: "0", ...env });
  const listening = () => /"url":"(http:[^"]+)"/.exec(world.log.slice(before).join(""))?.[1];
  return waitFor("the server listens", listening);
}

/** The metrics as text. */
export async function scrape(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`GET /metrics: ${response.status}`);
  return response.text();
}

/** The values of a family without our prefix, by its labels except `account`, as they are written. */
export function valuesOf(text: string, family: string): Readonly<Record<string, number>> {
  const lines = text.matchAll(/^applicant_sync_(\w+)\{(.*)\} (\S+)$/gm);
  return Object.fromEntries(
    [...lines].flatMap(([, name, labels = "", value]) =>
      name === family ? [[labels.replace(/,?account="[^"]*"/, ""), Number(value)]] : [],
    ),
  );
}
