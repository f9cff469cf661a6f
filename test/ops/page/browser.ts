/** The page of a real worker, in a real browser. */
import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { z } from "zod";
import { openBrowser } from "../../support/chromium.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openWorld, type World, type WorldOptions } from "../../support/world.ts";
import { OPERATOR, VIEWER } from "./support.ts";

const HTTP = {
  HTTP_PORT: "0",
  OPS_PASSWORD: OPERATOR,
  OPS_VIEWER_PASSWORD: VIEWER,
  OPS_USER_HEADER: "X-Forwarded-User",
} as const;

export interface Site {
  readonly world: World;
  readonly url: string;
}

/** A worker with the page, whose sandbox has been synchronised. */
export async function openSite(options: WorldOptions = {}): Promise<Site> {
  const world = await openWorld(options);
  await world.sync();
  await world.workerHere({ ...HTTP });
  const url = await waitFor("where it listens", () => /"url":"(http:[^"]+)"/.exec(world.log.join("\n"))?.[1]);
  return { world, url };
}

export interface Visitor {
  readonly page: Page;
  /** What the browser complained about, such as a refused script. */
  readonly complaints: readonly string[];
}

/** Somebody who signs in with a browser. */
export async function visit(
  { url }: Pick<Site, "url">,
  path: string,
  { user = "operator", ...options }: BrowserContextOptions & { readonly user?: "operator" | "viewer" } = {},
): Promise<Visitor> {
  const httpCredentials = { username: user, password: user === "operator" ? OPERATOR : VIEWER };
  const context = await openBrowser({ httpCredentials, baseURL: url, locale: "en-GB", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  page.on("pageerror", (error) => void complaints.push(error.message));
  page.on("dialog", (dialog) => void complaints.push(dialog.message()));
  await page.goto(path);
  return { page, complaints };
}

const found = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

/** The rules that a colour can break. Where nothing but the scheme of colours has changed, the others find what they found. */
const COLOURS = ["color-contrast", "link-in-text-block"] as const;

/** What axe finds: the rule and the elements. */
export async function axeViolations(page: Page, rules: "all" | "colours" = "all"): Promise<readonly string[]> {
  // Its half a megabyte is read once for each page.
  if ((await page.evaluate("typeof axe")) === "undefined") await page.evaluate(axe.source);
  const options = { resultTypes: ["violations"], ...(rules === "all" ? {} : { runOnly: COLOURS }) };
  const run = `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`;
  const violations = found.parse(await page.evaluate(run));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
