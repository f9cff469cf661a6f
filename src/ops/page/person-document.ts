/** What is kept of one person in words: as a document that they can read, one file without scripts and links, and for programs. */
import { decisionWord, sourceWord } from "../../database/audit.ts";
import { EXPORTED } from "../../people/export/exported.ts";
import type { PersonExport } from "../../people/export/read-export.ts";
import type { Language, Text } from "../../platform/language.ts";
import { html, textOf, type Fragment, type Value } from "./html.ts";
import type { CodeLabel } from "./labels.ts";
import { labelOf, LABELS } from "./person-labels.ts";
import { wordsOf, type WordsOf } from "./person-values.ts";
import { CONTENTS } from "./table-names.ts";
import { wordsIn } from "./words.ts";

const TEXTS = {
  title: { en: "Your data", fr: "Vos données" },
  intro: {
    en: "What applicant-sync keeps about one person in the account {account}, read on {day}. It is a copy of what Kelio ATS shows, with what changed there, and what was handed in to be sent there. Times are those of the time zone {timezone}.",
    fr: "Ce qu'applicant-sync conserve d'une personne dans le compte {account}, lu le {day}. C'est une copie de ce que montre Kelio ATS, avec ce qui y a changé, et ce qui a été remis pour y être envoyé. Les heures sont celles du fuseau {timezone}.",
  },
  besides: {
    en: "Besides, ids of the person and of their applications stand in the logs of requests and syncs, which hold nothing else about them, and hashes by which their rows are recognised stand beside these.",
    fr: "En outre, des identifiants de la personne et de ses candidatures figurent dans les journaux des requêtes et des synchronisations, qui n'en disent rien d'autre, et des empreintes qui servent à reconnaître ces lignes figurent à côté d'elles.",
  },
  none: { en: "Nothing.", fr: "Rien." },
  ...CONTENTS,
  decisions: { en: "Decisions of people here", fr: "Décisions prises ici par des personnes" },
  file: {
    en: "kept; the file itself is in the JSON export",
    fr: "conservé ; le fichier lui-même est dans l'export JSON",
  },
  yes: { en: "yes", fr: "oui" },
  no: { en: "no", fr: "non" },
} as const satisfies Readonly<Record<string, Text>>;

/** Who reads, and what they call the codes. `timezone`: that of the account. */
interface Reader {
  readonly language: Language;
  readonly labels: readonly CodeLabel[];
  readonly timezone: string;
}

/** The document in HTML. Every value is escaped. Empty columns are left out. */
export function personDocument(found: PersonExport, { language, labels, timezone }: Reader): string {
  const t = wordsIn(TEXTS, language);
  const words = wordsOf(found, labels, language, timezone);
  const timeIn = (at: string) => words("at", at) ?? at;
  const sections = EXPORTED.map((table) => {
    const rows = found.tables[table] ?? [];
    return html`<h2>${t(table)}</h2>
      ${rows.length === 0 ? html`<p>${t("none")}</p>` : rows.map((row) => facts(row, words, language))}`;
  });
  const decisions = found.decisions.map(({ at, what, source, why }) => {
    const text = decisionWord(what, language);
    return html`<li>${timeIn(at)} – ${text} (${sourceWord(source, language)})${why !== null && html` – ${why}`}</li>`;
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
              white-space: normal;
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
            <p>${t("intro", { account: found.account, day: timeIn(found.exportedAt), timezone })}</p>
            <p>${t("besides")}</p>
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

/** The same for programs: the export with what its columns and codes are called. */
export function personData(found: PersonExport, { language, labels, timezone }: Reader): object {
  const words = wordsOf(found, labels, language, timezone);
  const rows = Object.values(found.tables)
    .flat()
    .flatMap(Object.entries<unknown>);
  const columns = Object.fromEntries(rows.map(([name]) => [name, labelOf(name, language)]));
  const values: Record<string, Record<string, string>> = {};
  for (const [name, value] of rows)
    for (const one of [value].flat()) {
      const text = typeof one === "string" || typeof one === "number" ? words(name, one) : null;
      if (text !== null) (values[name] ??= {})[String(one)] = text;
    }
  const tables = Object.fromEntries(EXPORTED.map((table) => [table, TEXTS[table][language]]));
  return { ...found, words: { language, tables, columns, values } };
}

function facts(row: object, words: WordsOf, language: Language): Fragment {
  const order = Object.keys(LABELS);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const shown = Object.entries<unknown>({ ...row })
    .filter(([, value]) => !isEmpty(value))
    .toSorted(([a], [b]) => rank(a) - rank(b));
  return html`<dl>
    ${shown.map(
      ([name, value]) =>
        html`<dt>${labelOf(name, language)}</dt>
          <dd>${valueIn(name, value, words, language)}</dd>`,
    )}
  </dl>`;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function valueIn(name: string, value: unknown, words: WordsOf, language: Language): Value {
  const t = wordsIn(TEXTS, language);
  if (name === "bytes") return t("file");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "string" || typeof value === "number") return words(name, value) ?? String(value);
  if (!Array.isArray(value)) return typeof value === "object" && value !== null ? facts(value, words, language) : null;
  const parts: readonly unknown[] = value;
  const isList = parts.some((one) => typeof one === "object");
  return parts.map((one, index) => [index === 0 || isList ? "" : ", ", valueIn(name, one, words, language)]);
}
