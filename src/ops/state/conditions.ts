/**
 * What can be wrong with an installation: one row for each condition, with everything that depends on it. A new condition is a new row
 * here, and the place that finds it in the facts (`find-conditions.ts`).
 */
import type { ConditionRow } from "./condition-row.ts";

export const CONDITIONS = {
  access_refused: {
    colour: "red",
    sentence: "quota",
    meaning:
      "The last run of the resource failed with `api_refused` or `api_unauthorised`, and none has read the list since. Since the first of these runs. A refusal that the quota explains is no such failure.",
    text: {
      en: "The API refuses {resource}: the access is closed, a key is wrong, or a scope is missing.",
      fr: "L'API refuse la lecture ({resource}) : l'accès est fermé, une clé est erronée, ou le droit manque.",
    },
    next: {
      en: "Check the keys and KELIO_SCOPES with: applicant-sync doctor. Then ask the vendor.",
      fr: "Vérifiez les clés et KELIO_SCOPES : applicant-sync doctor. Contactez ensuite l'éditeur.",
    },
  },
  database_restored: {
    colour: "red",
    sentence: "imports",
    meaning:
      "The identity of the database, or how far its outbox had come, is not what was recorded of it outside: it was restored from a backup, copied or moved ([After a restore](backups.md#after-a-restore-or-a-copy)). The kill switch of every account is on until `--after-restore`.",
    text: {
      en: "The database was restored or copied: imports are held until a person has checked the account.",
      fr: "La base de données a été restaurée ou copiée : les imports sont suspendus jusqu'à ce que quelqu'un ait vérifié le compte.",
    },
    next: {
      en: "Check in the account what was created since, then: applicant-sync imports release --all --after-restore",
      fr: "Vérifiez dans le compte ce qui a été créé depuis, puis : applicant-sync imports release --all --after-restore",
    },
  },
  audit_tampered: {
    colour: "red",
    sentence: "deletions",
    meaning:
      "A check of the audit found that a decision is not as it was written: changed, removed, or inserted past the triggers. A worker checks daily, `audit verify` at once. Only whoever owns the database can do that. Since it was found first; it holds until a check finds the audit whole.",
    text: {
      en: "The audit was tampered with, first at decision {decision}.",
      fr: "Le journal des décisions a été altéré, en premier à la décision {decision}.",
    },
    next: {
      en: "See what is wrong: applicant-sync audit verify. Find out who has access to the database, and put the rows back from a backup.",
      fr: "Voyez ce qui ne va pas : applicant-sync audit verify. Cherchez qui a accès à la base, et remettez les lignes d'après une sauvegarde.",
    },
  },
  no_worker: {
    colour: "red",
    sentence: "workers",
    meaning:
      "No process works on the queue of the account, while a schedule is set or imports wait. Only what runs outside a worker can report it: `status`, `doctor`, or the absence of metrics and of the heartbeat.",
    text: {
      en: "No worker runs: no schedule is kept and no import is sent.",
      fr: "Aucun processus de travail n'est actif : rien n'est synchronisé ni envoyé.",
    },
    next: { en: "Start one with: applicant-sync start", fr: "Démarrez-en un : applicant-sync start" },
  },
  kill_switch: {
    colour: "red",
    sentence: "imports",
    meaning: "`import_control.held`: a person threw the switch, or a refusal of the key did. `held_reason` says why.",
    text: { en: "All imports are held.", fr: "Tous les imports sont suspendus." },
    next: { en: "Once the reason no longer holds: {reset}", fr: "Quand la raison a disparu : {reset}" },
  },
  mirror_overdue: {
    colour: "red",
    sentence: "fresh",
    meaning:
      "Two periods of the schedules and their grace have passed since the run that read the list last. A period is the time to the next tick in the calendar of the schedules, full and incremental together: weekends and nights without such an hour lengthen it. The grace is a quarter of it, from 30 minutes to six hours. A run that is going on explains it, unless it is one more attempt after a failure.",
    text: {
      en: "{resource}: last read on {fresh}; two scheduled syncs have not refreshed it.",
      fr: "{resource} : dernière lecture le {fresh} ; deux synchronisations prévues n'ont rien rafraîchi.",
    },
    next: {
      en: "See why the last runs failed: applicant-sync status. Then: applicant-sync sync {resource}",
      fr: "Voyez pourquoi les dernières synchronisations ont échoué : applicant-sync status. Puis : applicant-sync sync {resource}",
    },
  },
  never_synced: {
    colour: "red",
    sentence: "fresh",
    meaning:
      "A full schedule is set, and no run has ever read the list to its end; the first one has failed, or did not begin within half an hour.",
    text: { en: "Never synced: {resource}.", fr: "Jamais synchronisé : {resource}." },
    next: { en: "Sync it with: applicant-sync sync {resource}", fr: "Synchronisez : applicant-sync sync {resource}" },
  },
  unproven_three_nights: {
    colour: "red",
    sentence: "proven",
    meaning:
      "Three ticks of the full schedule and their grace have passed since the last proven run, although the list is read. Runs end as `unproven` when pages are missing or contradict each other; `sync_run.error_code` says which. Not while a run of the resource waits for a review.",
    text: {
      en: "{resource}: read, but last proven complete on {proven}; deletions are not noticed.",
      fr: "{resource} : lecture faite, mais prouvée complète le {proven} pour la dernière fois ; les suppressions passent inaperçues.",
    },
    next: {
      en: "See why the full syncs prove nothing: applicant-sync status",
      fr: "Voyez pourquoi les synchronisations complètes ne prouvent rien : applicant-sync status",
    },
  },
  review_waiting: {
    colour: "red",
    sentence: "deletions",
    meaning:
      "A full run is proven, but so many rows are absent that a person must decide (`sync_run.state = 'needs_review'`).",
    text: {
      en: "Run {run} of {resource} would mark {absent} of {known} {known|row|rows} as deleted and waits for a decision.",
      fr: "La synchronisation {run} ({resource}) marquerait {absent} {absent|ligne|lignes} sur {known} comme {absent|supprimée|supprimées} et attend une décision.",
    },
    next: {
      en: "Look at the rows, then accept or reject: applicant-sync review",
      fr: "Examinez les lignes, puis acceptez ou refusez : applicant-sync review",
    },
  },
  imports_need_person: {
    colour: "red",
    sentence: "imports",
    meaning: "Imports are held, need a review, or are rejected and neither dismissed nor settled.",
    text: {
      en: "{count} {count|import waits|imports wait} for a person.",
      fr: "{count} {count|import attend|imports attendent} une décision.",
    },
    next: {
      en: "See {count|it|them} with: applicant-sync imports list --state held,needs_review,rejected",
      fr: "Affichez-{count|le|les} : applicant-sync imports list --state held,needs_review,rejected",
    },
  },
  night_does_not_fit: {
    colour: "red",
    sentence: "quota",
    meaning:
      "The forecast of the coming week (`plan`): a sync is due again before it can end, or the syncs of a day need more requests than the quota allows. A busy hour alone is none: it delays syncs.",
    text: {
      en: "The schedules do not fit the quota: {conflict}",
      fr: "Les planifications ne tiennent pas dans le quota ({what}).",
    },
    next: {
      en: "Change the schedules; applicant-sync plan shows what each costs.",
      fr: "Modifiez les planifications ; applicant-sync plan montre le coût de chacune.",
    },
  },
  clock_skew: {
    colour: "red",
    sentence: "workers",
    meaning:
      "More than five seconds lie between the clock of the machine and that of Postgres, beside the time that the answer took.",
    text: {
      en: "The clock of this machine is {seconds} s apart from that of the database.",
      fr: "L'horloge de cette machine s'écarte de {seconds} s de celle de la base de données.",
    },
    next: {
      en: "Synchronise the clocks of both machines (NTP).",
      fr: "Synchronisez les horloges des deux machines (NTP).",
    },
  },
  retention_overdue: {
    colour: "red",
    sentence: "deletions",
    meaning:
      "A clock of RETENTION has not been applied to its end for two days, so that people or data stay longer than chosen. A worker applies it daily; people only if the list of applications was once proven and was read within the last week, because nobody is erased while an application is open. Since the end of these two days.",
    text: { en: "Retention is overdue: {clocks}.", fr: "La durée de conservation n'est plus appliquée : {clocks}." },
    next: {
      en: "Sync the applications, and see in the log of the worker why the task retention fails. applicant-sync plan shows what is due.",
      fr: "Lisez les candidatures, et cherchez dans le journal du processus pourquoi la tâche retention échoue. applicant-sync plan montre ce qui est dû.",
    },
  },
  notice_undelivered: {
    colour: "red",
    sentence: "notices",
    meaning: "The receiver has not taken a notice for an hour, or refused it.",
    text: { en: "Notices to {channel} are not delivered.", fr: "Les avis ne parviennent pas au canal {channel}." },
    next: {
      en: "Check its settings with: applicant-sync notify test",
      fr: "Vérifiez ses réglages : applicant-sync notify test",
    },
  },
  mirror_late: {
    colour: "amber",
    sentence: "fresh",
    meaning:
      "A period of the schedules and its grace have passed since the run that read the list last (`mirror_overdue` says how both are measured).",
    text: {
      en: "{resource}: last read on {fresh}; a scheduled sync has not refreshed it.",
      fr: "{resource} : dernière lecture le {fresh} ; une synchronisation prévue n'a rien rafraîchi.",
    },
    next: {
      en: "Nothing: the next sync is due on {due}.",
      fr: "Rien à faire : la prochaine synchronisation est prévue le {due}.",
    },
  },
  quota_refused: {
    colour: "amber",
    sentence: "quota",
    meaning:
      "The API answered with a 403 that the quota or a ban explains, so that all requests pause (`api_pause`). It ends 15 minutes after the last pause.",
    text: {
      en: "The API refused requests because of the quota: all requests pause until {until}.",
      fr: "L'API a refusé des requêtes à cause du quota : toutes les requêtes attendent jusqu'au {until}.",
    },
    next: {
      en: "Nothing, unless it repeats: then another program uses the quota of the same key.",
      fr: "Rien à faire, sauf si cela se répète : un autre programme utilise alors le quota de la même clé.",
    },
  },
  account_vanished: {
    colour: "amber",
    sentence: "workers",
    meaning:
      "Every schedule of another account of the same database has been due for a day, and no worker has started a run. After a week the account counts as given up.",
    text: {
      en: "No worker runs for the account {other} any more, whose mirror is in the same database.",
      fr: "Plus aucun processus ne sert le compte {other}, dont la copie est dans la même base de données.",
    },
    next: {
      en: "Start a worker with KELIO_ACCOUNT={other}, unless the account was given up.",
      fr: "Démarrez un processus avec KELIO_ACCOUNT={other}, sauf si ce compte est abandonné.",
    },
  },
  statuses_unmapped: {
    colour: "amber",
    isNotified: true,
    sentence: "deletions",
    meaning:
      "The name of a status says no category, and nobody has set one (`status_category`). Reports count an application with such a status as open. Since the mirror saw the first of them. To leave a status without a category, set it to none.",
    text: {
      en: "Reports do not know what {count} {count|status means|statuses mean}.",
      fr: "Les rapports ignorent le sens de {count} {count|statut|statuts}.",
    },
    next: {
      en: "Set {count|its category|their categories} on the page (Statuses), or with: applicant-sync report statuses",
      fr: "Choisissez {count|sa|leur} catégorie sur la page (Statuts), ou avec : applicant-sync report statuses",
    },
  },
  retention_announced: {
    colour: "amber",
    isNotified: true,
    sentence: "deletions",
    meaning:
      "People stand on the notice list (`retention_person`), which holds ids alone: their period ends within 30 days, or ended before RETENTION was chosen. A new application or another activity takes them off it.",
    text: {
      en: "Retention will erase {count} {count|person|people, the first} on {day}.",
      fr: "Fin de la durée de conservation : {count} {count|personne sera effacée|personnes seront effacées, les premières} le {day}.",
    },
    next: {
      en: "Look at the list on the page (Retention), or at the months to come with: applicant-sync plan",
      fr: "Consultez la liste sur la page (Conservation), ou les mois à venir avec : applicant-sync plan",
    },
  },
} as const satisfies Readonly<Record<string, ConditionRow>>;

export type ConditionCode = keyof typeof CONDITIONS;
