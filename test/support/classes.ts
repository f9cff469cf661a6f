import { CLASSES, columnsOf, ERASED, SUBJECTS, type Class, type Relation } from "../../src/people/classes.ts";
import { TABLES } from "../../src/people/tables.ts";
import { REPORT_PEOPLE } from "../../src/people/views.ts";
import type { Language } from "../../src/platform/language.ts";
import { markdownTable } from "./docs.ts";

const HEADS = {
  en: {
    table: "Table or view",
    class: "Class",
    meaning: "The column …",
    views: "Views that show the tables above.",
    ids: "Ids of people, of their applications and imports, and hashes alone.",
    others: "Of the other tables, no column is about a person.",
  },
  fr: {
    table: "Table ou vue",
    class: "Classe",
    meaning: "La colonne …",
    views: "Vues qui montrent les tables ci-dessus.",
    ids: "Seulement des identifiants de personnes, de candidatures et d'imports, et des empreintes.",
    others: "Dans les autres tables, aucune colonne ne concerne une personne.",
  },
} as const;

const RELATIONS: readonly (readonly [string, Relation])[] = [
  ...Object.entries(TABLES),
  ...Object.entries(REPORT_PEOPLE).map(([name, relation]) => [`report_people.${name}`, relation] as const),
];
const MEANT: readonly Class[] = [...ERASED, "pseudonym"];

/** What the docs say of the classes: what each means, then the columns of each table by its subject. */
export function classesSection(language: Language): string {
  const heads = HEADS[language];
  const meanings = Object.entries(CLASSES).map(([name, meaning]) => [`\`${name}\``, meaning[language]]);
  const personal = RELATIONS.filter(([, relation]) => columnsOf(relation, ERASED).length > 0);
  const ids = RELATIONS.filter(
    ([, relation]) => columnsOf(relation, ERASED).length === 0 && relation.pseudonym !== undefined,
  );
  const groups = [
    ...Object.entries(SUBJECTS).map(
      ([subject, text]) => [text[language], personal.filter(([, relation]) => relation.subject === subject)] as const,
    ),
    [heads.views, personal.filter(([, { subject }]) => subject === undefined)] as const,
    [heads.ids, ids] as const,
  ];
  return [
    markdownTable([heads.class, heads.meaning], meanings),
    ...groups.map(([text, relations]) => `${text.replace(/^[^.]+\./, "**$&**")}\n\n${columns(heads.table, relations)}`),
    heads.others,
  ].join("\n\n");
}

/** A table of the columns by class, without the classes that none of the relations has. */
function columns(head: string, relations: typeof RELATIONS): string {
  const classes = MEANT.filter((one) => relations.some(([, relation]) => relation[one] !== undefined));
  return markdownTable(
    [head, ...classes.map((one) => `\`${one}\``)],
    relations.map(([name, relation]) => [`\`${name}\``, ...classes.map((one) => listed(relation, one))]),
  );
}

const listed = (relation: Relation, one: Class) =>
  columnsOf(relation, [one])
    .map((column) => `\`${column}\``)
    .join(", ");
