/**
 * The classes of personal data. Which column has which stands in `tables.ts` and `views.ts`: each column of ours stands there once, or a
 * test fails. What erases or explains personal data derives from there and from nothing else.
 *
 * A document (`jsonb`) has the strictest class of what it may hold. `raw` keeps whatever the vendor adds, so it is at least `text`.
 * The queue's own schema has no classes: job data holds ids alone (invariant I8).
 */

/** From the strictest to the least strict. */
export const CLASSES = {
  person: { en: "says who the person is, or how to reach them", fr: "dit qui est la personne, ou comment la joindre" },
  text: {
    en: "words that somebody wrote freely, which may name or describe a person",
    fr: "mots écrits librement, qui peuvent nommer ou décrire une personne",
  },
  quasi: {
    en: "narrows down who it is together with other facts, such as a city",
    fr: "recoupé avec d'autres faits, comme la ville, peut désigner la personne",
  },
  pseudonym: {
    en: "an id, a hash or the name of an account: leads to the person with the help of other data",
    fr: "identifiant, empreinte ou nom de compte : mène à la personne à l'aide d'autres données",
  },
  none: { en: "says nothing of who it is", fr: "ne dit pas de qui il s'agit" },
} as const;

export type Class = keyof typeof CLASSES;

/** Whose data the classes person, text and quasi of a table are, and when it goes. */
export const SUBJECTS = {
  mirrored: {
    en: "Applicants, as Kelio ATS shows them. Stays until the person is erased.",
    fr: "Candidats, tels que Kelio ATS les montre. Reste jusqu'à l'effacement de la personne.",
  },
  imported: {
    en: "Applicants of imports. Goes by itself some days after the import is done or rejected.",
    fr: "Candidats des imports. S'efface de lui-même quelques jours après la fin ou le rejet de l'import.",
  },
  staff: {
    en: "People who recruit, or who operate applicant-sync. Stays.",
    fr: "Personnes qui recrutent ou qui exploitent applicant-sync. Reste.",
  },
  company: { en: "The company's own texts. Stays.", fr: "Textes de l'entreprise. Reste." },
} as const;

/** The columns of a relation by their class, separated by white space. */
export type Relation = Readonly<Partial<Record<Class, string>>> & {
  /** Of a table that holds person, text or quasi. A view shows what tables hold. */
  readonly subject?: keyof typeof SUBJECTS;
};

/** The columns of a relation with one of these classes, in the order of the classes. */
export function columnsOf(relation: Relation, classes: readonly Class[]): readonly string[] {
  return classes.flatMap((one) => relation[one]?.split(/\s+/) ?? []);
}

/** SQL: an array of the names of these columns. */
export function namesArray(relation: Relation, classes: readonly Class[]): string {
  return `array[${columnsOf(relation, classes)
    .map((name) => `'${name}'`)
    .join(", ")}]`;
}

/** What is emptied where a person is erased: ids, hashes, dates and states stay, so that counts and proofs stay true. */
export const ERASED = ["person", "text", "quasi"] as const satisfies readonly Class[];
