import type { FamilyRow } from "./family.ts";
import { mirrorFamilies } from "./families/mirror.ts";
import { processFamilies } from "./families/process.ts";
import { requestFamilies } from "./families/requests.ts";
import { workFamilies } from "./families/work.ts";

export const PREFIX = "applicant_sync_";

/** The table of metrics. The scrape and docs/metrics.md are made of it, and the alerts and the board are checked against it. */
export const FAMILIES = [...processFamilies, ...mirrorFamilies, ...requestFamilies, ...workFamilies].map(
  ({ labels = [], ...row }: FamilyRow) => ({
    ...row,
    labels,
    type: row.name.endsWith("_total") ? ("counter" as const) : ("gauge" as const),
  }),
);
