import { text, type View } from "./text.ts";

/** The views about the copy itself, its runs and the imports. */
export const OPERATION_VIEWS: Readonly<Record<string, View>> = {
  freshness: {
    meaning: text("One list, and how fresh its copy is.", "Une liste, et la fraîcheur de sa copie."),
    columns: {
      as_of: text(
        "The copy shows what was so at this time or later. Null: never synced.",
        "La copie montre ce qui était vrai à ce moment ou après. Vide : jamais synchronisée.",
      ),
      proven_as_of: text(
        "The last time of which the copy is proven complete. Null: never.",
        "Dernier moment où la copie est prouvée complète. Vide : jamais.",
      ),
      word: text(
        "on_time, running, late, overdue, unproven, never_synced or off.",
        "on_time, running, late, overdue, unproven, never_synced ou off.",
      ),
      word_en: text("The word in English.", "Le mot en anglais."),
      word_fr: text("The word in French.", "Le mot en français."),
      minutes_since: text(
        "Minutes since as_of. Null: never synced.",
        "Minutes depuis as_of. Vide : jamais synchronisée.",
      ),
    },
  },
  run: {
    meaning: text("One sync of one list.", "Une synchronisation d'une liste."),
    columns: {
      run_id: text("Number of the run.", "Numéro de la synchronisation."),
      kind: text("full or incremental.", "full ou incremental."),
      trigger: text("What started it: schedule or command.", "Ce qui l'a lancée : schedule ou command."),
      state: text(
        "running, proven, unproven, needs_review, done or failed.",
        "running, proven, unproven, needs_review, done ou failed.",
      ),
      started_at: text("When it started.", "Quand elle a commencé."),
      finished_at: text("When it ended. Null: it is running.", "Quand elle a fini. Vide : elle est en cours."),
      seconds: text(
        "How long it took, in seconds. Null: it is running.",
        "Sa durée, en secondes. Vide : elle est en cours.",
      ),
      rows: text(
        "Different rows that it read. Null: not known yet.",
        "Lignes différentes lues. Vide : pas encore connu.",
      ),
      inserted: text("Rows that were new. Null: not known yet.", "Lignes nouvelles. Vide : pas encore connu."),
      updated: text("Rows that had changed. Null: not known yet.", "Lignes modifiées. Vide : pas encore connu."),
      unchanged: text("Rows that had not changed. Null: not known yet.", "Lignes inchangées. Vide : pas encore connu."),
      restored: text("Rows that are back. Null: not known.", "Lignes réapparues. Vide : inconnu."),
      deleted: text(
        "Rows that were marked as deleted. Null: not concluded.",
        "Lignes marquées supprimées. Vide : rien de conclu.",
      ),
      quarantined: text(
        "Objects that could not become a row. Null: not known yet.",
        "Objets illisibles. Vide : pas encore connu.",
      ),
      error_code: text(
        "Why it failed or proved nothing. Null: it did not.",
        "Pourquoi elle a échoué ou n'a rien prouvé. Vide : sans objet.",
      ),
    },
  },
  import_outcome: {
    meaning: text(
      "One import and what became of it. No personal data.",
      "Un import et son devenir. Sans donnée personnelle.",
    ),
    columns: {
      import_id: text("Number of the import.", "Numéro de l'import."),
      intake: text("file, http or sql.", "file, http ou sql."),
      source: text("The source that the import names.", "La provenance que l'import nomme."),
      campaign_id: text("The campaign applied to. Null: none.", "L'offre visée. Vide : aucune."),
      state: text("State of the import, such as done or rejected.", "État de l'import, par exemple done ou rejected."),
      reason_code: text(
        "Why it is in this state (docs/reasons.md). Null: no reason.",
        "Pourquoi il est dans cet état (docs/reasons.md). Vide : sans raison.",
      ),
      applicant_id: text(
        "The person that was created or found. Null: none yet.",
        "La personne créée ou trouvée. Vide : pas encore.",
      ),
      application_id: text(
        "The application that was created or found. Null: none.",
        "La candidature créée ou trouvée. Vide : aucune.",
      ),
      attempts: text("Requests to create that have begun.", "Nombre de requêtes de création commencées."),
      submitted_at: text("When it was submitted.", "Quand il a été soumis."),
      submitted_on: text(
        "Day of submitted_at, in the account's time zone.",
        "Jour de submitted_at, dans le fuseau du compte.",
      ),
      finished_at: text(
        "When it was done or rejected. Null: neither.",
        "Quand il a été terminé ou rejeté. Vide : ni l'un ni l'autre.",
      ),
      minutes: text(
        "Minutes from submitted_at to finished_at. Null: not finished.",
        "Minutes de submitted_at à finished_at. Vide : pas fini.",
      ),
    },
  },
};
