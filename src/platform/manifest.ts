import { readFileSync } from "node:fs";

/** What package.json says of this program. */
export function manifest(): { readonly version: string; readonly description: string } {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
}
