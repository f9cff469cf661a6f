/** What is kept of one person as a document that they can read: one file, without scripts and links. */
import { DECISIONS } from "../../database/audit.ts";
import type { ExportedRow, PersonExport } from "../../people/export/read-export.ts";
import { TABLES_OF_PEOPLE, type TableOfPeople } from "../../people/find/rows.ts";
import type { Language, Text } from "../../platform/language.ts";
import { html, textOf, type Fragment } from "./html.ts";
import { LABELS } from "./person-labels.ts";
import { wordsIn } from "./words.ts";

const TEXTS = {
  title: { en: "Your data", fr: "Vos données" },
  intro: {
    en: "What applicant-sync keeps about one person in the account {account}, read on {day}. It is a copy of what Kelio ATS shows, with what changed there, and what was handed in to be sent there.",
    fr: "Ce que applicant-sync conserve d'une personne dans le compte {account}, lu le {day}. C'est une copie de ce que montre Kelio ATS, avec ce qui y a changé, et ce qui a été remis pour y être envoyé.",
  },
  none: { en: "Nothing.", fr: "Rien." },
  applicant: { en: "The person, as Kelio ATS shows them", fr: "La personne, telle que Kelio ATS la montre" },
  application: { en: "Applications", fr: "Candidatures" },
  change: { en: "What changed, with the former values", fr: "Ce qui a changé, avec les anciennes valeurs" },
  quarantine: { en: "Data of Kelio ATS that could not be read", fr: "Données de Kelio ATS qui n'ont pas pu être lues" },
  applicant_import: {
    en: "Handed in to be sent to Kelio ATS, and from where",
    fr: "Remis pour envoi à Kelio ATS, et leur provenance",
  },
  import_event: { en: "What became of it", fr: "Ce qu'il en est advenu" },
  import_resume: { en: "CVs", fr: "CV" },
  decisions: { en: "Decisions of people here", fr: "Décisions prises ici par des personnes" },
  file: {
    en: "kept; the file itself is in the JSON export",
    fr: "conservé ; le fichier lui-même est dans l'export JSON",
  },
  yes: { en: "yes", fr: "oui" },
  no: { en: "no", fr: "non" },
} as const satisfies Readonly<Record<TableOfPeople, Text>> & Readonly<Record<string, Text>>;

/** The document in HTML. Every value is escaped. Empty columns are left out. */
export function personDocument(found: PersonExport, language: Language): string {
  const t = wordsIn(TEXTS, language);
  const sections = TABLES_OF_PEOPLE.map(
    (table) =>
      html`<h2>${t(table)}</h2>
        ${found.tables[table].length === 0 ? html`<p>${t("none")}</p>` : found.tables[table].map((row) => facts(row, language))}`,
  );
  const decisions = found.decisions.map(({ at, what }) => {
    const text = Object.entries(DECISIONS).find(([code]) => code === what)?.[1][language] ?? what;
    return html`<li>${timeIn(at, language)} – ${text}</li>`;
  });
  return textOf(
    html`<!doctype html>
      <html lang="${language}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>${t("title")}</title>
          <style>
            body {
              font-family: system-ui, sans-serif;
              max-width: 60rem;
              margin: 2rem auto;
              padding: 0 1rem;
              line-height: 1.5;
            }
            dl {
              display: grid;
              grid-template-columns: minmax(10rem, max-content) 1fr;
              gap: 0 1rem;
              border-top: 1px solid #767676;
              padding-top: 0.5rem;
            }
            dt {
              font-weight: 600;
            }
            dd {
              margin: 0;
              overflow-wrap: anywhere;
              white-space: pre-wrap;
            }
          </style>
        </head>
        <body>
          <main>
            <h1>${t("title")}</h1>
            <p>${t("intro", { account: found.account, day: timeIn(found.exportedAt, language) })}</p>
            ${sections}
            <h2>${t("decisions")}</h2>
            ${
              decisions.length === 0
                ? html`<p>${t("none")}</p>`
                : html`<ul>
                    ${decisions}
                  </ul>`
            }
          </main>
        </body>
      </html>`,
  );
}

function facts(row: ExportedRow, language: Language): Fragment {
  const order = Object.keys(LABELS);
  const shown = Object.entries(row)
    .filter(([, value]) => !isEmpty(value))
    .toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return html`<dl>
    ${shown.map(
      ([name, value]) =>
        html`<dt>${LABELS[name]?.[language] ?? name}</dt>
          <dd>${valueIn(name, value, language)}</dd>`,
    )}
  </dl>`;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function valueIn(name: string, value: unknown, language: Language): string {
  const t = wordsIn(TEXTS, language);
  if (name === "bytes") return t("file");
  if (value === true) return t("yes");
  if (value === false) return t("no");
  if (typeof value === "string")
    return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value) ? timeIn(value, language) : value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ");
  return typeof value === "number" ? String(value) : JSON.stringify(value, null, 2);
}

/** In the time zone of the process. */
function timeIn(at: string, language: Language): string {
  return new Date(at).toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
}
