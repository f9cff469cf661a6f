import { expect, it } from "vitest";
import type { DECISIONS } from "../../../src/database/audit.ts";
import { RESTORE_REASONS } from "../../../src/outbox/restore/decision.ts";
import { useDatabase } from "../../support/database.ts";
import { openForms } from "./forms.ts";

const database = useDatabase();

/** What the rows of each decision hold, as it writes them. */
const MOVED = { from: "held", to: "ready", reason: "by_hand" };
const FACTS: Readonly<Record<keyof typeof DECISIONS, Readonly<Record<string, string | number | null>>>> = {
  import_held: { from: "ready", to: "held", reason: null },
  import_released: MOVED,
  import_retried: { from: "rejected", to: "ready", reason: "api_invalid" },
  import_resolved: { from: "needs_review", to: "done", reason: "worker_lost", found: "applicant", id: "17" },
  import_reopened: MOVED,
  import_dropped: { from: "unknown", to: "rejected", reason: "exists_without_id" },
  import_dismissed: { from: "rejected", to: "rejected", reason: "key_in_use" },
  source_held: { moved: 4 },
  source_released: { moved: 12_000 },
  campaign_released: { moved: 1 },
  kill_switch_on: { code: "api_unauthorised" },
  kill_switch_off: {},
  restore_released: {},
  database_copied: { code: "database_moved" },
  database_copy_undone: {},
  deletions_accepted: { resource: "applications", absent: 30, known: 300 },
  deletions_rejected: { resource: "campaigns", absent: 30, known: 300 },
  sync_started: { resource: "managers", kind: "incremental" },
  statuses_mapped: { from: "in_progress", Réserve: null },
  person_shown: {},
  person_exported: {},
  privacy_key_renewed: { current: 3, former: 2 },
  person_suppressed: { ticket: "DPO-1" },
  person_unsuppressed: { ticket: null },
  person_erased: {
    ticket: "DPO-2",
    applicant: 1,
    applicant_import: 2,
    import_event: 3,
    import_resume: 1,
    import_request: 1,
  },
  retention_applied: { refused: 2, pool: 0, deleted: 1 },
  settings_changed: { KELIO_QUOTA: "120 → (unset)", KELIO_SECRET_KEY: "changed", NOTIFY_URL: "(unset) → (hidden)" },
};
const PEOPLE = ["person_shown", "person_exported", "person_erased", "person_suppressed", "retention_applied"];

async function shown(language: string) {
  const { account, get } = await openForms(database());
  await database().audit.createMany({
    data: Object.entries(FACTS).map(([what, facts]) => {
      const source = ["settings_changed", "retention_applied", "database_copied"].includes(what) ? "worker" : "command";
      const subjects = PEOPLE.includes(what) ? ["applicant 17", "import 3"] : [];
      const why = what === "database_copied" ? RESTORE_REASONS.database_moved.en : null;
      return { account, source, role: source === "worker" ? "program" : "operator", what, subjects, facts, why };
    }),
  });
  const { text } = await get("/ops/audit", "operator", language);
  const table = /<tbody>([^]*)<\/tbody>/.exec(text)?.[1] ?? "";
  return table.replaceAll(/<[^>]+>/g, "|").replaceAll("&#39;", "'");
}

it("the audit shows no code that has a name: neither those of facts nor those of sources and subjects", async () => {
  const text = await shown("en");
  // Settings are called by their names, and so is a ticket.
  expect(text.match(/\b[a-z]+_[a-z_]+\b/g)).toBeNull();
  expect(text).toMatch(/before: Held; after: Ready; reason: Held by a person/);
  expect(text).toMatch(/cause: The key is not accepted/);
  expect(text).toMatch(/from: In progress; Réserve: none/);
  expect(text).toMatch(/imports: 12,000/);
});

it("in French, every fact, source and subject of the audit is in French", async () => {
  const text = await shown("fr");
  expect(text.match(/\b[a-z]+_[a-z_]+\b/g)).toBeNull();
  expect(text).toMatch(/avant : Suspendu ; après : Prêt ; motif : Suspendu par une personne/);
  expect(text).toMatch(/ressource : recruteurs ; type : incrémentale/);
  expect(text).toMatch(/from : En cours ; Réserve : aucune/);
  expect(text).toMatch(/personnes refusées : 2/);
  expect(text).toMatch(/KELIO_QUOTA : 120 → \(non défini\)/);
  expect(text).toMatch(/trouvé : le candidat/);
  expect(text).toMatch(/candidat 17, import 3/);
  expect(text).toMatch(/la base a été copiée vers un autre Postgres, pour continuer là-bas/);
  expect(text.replaceAll("applicant-sync", "")).not.toMatch(
    /\b(command|worker|held|ready|rejected|changed|unset|applicant|the|was)\b/,
  );
});
