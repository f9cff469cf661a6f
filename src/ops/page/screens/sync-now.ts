/** Sync now: what would be read and what it costs, then the start of the runs. */
import { AppError } from "../../../platform/errors.ts";
import { problemOf, refusal } from "../../../platform/http/problem.ts";
import type { Text } from "../../../platform/language.ts";
import { namesOf } from "../../state/describe.ts";
import { resources, resourcesOf, scopeOf, type ResourceName } from "../../../sync/resources.ts";
import type { RunKind } from "../../../sync/runs/runs.ts";
import type { PageContext } from "../context.ts";
import { html } from "../html.ts";
import { problemScreen } from "../problem-screen.ts";
import { deciderOf, type Redirect, type Route, type Screen, type Visit } from "../route.ts";
import { wordsIn } from "../words.ts";

const TEXTS = {
  title: { en: "Sync now", fr: "Synchroniser maintenant" },
  what: { en: "Resource", fr: "Ressource" },
  all: { en: "all", fr: "toutes" },
  full: { en: "In full: every page of the list", fr: "Complète : toutes les pages de la liste" },
  incremental: { en: "Incremental: new rows and new statuses", fr: "Incrémentale : lignes et statuts nouveaux" },
  kind: { en: "Kind", fr: "Type" },
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

export function syncNowRoutes({ config, state, startSync }: PageContext): readonly Route[] {
  const granted = resourcesOf(config.kind).filter((name) => config.api.scopes.includes(scopeOf(name)));
  const incremental = granted.filter((name) => resources[name].polls[config.kind].length > 0);

  async function ask({ language, times, person }: Visit): Promise<Screen> {
    const t = wordsIn(TEXTS, language);
    const { syncs } = await state.plan();
    const costs = syncs.flatMap(({ resource, kind, requestsPerRun }) =>
      kind !== "full" || !granted.includes(resource)
        ? []
        : [
            html`<dt>${namesOf([resource], language)}</dt>
              <dd>${requestsPerRun === null ? t("unknown") : times.number(requestsPerRun)}</dd>`,
          ],
    );
    const form = html`<form method="post" action="/ops/sync">
      <p>
        <label for="resource">${t("what")}</label>
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
        <dl>${costs}</dl>
      `,
    };
  }

  async function start(visit: Visit): Promise<Screen | Redirect> {
    const kind = kindIn(visit.form);
    const able = kind === "full" ? granted : incremental;
    const wanted = able.filter((name) => ["all", name].includes(visit.form.get("resource") ?? ""));
    if (wanted.length === 0) throw refusal(400, "nothing_to_sync", "There is no such sync for this account.");
    const runs: number[] = [];
    // Parents first: units wait for the entities that are read now, not for older ones.
    for (const resource of wanted) {
      const run = await startOne(visit, resource, kind);
      if (typeof run !== "number") return run;
      runs.push(run);
    }
    return { location: runs.length === 1 ? `/ops/runs/${runs[0]}` : "/ops/runs" };
  }

  async function startOne(visit: Visit, resource: ResourceName, kind: RunKind): Promise<number | Screen> {
    const refused = (code: string, text: Text) =>
      problemScreen(
        problemOf(409, code, `${namesOf([resource], visit.language)}: ${text[visit.language]}`),
        visit.language,
      );
    try {
      const run = await startSync({ resource, kind, by: deciderOf(visit, null) });
      return run ?? refused("never_read", TEXTS.never);
    } catch (error) {
      if (error instanceof AppError && error.code === "run_going") return refused(error.code, TEXTS.going);
      throw error;
    }
  }

  return [
    { method: "GET", path: "/ops/sync", role: "viewer", nav: TEXTS.title, handle: ask },
    { method: "POST", path: "/ops/sync", role: "operator", handle: start },
  ];
}

function kindIn(form: URLSearchParams): RunKind {
  return form.get("kind") === "full" ? "full" : "incremental";
}
