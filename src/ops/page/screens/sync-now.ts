/** Sync now: what would be read and what it costs, then the start of the runs. */
import { hasCode } from "../../../platform/errors.ts";
import { problemOf, refusal } from "../../../platform/http/problem.ts";
import type { Text } from "../../../platform/language.ts";
import { namesOf } from "../../state/describe.ts";
import { resources, resourcesOf, scopeOf, type ResourceName } from "../../../sync/resources.ts";
import type { RunKind } from "../../../sync/runs/runs.ts";
import type { PageContext } from "../context.ts";
import { deciderOf } from "../forms.ts";
import { html } from "../html.ts";
import { problemScreen } from "../problem-screen.ts";
import type { Redirect, Route, Screen, Visit } from "../route.ts";
import { facts } from "../table.ts";
import { wordsIn } from "../words.ts";

const TEXTS = {
  title: { en: "Sync now", fr: "Synchroniser maintenant" },
  all: { en: "all", fr: "toutes" },
  full: { en: "In full: every page of the list", fr: "Complète : toutes les pages de la liste" },
  incremental: { en: "Incremental: new rows and new statuses", fr: "Incrémentale : lignes et statuts nouveaux" },
  start: { en: "Start the sync", fr: "Lancer la synchronisation" },
  cost: { en: "Requests of a full sync", fr: "Requêtes d'une synchronisation complète" },
  perMinute: {
    en: "The quota allows {count} {count|request|requests} a minute. A sync reads; it writes to nobody. Imports are sent before its pages.",
    fr: "Le quota permet {count} {count|requête|requêtes} par minute. Une synchronisation lit et n'écrit à personne. Les imports passent avant ses pages.",
  },
  unknown: { en: "not known yet", fr: "pas encore connu" },
  never: {
    en: "It was never read in full: start a full sync first.",
    fr: "Elle n'a jamais été lue en entier : lancez d'abord une synchronisation complète.",
  },
  going: {
    en: "An incremental sync of it is running. Start the full one once it has ended.",
    fr: "Une synchronisation incrémentale est en cours. Lancez la complète quand elle sera terminée.",
  },
  viewer: { en: "Only the operator starts a sync.", fr: "Seul l'utilisateur operator lance une synchronisation." },
} as const satisfies Readonly<Record<string, Text>>;

export const syncNowRoutes: readonly Route[] = [
  { method: "GET", path: "/ops/sync", role: "viewer", nav: TEXTS.title, handle: ask },
  { method: "POST", path: "/ops/sync", role: "operator", handle: start },
];

/** The resources that these keys may read. */
function grantedTo({ kind, api }: PageContext["config"]): readonly ResourceName[] {
  return resourcesOf(kind).filter((name) => api.scopes.includes(scopeOf(name)));
}

async function ask({ config, state }: PageContext, { language, times, person }: Visit): Promise<Screen> {
  const t = wordsIn(TEXTS, language);
  const granted = grantedTo(config);
  const { syncs } = await state.plan();
  const costs = syncs
    .filter(({ resource, kind }) => kind === "full" && granted.includes(resource))
    .map(({ resource, requestsPerRun: requests }): readonly [string, string] => [
      namesOf([resource], language),
      requests === null ? t("unknown") : times.number(requests),
    ]);
  const form = html`<form method="post" action="/ops/sync">
    <p>
      <label for="resource">${t("resource")}</label>
      <select id="resource" name="resource">
        <option value="all">${t("all")}</option>
        ${granted.map((name) => html`<option value="${name}">${namesOf([name], language)}</option>`)}
      </select>
    </p>
    <fieldset>
      <legend>${t("kind")}</legend>
      <p>
        <label><input type="radio" name="kind" value="incremental" checked /> ${t("incremental")}</label>
      </p>
      <p>
        <label><input type="radio" name="kind" value="full" /> ${t("full")}</label>
      </p>
    </fieldset>
    <p><button>${t("start")}</button></p>
  </form>`;
  return {
    title: t("title"),
    main: html`
      <p>${t("perMinute", { count: times.number(config.api.requestsPerMinute) })}</p>
      ${person.role === "operator" ? form : html`<p>${t("viewer")}</p>`}
      <h2>${t("cost")}</h2>
      ${facts(costs)}
    `,
  };
}

async function start({ config, startSync }: PageContext, visit: Visit): Promise<Screen | Redirect> {
  const { form, language } = visit;
  const kind: RunKind = form.get("kind") === "full" ? "full" : "incremental";
  const wanted = grantedTo(config)
    .filter((name) => kind === "full" || resources[name].polls[config.kind].length > 0)
    .filter((name) => ["all", name].includes(form.get("resource") ?? ""));
  if (wanted.length === 0) throw refusal(400, "nothing_to_sync", "There is no such sync for this account.");
  const refused = (code: string, resource: ResourceName, text: Text) =>
    problemScreen(problemOf(409, code, `${namesOf([resource], language)}: ${text[language]}`), language);
  const runs: number[] = [];
  // Parents first: units wait for the entities that are read now, not for older ones.
  for (const resource of wanted) {
    try {
      const run = await startSync({ resource, kind, by: deciderOf(visit, null) });
      if (run === null) return refused("never_read", resource, TEXTS.never);
      runs.push(run);
    } catch (error) {
      if (hasCode(error, "run_going")) return refused("run_going", resource, TEXTS.going);
      throw error;
    }
  }
  return { location: runs.length === 1 ? `/ops/runs/${runs[0]}` : "/ops/runs" };
}
