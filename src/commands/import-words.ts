/** The words of the report of `import`, in the languages of the people who read it. */
import type { FileImport } from "../outbox/intake/file/import-file.ts";
import { perLanguage, type Text } from "../platform/language.ts";
import { counted, spellNumber } from "../platform/text.ts";

const count = (number: number) => spellNumber(number);
const nombre = (number: number) => spellNumber(number, "fr");

export const WORDS = perLanguage({
  number: { en: count, fr: nombre },
  colon: { en: ":", fr: " :" },
  tabs: { en: "tabs", fr: "des tabulations" },
  delimiter: {
    en: (what: string) => `, columns separated by ${what}`,
    fr: (what) => `, colonnes séparées par ${what}`,
  },
  ignored: {
    en: (names: string) => ` Unknown columns, ignored: ${names}.`,
    fr: (names) => ` Colonnes inconnues, ignorées : ${names}.`,
  },
  textColumns: {
    en: (names: string) =>
      ` Ignored, because they hold something else than their names say, such as a title in place of the number of an offer: ${names}. --map "COLUMN=FIELD" says what they hold.`,
    fr: (names) =>
      ` Colonnes ignorées, car elles contiennent autre chose que ce que dit leur nom, par exemple un intitulé à la place du numéro d'une offre : ${names}. --map "COLONNE=CHAMP" dit ce qu'elles contiennent.`,
  },
  imported: {
    en: ({ lines, queued, known, resubmitted, rejected }: FileImport) => {
      const again = resubmitted === 0 ? "" : `${count(resubmitted)} fixed after a rejection, `;
      return `${counted(lines, "line")}: ${count(queued)} new, ${again}${count(known)} known before or repeated in the file, ${count(rejected)} rejected.`;
    },
    fr: ({ lines, queued, known, resubmitted, rejected }) => {
      const again = resubmitted === 0 ? "" : ` Corrigées après un refus : ${nombre(resubmitted)}.`;
      return `Lignes : ${nombre(lines)}. Nouvelles : ${nombre(queued)}.${again} Déjà connues ou répétées dans le fichier : ${nombre(known)}. Refusées : ${nombre(rejected)}.`;
    },
  },
  stopped: {
    en: (counts: string) => `Stopped. ${counts} They are kept; the same command continues with the rest.`,
    fr: (counts) => `Interrompu. ${counts} Elles sont conservées ; la même commande reprend le reste.`,
  },
  nothingWritten: {
    en: (lines: number, isStopped: boolean) =>
      `${isStopped ? "Stopped. " : ""}Nothing was written. Of ${counted(lines, "line")}:`,
    fr: (lines, isStopped) =>
      `${isStopped ? "Interrompu. " : ""}Rien n'a été écrit. Lignes du fichier : ${nombre(lines)}, dont :`,
  },
  dryRun: {
    en: {
      applicants: "applicants to create",
      applications: "applications to create",
      knownImports: "lines imported before: nothing changes",
      resubmitted: "lines imported before and rejected: they are corrected and tried again",
      knownPeople: "lines of people known to the mirror, the outbox or an earlier line: not created again",
      deletedThere:
        "lines of people or applications that were deleted in the account: held until released, then created again",
      duplicates: "lines that repeat an earlier line",
      rejected: "lines that are rejected",
      mailed: "people who will be e-mailed by the vendor, of whom",
      noAgreement: "  have no consent in the file",
      noEvidence: "  have consent without evidence: held until released, then e-mailed",
    },
    fr: {
      applicants: "candidats à créer",
      applications: "candidatures à créer",
      knownImports: "lignes déjà importées : rien ne change",
      resubmitted: "lignes déjà importées et refusées : elles sont corrigées et retentées",
      knownPeople:
        "lignes de personnes déjà dans la copie locale, la file d'envoi ou une ligne précédente : pas créées de nouveau",
      deletedThere:
        "lignes de personnes ou de candidatures supprimées dans le compte : suspendues, puis recréées une fois libérées",
      duplicates: "lignes qui répètent une ligne précédente",
      rejected: "lignes refusées",
      mailed: "personnes qui recevront un e-mail de l'éditeur, dont",
      noAgreement: "  sans accord dans le fichier",
      noEvidence: "  avec un accord sans preuve : suspendues, puis prévenues par e-mail une fois libérées",
    },
  },
  requests: {
    en: (requests: number, time: string) =>
      `${counted(requests, "request")}: at least ${time} at the quota and the caps, quiet hours not counted.`,
    fr: (requests, time) =>
      `Requêtes : ${nombre(requests)}, soit au moins ${time} selon le quota et les plafonds, plages sans envoi non comprises.`,
  },
  notes: { en: "Read with these assumptions:", fr: "Lu avec ces hypothèses :" },
  lines: { en: "lines", fr: "lignes" },
  first: { en: "first", fr: "première" },
  field: { en: "field", fr: "champ" },
  line: { en: "line", fr: "ligne" },
  reason: { en: "reason", fr: "motif" },
  rejected: {
    en: (rejected: number, file: string | null) =>
      `Rejected: ${counted(rejected, "line")}. The first faults (${
        file === null ? "--errors FILE writes all of them to a file, ready to be fixed" : `all of them are in ${file}`
      }):`,
    fr: (rejected, file) =>
      `Lignes refusées : ${nombre(rejected)}. Les premières fautes (${
        file === null
          ? "--errors FICHIER les écrit toutes dans un fichier, prêt à être corrigé"
          : `elles sont toutes dans ${file}`
      }) :`,
  },
  ready: {
    en: (ready: number) => `${count(ready)} ${ready === 1 ? "waits" : "wait"} to be sent.`,
    fr: (ready) => `En attente d'envoi : ${nombre(ready)}.`,
  },
  held: {
    en: (held: number, why: string) => `${count(held)} held: ${why}.`,
    fr: (held, why) => `${nombre(held)} ${held === 1 ? "suspendu" : "suspendus"} : ${why}.`,
  },
  listHeld: {
    en: (file: string) => `List them with: applicant-sync imports list --state held --file "${file}"`,
    fr: (file) => `Pour les voir : applicant-sync imports list --state held --file "${file}"`,
  },
  closed: {
    en: (reason: string, until: string | null) =>
      `Nothing is sent now: ${reason}${until === null ? "" : ` Until ${until}.`}`,
    fr: (reason, until) => `Rien n'est envoyé en ce moment. ${reason}${until === null ? "" : ` Jusqu'au ${until}.`}`,
  },
  worker: { en: "A worker is running and sends them.", fr: "Un processus est actif et les envoie." },
  noWorker: {
    en: "No worker is running. Start one with: applicant-sync start",
    fr: "Aucun processus n'est actif. Démarrez-en un : applicant-sync start",
  },
});

export type FileImportWords = (typeof WORDS)["en"];

/** Why imports are held, where their reason says nothing of several. */
export const HELD: Text = { en: "{count|it waits|they wait} ({code})", fr: "{count|il attend|ils attendent} ({code})" };
