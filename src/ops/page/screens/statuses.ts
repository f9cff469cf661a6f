/** What the statuses of applications mean to reports, and the decision about it. */
import { createHash } from "node:crypto";
import type { Text } from "../../../platform/language.ts";
import { refusal } from "../../../platform/http/problem.ts";
import type { PageContext, StatusMeaning } from "../context.ts";
import { deciderOf, decisionForm, orRefused, refusedScreen } from "../forms.ts";
import { foreign, html } from "../html.ts";
import type { Redirect, Route, Screen, Visit } from "../route.ts";
import { scrolled } from "../table.ts";
import { wordsIn } from "../words.ts";

const TEXTS = {
  nav: { en: "Statuses", fr: "Statuts" },
  title: { en: "What statuses mean", fr: "Sens des statuts" },
  intro: {
    en: "Reports count by the category of each status. It is guessed from the name until somebody sets it. An application whose status has none counts as open.",
    fr: "Les rapports comptent d'après la catégorie de chaque statut. Elle est devinée d'après son nom tant que personne ne l'a choisie. Une candidature dont le statut n'en a pas compte comme ouverte.",
  },
  none: { en: "No application has been synced yet.", fr: "Aucune candidature n'a encore été synchronisée." },
  status: { en: "Status", fr: "Statut" },
  category: { en: "Category", fr: "Catégorie" },
  how: { en: "How it is known", fr: "Comment elle est connue" },
  applications: { en: "Applications now", fr: "Candidatures à ce jour" },
  unmapped: { en: "none", fr: "aucune" },
  unknown: { en: "the name says nothing", fr: "le nom ne dit rien" },
  guessed: { en: "guessed", fr: "devinée" },
  set: { en: "set", fr: "choisie" },
  one: { en: "Category of {status}", fr: "Catégorie du statut {status}" },
  means: {
    en: "The reports of its applications, past months included, are recomputed: for a million applications, some minutes in the background.",
    fr: "Les rapports sur ses candidatures sont recalculés, mois passés compris : pour un million de candidatures, quelques minutes en arrière-plan.",
  },
  choose: { en: "Set the category", fr: "Choisir la catégorie" },
  notChosen: { en: "No category was chosen.", fr: "Aucune catégorie n'a été choisie." },
  done: { en: "The category is set.", fr: "La catégorie est choisie." },
  pending: {
    en: "The reports of {n} applications are still to be recomputed.",
    fr: "Les rapports sur {n} candidatures sont encore en cours de recalcul.",
  },
} as const satisfies Readonly<Record<string, Text>>;

const PATH = "/ops/statuses";
const NONE = "none";

export const statusRoutes: readonly Route[] = [
  { method: "GET", path: PATH, role: "viewer", nav: TEXTS.nav, handle: list },
  { method: "GET", path: `${PATH}/:key`, role: "operator", handle: one },
  { method: "POST", path: `${PATH}/:key`, role: "operator", handle: decide },
];

async function list({ statuses }: PageContext, { language, times, person, query }: Visit): Promise<Screen> {
  const t = wordsIn(TEXTS, language);
  const [all, categories, pending] = [await statuses.read(), await statuses.categories(), await statuses.pending()];
  const table = scrolled(t("title"), all, [
    [
      t("status"),
      (status) => {
        const name = foreign(status.status);
        return person.role === "operator" ? html`<a href="${PATH}/${keyOf(status)}">${name}</a>` : name;
      },
    ],
    [t("category"), ({ category }) => categories.find(({ code }) => code === category)?.[language] ?? t("unmapped")],
    [
      t("how"),
      ({ category, isGuessed }) =>
        !isGuessed ? t("set") : category === null ? html`<span class="amber">${t("unknown")}</span>` : t("guessed"),
    ],
    [t("applications"), ({ applications }) => times.number(applications), "number"],
  ]);
  return {
    title: t("title"),
    main: html`${query.has("done") && html`<p class="notice" role="status">${t("done")}</p>`}
      <p>${t("intro")}</p>
      ${pending > 0 && html`<p class="notice" role="status">${t("pending", { n: times.number(pending) })}</p>`}
      ${all.length === 0 ? html`<p>${t("none")}</p>` : table}`,
  };
}

async function one({ statuses }: PageContext, visit: Visit): Promise<Screen> {
  const { language } = visit;
  const t = wordsIn(TEXTS, language);
  const status = await statusOf(statuses, visit);
  const choices = [...(await statuses.categories()), { code: NONE, en: TEXTS.unmapped.en, fr: TEXTS.unmapped.fr }];
  const present = status.category ?? NONE;
  return {
    title: t("one", { status: status.status }),
    main: html`<p>${t("means")}</p>
      ${decisionForm({
        action: `${PATH}/${keyOf(status)}`,
        language,
        button: t("choose"),
        shown: { shown: shownOf(status) },
        fields: html`<p>
          <label for="category">${t("category")}</label><br />
          <select id="category" name="category">
            ${choices.map((choice) => html`<option value="${choice.code}" ${choice.code === present ? html` selected` : ""}>${choice[language]}</option>`)}
          </select>
        </p>`,
      })}`,
  };
}

async function decide({ statuses }: PageContext, visit: Visit): Promise<Screen | Redirect> {
  const { form, language } = visit;
  const status = await statusOf(statuses, visit);
  const back = `${PATH}/${keyOf(status)}`;
  const chosen = form.get("category") ?? "";
  const category = (await statuses.categories()).find(({ code }) => code === chosen)?.code ?? null;
  if (category === null && chosen !== NONE) return refusedScreen(language, TEXTS.notChosen[language], back);
  const [shownCategory = "", how] = (form.get("shown") ?? "").split(" ");
  const shown = { ...status, category: shownCategory === NONE ? null : shownCategory, isGuessed: how === "guessed" };
  return orRefused(visit, back, ["status_changed"], async () => {
    await statuses.set(deciderOf(visit), category, shown);
    return { location: `${PATH}?done` };
  });
}

/** A name may be long, and hold what no path does. */
function keyOf({ status }: StatusMeaning): string {
  return createHash("sha256").update(status).digest("hex").slice(0, 16);
}

function shownOf({ category, isGuessed }: StatusMeaning): string {
  return `${category ?? NONE} ${isGuessed ? "guessed" : "set"}`;
}

async function statusOf(statuses: PageContext["statuses"], { params }: Visit): Promise<StatusMeaning> {
  const found = (await statuses.read()).find((status) => keyOf(status) === params["key"]);
  if (found === undefined) throw refusal(404, "not_found", "There is nothing at this path.");
  return found;
}
