/** Retention: what is kept how long, whom it will erase, and whom the source still has. Viewers see counts, operators ids. */
import type { Text } from "../../../platform/language.ts";
import { namesOf } from "../../../people/retention/clocks.ts";
import { clockNameOf } from "../../state/describe.ts";
import { readAtSource, readNoticeList } from "../../state/retention.ts";
import type { PageContext } from "../context.ts";
import { html, type Fragment } from "../html.ts";
import type { Route, Screen, Visit } from "../route.ts";
import { scrolled } from "../table.ts";
import { wordsIn } from "../words.ts";

const TEXTS = {
  nav: { en: "Retention", fr: "Conservation" },
  title: { en: "Retention of personal data", fr: "Durée de conservation des données personnelles" },
  off: {
    en: "Retention is off: people stay in the mirror until they are erased. Choose periods with the setting RETENTION.",
    fr: "Aucune durée n'est choisie : les personnes restent dans la copie locale jusqu'à leur effacement. Le paramètre RETENTION fixe les durées.",
  },
  intro: {
    en: "Nobody is erased while one of their applications is open, nor before they have stood on the notice list for {days} {days|day|days}. New activity takes them off it.",
    fr: "Personne n'est effacé tant qu'une de ses candidatures est ouverte, ni avant d'avoir figuré {days} {days|jour|jours} sur la liste de préavis. Toute nouvelle activité l'en retire.",
  },
  clocks: { en: "Periods", fr: "Durées" },
  clock: { en: "What", fr: "Quoi" },
  period: { en: "Kept for", fr: "Conservé" },
  applied: { en: "Last applied", fr: "Dernière application" },
  never: { en: "not yet", fr: "pas encore" },
  overdue: { en: "overdue", fr: "en retard" },
  announced: { en: "Notice list", fr: "Liste de préavis" },
  nobody: { en: "Nobody stands on the notice list.", fr: "Personne ne figure sur la liste de préavis." },
  people: { en: "People", fr: "Personnes" },
  from: { en: "The first on", fr: "Les premières le" },
  person: { en: "Person, by id", fr: "Personne (identifiant)" },
  on: { en: "Erased on", fr: "Effacement le" },
  source: { en: "Delete them in Kelio ATS, too", fr: "À supprimer aussi dans Kelio ATS" },
  atSource: {
    en: "People erased here whom Kelio ATS still shows: {count}.",
    fr: "Personnes effacées ici que Kelio ATS montre encore : {count}.",
  },
} as const satisfies Readonly<Record<string, Text>>;

const PATH = "/ops/retention";
const SHOWN = 200;

export const retentionRoutes: readonly Route[] = [
  { method: "GET", path: PATH, role: "viewer", nav: TEXTS.nav, handle: show },
];

async function show({ database, config, state }: PageContext, { language, times, person }: Visit): Promise<Screen> {
  const t = wordsIn(TEXTS, language);
  const { retention, at } = await state.read();
  if (retention === null || config.retention === null) {
    return { title: t("title"), main: html`<p>${t("off")}</p>` };
  }
  const { periods, noticeDays } = config.retention;
  const isOperator = person.role === "operator";
  const { announced } = retention;
  const nameOf = ({ clock }: { readonly clock: string }) => {
    const name = clockNameOf(clock, language);
    return name.charAt(0).toUpperCase() + name.slice(1);
  };
  const clocks = namesOf(config.retention).map((clock) => ({
    clock,
    period: periods[clock] ?? "",
    row: retention.clocks.find((one) => one.clock === clock),
  }));
  const clocksTable = scrolled(t("clocks"), clocks, [
    [t("clock"), nameOf],
    [t("period"), ({ period }) => spell(period, language)],
    [
      t("applied"),
      ({ row }) =>
        html`${row?.doneAt ? times.at(row.doneAt) : t("never")}
        ${row !== undefined && at > row.overdueAt && html`<span class="red">${t("overdue")}</span>`}`,
    ],
  ]);
  const counts = scrolled(t("announced"), announced, [
    [t("clock"), nameOf],
    [t("people"), ({ people }) => times.number(people), "number"],
    [t("from"), ({ from }) => from],
  ]);
  return {
    title: t("title"),
    main: html`<p>${t("intro", { days: noticeDays })}</p>
      <h2>${t("clocks")}</h2>
      ${clocksTable}
      <h2>${t("announced")}</h2>
      ${announced.length === 0 ? html`<p>${t("nobody")}</p>` : counts}
      ${isOperator && announced.length > 0 && (await list())}
      <h2>${t("source")}</h2>
      <p>${t("atSource", { count: retention.atSource })}</p>
      ${isOperator && retention.atSource > 0 && html`<p>${(await readAtSource(database, config.account, SHOWN)).join(", ")}</p>`}`,
  };

  async function list(): Promise<Fragment> {
    return scrolled(t("person"), await readNoticeList(database, config.account, SHOWN), [
      [t("person"), ({ applicantId }) => applicantId],
      [t("clock"), nameOf],
      [t("on"), ({ eraseOn }) => eraseOn],
    ]);
  }
}

const UNITS: Readonly<Record<string, string>> = { day: "jour", week: "semaine", month: "mois", year: "an" };

/** `3 months` as people write it. */
function spell(period: string, language: "en" | "fr"): string {
  const [count = "", unit = ""] = period.split(" ");
  const one = unit.replace(/s$/, "");
  if (language === "en") return `${count} ${one}${count === "1" ? "" : "s"}`;
  const french = UNITS[one] ?? one;
  return `${count} ${french}${count === "1" || french.endsWith("s") ? "" : "s"}`;
}
