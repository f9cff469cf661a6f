/** Requests of people about their data: look up, export, erase. An e-mail is sent in the body of a form, never in an address. */
import { addressIn } from "../../../outbox/import/values.ts";
import { isTicket } from "../../../people/erase/erasure.ts";
import { showPerson, type PersonOverview } from "../../../people/find/overview.ts";
import { exportPerson } from "../../../people/export/read-export.ts";
import type { Named } from "../../../people/find/find-person.ts";
import { pendingAtVendor } from "../../../people/find/pending.ts";
import { ofEachTable, TABLES_OF_PEOPLE } from "../../../people/find/rows.ts";
import { createKeyring } from "../../../people/suppression/key.ts";
import type { Language, Text } from "../../../platform/language.ts";
import type { PageContext } from "../context.ts";
import { subjectOf } from "../audit-details.ts";
import { deciderOf, decisionForm, forOperator, orRefused, refusedScreen } from "../forms.ts";
import { foreign, html, type Fragment } from "../html.ts";
import { personDocument } from "../person-document.ts";
import type { Download, Redirect, Route, Screen, Visit } from "../route.ts";
import { TABLE_NAMES } from "../table-names.ts";
import { facts, scrolled } from "../table.ts";
import { wordsIn } from "../words.ts";
import { idIn } from "../ids.ts";

const TEXTS = {
  title: { en: "People", fr: "Personnes" },
  intro: {
    en: "Requests of people about their data. Who looked up, exported or erased somebody stands in the audit.",
    fr: "Demandes de personnes sur leurs données. Qui a consulté, exporté ou effacé figure au journal.",
  },
  erased: { en: "Applicants erased", fr: "Candidats effacés" },
  pending: {
    en: "of them that Kelio ATS still has: delete them there, too",
    fr: "dont encore présents dans Kelio ATS : supprimez-les là aussi",
  },
  by: { en: "Find by", fr: "Chercher par" },
  email: { en: "e-mail", fr: "adresse e-mail" },
  applicant: { en: "id in Kelio ATS", fr: "identifiant dans Kelio ATS" },
  import: { en: "number of an import", fr: "numéro d'un import" },
  value: { en: "E-mail, id or number", fr: "Adresse, identifiant ou numéro" },
  find: { en: "Look up", fr: "Consulter" },
  bad: { en: "This is no e-mail, id or number.", fr: "Ce n'est ni une adresse, ni un identifiant, ni un numéro." },
  none: { en: "Nothing is kept of this person.", fr: "Rien n'est conservé de cette personne." },
  table: { en: "What is kept", fr: "Ce qui est conservé" },
  export: { en: "Download everything, to hand it to the person", fr: "Télécharger le tout, à remettre à la personne" },
  erase: { en: "Erase this person", fr: "Effacer cette personne" },
  eraseMeans: {
    en: "Names, addresses, free text, CVs and former values go from all these rows for good. Ids, dates and statuses stay, so that reports do not change. The person does not come back. Delete them in Kelio ATS, too.",
    fr: "Noms, adresses, textes libres, CV et anciennes valeurs disparaissent pour toujours de ces lignes. Identifiants, dates et statuts restent : les rapports ne changent pas. La personne ne revient pas. Supprimez-la aussi dans Kelio ATS.",
  },
  sure: { en: "I have checked that this is the person.", fr: "J'ai vérifié qu'il s'agit de cette personne." },
  unsure: {
    en: "Nothing was erased: confirm that this is the person.",
    fr: "Rien n'a été effacé : confirmez qu'il s'agit de cette personne.",
  },
  badTicket: {
    en: "Nothing was erased: the ticket is a number such as DPO-17, of letters, digits and . _ - # / : without spaces.",
    fr: "Rien n'a été effacé : le ticket est un numéro comme DPO-17, de lettres, de chiffres et de . _ - # / : sans espaces.",
  },
  formerly: {
    en: "Not counted: applicants who had this address formerly, to be looked up by id:",
    fr: "Non comptés : candidats qui ont eu cette adresse auparavant, à consulter par identifiant :",
  },
} as const satisfies Readonly<Record<string, Text>>;

const PEOPLE_PATH = "/ops/people";
const WAYS = ["email", "applicant", "import"] as const;

export const peopleRoutes: readonly Route[] = [
  { method: "GET", path: PEOPLE_PATH, role: "viewer", nav: TEXTS.title, handle: ask },
  { method: "POST", path: `${PEOPLE_PATH}/show`, role: "operator", handle: show },
  { method: "POST", path: `${PEOPLE_PATH}/export`, role: "operator", handle: download },
  { method: "POST", path: `${PEOPLE_PATH}/erase`, role: "operator", handle: erase },
];

/** How many were erased, whom the vendor still has, and for an operator the form. */
async function ask({ database, config }: PageContext, visit: Visit): Promise<Screen> {
  const { language, times } = visit;
  const t = wordsIn(TEXTS, language);
  const { account } = config;
  const [erased, pending] = await Promise.all([
    database.suppression.count({ where: { account, kind: "applicant", isErased: true } }),
    pendingAtVendor(database, account),
  ]);
  const form = (): Fragment =>
    html`<form method="post" action="${PEOPLE_PATH}/show">
      <p>
        <label for="by">${t("by")}</label>
        <select id="by" name="by">
          ${WAYS.map((way) => html`<option value="${way}">${t(way)}</option>`)}
        </select>
      </p>
      <p>
        <label for="value">${t("value")}</label>
        <input id="value" name="value" required maxlength="500" autocomplete="off" />
      </p>
      <p><button>${t("find")}</button></p>
    </form>`;
  return {
    title: t("title"),
    main: html`<p>${t("intro")}</p>
      ${facts([
        [t("erased"), times.number(erased)],
        [
          t("pending"),
          html`${times.number(pending.length)}
          ${visit.person.role === "operator" && pending.length > 0 && html`(${pending.map(({ applicant }) => applicant).join(", ")})`}`,
        ],
      ])}
      ${forOperator(visit, form)}`,
  };
}

async function show({ database, config }: PageContext, visit: Visit): Promise<Screen> {
  const { language, times } = visit;
  const t = wordsIn(TEXTS, language);
  const named = namedIn(visit);
  if (named === null) return refusedScreen(language, t("bad"), PEOPLE_PATH);
  const found = await showPerson(database, config.account, named, deciderOf(visit, null));
  const kept = TABLES_OF_PEOPLE.filter((table) => found.rows[table] > 0);
  const table = scrolled(t("title"), kept, [
    [t("table"), (name) => TABLE_NAMES[name][language]],
    [t("rows"), (name) => times.number(found.rows[name]), "number"],
  ]);
  return {
    title: t("title"),
    main: html`${
      kept.length === 0
        ? html`<p>${t("none")}</p>`
        : html`${table}
            <p>${applicantsOf(found, language)}</p>
            ${forms(visit, found)}`
    }
    ${found.formerly.length > 0 && html`<p>${t("formerly")} ${found.formerly.join(", ")}</p>`}`,
  };
}

function applicantsOf({ applicants, imports }: PersonOverview, language: Language): Fragment {
  return foreign(
    [...applicants.map(({ id }) => `applicant ${id}`), ...imports.map(({ id }) => `import ${id}`)]
      .map((subject) => subjectOf(subject, language))
      .join(", "),
  );
}

function forms({ language, form }: Visit, found: PersonOverview): Fragment {
  const t = wordsIn(TEXTS, language);
  const whom = { by: form.get("by") ?? "", value: form.get("value") ?? "" };
  return html`<form method="post" action="${PEOPLE_PATH}/export">
      ${Object.entries(whom).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      <p><button class="plain">${t("export")}</button></p>
    </form>
    <h2>${t("erase")}</h2>
    <p class="notice">${t("eraseMeans")}</p>
    ${decisionForm({
      action: `${PEOPLE_PATH}/erase`,
      language,
      button: t("erase"),
      isDanger: true,
      shown: { ...whom, ...found.rows },
      fields: html`<p>
          <label for="ticket">Ticket</label>
          <input id="ticket" name="ticket" maxlength="100" pattern="[A-Za-z0-9_.#/:-]*" />
        </p>
        <p>
          <label><input type="checkbox" name="sure" value="yes" required /> ${t("sure")}</label>
        </p>`,
    })}`;
}

async function download({ database, config, labels }: PageContext, visit: Visit): Promise<Screen | Download> {
  const { language } = visit;
  const named = namedIn(visit);
  if (named === null) return refusedScreen(language, TEXTS.bad[language], PEOPLE_PATH);
  return orRefused(visit, PEOPLE_PATH, ["person_unknown"], async () => {
    const keyring = createKeyring(config.privacy);
    const found = await exportPerson(database, config.account, named, deciderOf(visit, null), keyring);
    const reader = { language, labels: await labels(), timezone: config.schedules.timezone };
    return { fileName: "person.html", document: personDocument(found, reader) };
  });
}

async function erase(context: PageContext, visit: Visit): Promise<Screen | Redirect> {
  const { language, form } = visit;
  const named = namedIn(visit);
  const ticket = form.get("ticket")?.trim() ?? "";
  if (named === null) return refusedScreen(language, TEXTS.bad[language], PEOPLE_PATH);
  if (ticket !== "" && !isTicket(ticket)) return refusedScreen(language, TEXTS.badTicket[language], PEOPLE_PATH);
  if (form.get("sure") !== "yes") return refusedScreen(language, TEXTS.unsure[language], PEOPLE_PATH);
  const refused = ["person_unknown", "person_changed", "import_in_flight", "privacy_key_missing"];
  return orRefused(visit, PEOPLE_PATH, refused, async () => {
    await context.erase({
      named,
      by: deciderOf(visit),
      ticket: ticket === "" ? null : ticket,
      shown: await ofEachTable((table) => Number(form.get(table) ?? -1)),
    });
    return { location: PEOPLE_PATH };
  });
}

/** Whom a form names; null: nobody can be meant. */
function namedIn({ form }: Visit): Named | null {
  const [by, value] = [form.get("by"), form.get("value")?.trim() ?? ""];
  if (by === "email") {
    const email = addressIn(value);
    return email === null ? null : { by, email };
  }
  if (by !== "applicant" && by !== "import") return null;
  const id = idIn(value);
  return id === null ? null : { by, id };
}
