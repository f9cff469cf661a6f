/** Conditions in the words of those who read them. */
import { fill, type Facts, type Language, type Text } from "../../platform/language.ts";
import { isResourceName, type ResourceName } from "../../sync/resources.ts";
import type { Colour, ConditionRow } from "./condition-row.ts";
import { CONDITIONS, type ConditionCode } from "./conditions.ts";

export interface ConditionText {
  readonly text: string;
  readonly next: string;
  /** Where the docs explain it, relative to the top of the repository. */
  readonly docs: string;
}

/** What people call the resources. */
const NAMES: Readonly<Record<ResourceName, Text>> = {
  campaigns: { en: "campaigns", fr: "offres" },
  applications: { en: "applications", fr: "candidatures" },
  applicants: { en: "applicants", fr: "candidats" },
  managers: { en: "managers", fr: "recruteurs" },
  entities: { en: "entities", fr: "entités" },
  units: { en: "units", fr: "unités" },
};

/** What people call the clocks of RETENTION. */
const CLOCKS: Readonly<Record<string, Text>> = {
  refused: { en: "refused people", fr: "personnes refusées" },
  pool: { en: "people in a pool or without an application", fr: "personnes d'un vivier ou sans candidature" },
  deleted: { en: "people deleted at the source", fr: "personnes supprimées à la source" },
  history: { en: "history", fr: "historique" },
  raw: { en: "raw objects of applications", fr: "objets bruts des candidatures" },
  quarantine: { en: "quarantine", fr: "quarantaine" },
  requests: { en: "requests", fr: "requêtes" },
};

/** The text of a condition, what to do, and where it is explained. The facts `resource` and `clocks` may name several, with commas. */
export function describeCondition(
  { code, facts }: { readonly code: ConditionCode; readonly facts: Facts },
  language: Language,
): ConditionText {
  const { text, next } = CONDITIONS[code];
  const resources = String(facts["resource"] ?? "").split(", ");
  const clocks = String(facts["clocks"] ?? "").split(", ");
  const named = {
    ...facts,
    resource: namesOf(resources, language),
    clocks: clocks.map((clock) => clockNameOf(clock, language)).join(", "),
  };
  const asArguments = { ...facts, resource: resources.length === 1 ? resources.join("") : "all" };
  const said = fill(text, named)[language];
  return {
    text: said.charAt(0).toUpperCase() + said.slice(1),
    next: fill(next, asArguments)[language],
    docs: docsOf(code),
  };
}

/** What people call these resources, with commas. */
export function namesOf(resources: readonly string[], language: Language): string {
  return resources.map((name) => (isResourceName(name) ? NAMES[name][language] : name)).join(", ");
}

/** What people call a clock of RETENTION, which may be one of a later version. */
export function clockNameOf(clock: string, language: Language): string {
  return CLOCKS[clock]?.[language] ?? clock;
}

/** The section of a condition in the docs. */
function docsOf(code: ConditionCode): string {
  return `docs/conditions.md#${code}`;
}

/** Whether people are notified of a condition. */
export function isNotified({ code, colour }: { readonly code: ConditionCode; readonly colour: Colour }): boolean {
  const row: ConditionRow = CONDITIONS[code];
  return colour === "red" || row.isNotified === true;
}
