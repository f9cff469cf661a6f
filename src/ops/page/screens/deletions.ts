/** Deletions waiting: what a full sync did not mark as deleted because it was too much at once, and the decision about it. */
import type { Text } from "../../../platform/language.ts";
import { namesOf } from "../../state/describe.ts";
import { absentRows, countAsked } from "../../../sync/conclusion/absent-rows.ts";
import { acceptRun, heldRuns, rejectRun, type HeldRun } from "../../../sync/conclusion/review.ts";
import { refusal } from "../../../platform/http/problem.ts";
import type { PageContext } from "../context.ts";
import { idIn, runIdIn } from "../ids.ts";
import { decisionForm, forOperator, orRefused, refusedScreen, storeOf } from "../forms.ts";
import { wordsIn } from "../words.ts";
import { html } from "../html.ts";
import type { Route, Screen, Visit } from "../route.ts";
import { facts, scrolled } from "../table.ts";

const TEXTS = {
  nav: { en: "Deletions", fr: "Suppressions" },
  title: { en: "Deletions waiting", fr: "Suppressions en attente" },
  none: { en: "No deletion waits for a decision.", fr: "Aucune suppression n'attend de décision." },
  intro: {
    en: "These runs read their list in full and did not see rows that the mirror holds: too many to mark them as deleted without a decision.",
    fr: "Ces synchronisations ont lu toute leur liste sans voir des lignes que contient la copie locale : trop pour les marquer supprimées sans décision.",
  },
  run: { en: "Run", fr: "Synchronisation" },
  started: { en: "Started", fr: "Commencée" },
  absent: { en: "Rows absent", fr: "Lignes absentes" },
  known: { en: "Of", fr: "Sur" },
  share: { en: "Share", fr: "Part" },
  one: { en: "Deletions of run {run}", fr: "Suppressions de la synchronisation {run}" },
  asked: { en: "Requested one by one so far", fr: "Demandées une à une jusqu'ici" },
  afterwards: {
    en: "If you accept, each row is requested by its id where the API allows it, and marked as deleted only if it is gone. If you reject, all rows are kept.",
    fr: "Si vous acceptez, chaque ligne est demandée par son identifiant là où l'API le permet, et n'est marquée supprimée que si elle n'existe plus. Si vous refusez, toutes les lignes sont gardées.",
  },
  rows: { en: "Absent rows, newest first", fr: "Lignes absentes, les plus récentes d'abord" },
  id: { en: "Id", fr: "Identifiant" },
  created: { en: "Created", fr: "Créée" },
  more: { en: "Older rows", fr: "Lignes plus anciennes" },
  type: {
    en: "To confirm, type the number of absent rows: {absent}",
    fr: "Pour confirmer, tapez le nombre de lignes absentes : {absent}",
  },
  accept: { en: "Accept the deletions", fr: "Accepter les suppressions" },
  reject: { en: "Keep all rows", fr: "Garder toutes les lignes" },
  mistyped: {
    en: "The number that you typed is not the number of absent rows.",
    fr: "Le nombre tapé n'est pas le nombre de lignes absentes.",
  },
  gone: {
    en: "This run no longer waits for a decision: somebody has decided, or a later run has ended.",
    fr: "Cette synchronisation n'attend plus de décision : quelqu'un a décidé, ou une synchronisation plus récente s'est terminée.",
  },
  accepted: {
    en: "Run {run} continues: a worker requests its absent rows within half a minute.",
    fr: "La synchronisation {run} continue : un processus demande ses lignes absentes d'ici une demi-minute.",
  },
  rejected: {
    en: "Run {run} has ended: all its rows are kept.",
    fr: "La synchronisation {run} est terminée : toutes ses lignes sont gardées.",
  },
} as const satisfies Readonly<Record<string, Text>>;

const PATH = "/ops/deletions";
const ROWS = 100;
const REFUSED = ["no_such_review", "review_changed", "run_going"];

export const deletionRoutes: readonly Route[] = [
  { method: "GET", path: PATH, role: "viewer", nav: TEXTS.nav, handle: list },
  { method: "GET", path: `${PATH}/:run`, role: "viewer", handle: one },
  { method: "POST", path: `${PATH}/:run/accept`, role: "operator", handle: decide("accepted", acceptRun) },
  { method: "POST", path: `${PATH}/:run/reject`, role: "operator", handle: decide("rejected", rejectRun) },
];

async function list({ database, config }: PageContext, { language, times, query }: Visit): Promise<Screen> {
  const t = wordsIn(TEXTS, language);
  const runs = await heldRuns(database, config.account);
  const [done, number] = [query.get("done"), runIdIn(query.get("run"))];
  const notice =
    number !== null && (done === "accepted" || done === "rejected")
      ? html`<p class="notice" role="status">${t(done, { run: number })}</p>`
      : "";
  const table = scrolled(t("title"), runs, [
    [t("run"), ({ run }) => html`<a href="${PATH}/${run}">${run}</a>`],
    [t("resource"), ({ resource }) => namesOf([resource], language)],
    [t("started"), ({ startedAt }) => times.at(new Date(startedAt))],
    [t("absent"), ({ absent }) => times.number(absent), "number"],
    [t("known"), ({ known }) => times.number(known), "number"],
    [t("share"), (run) => shareOf(run, language), "number"],
  ]);
  return {
    title: t("title"),
    main: html`${notice}${
      runs.length === 0
        ? html`<p>${t("none")}</p>`
        : html`<p>${t("intro")}</p>
            ${table}`
    }`,
  };
}

async function one(context: PageContext, visit: Visit): Promise<Screen> {
  const { database, config } = context;
  const { language, times, query } = visit;
  const t = wordsIn(TEXTS, language);
  const run = await held(context, visit);
  if (run === null) return refusedScreen(language, t("gone"), PATH);
  const page = { run: run.run, resource: run.resource, below: idIn(query.get("below")), limit: ROWS };
  const [rows, asked] = await Promise.all([absentRows(database, config.account, page), countAsked(database, run.run)]);
  const last = rows.at(-1);
  const form = (what: "accept" | "reject") =>
    decisionForm({
      action: `${PATH}/${run.run}/${what}`,
      language,
      button: t(what),
      isDanger: what === "accept",
      shown: { absent: run.absent },
      fields: html`<p>
        <label for="typed-${what}">${t("type", { absent: run.absent })}</label><br />
        <input id="typed-${what}" name="typed" inputmode="numeric" autocomplete="off" required />
      </p>`,
    });
  return {
    title: t("one", { run: run.run }),
    main: html`${facts([
        [t("resource"), namesOf([run.resource], language)],
        [t("started"), times.at(new Date(run.startedAt))],
        [t("absent"), `${times.number(run.absent)} / ${times.number(run.known)} (${shareOf(run, language)})`],
        [t("asked"), times.number(asked)],
      ])}
      <p>${t("afterwards")}</p>
      ${forOperator(visit, () => html`${form("accept")}${form("reject")}`)}
      <h2>${t("rows")}</h2>
      ${scrolled(t("rows"), rows, [
        [t("id"), ({ id }) => id],
        [t("campaign"), ({ campaignId }) => campaignId ?? "–"],
        [t("created"), ({ createdAt }) => times.at(createdAt)],
      ])}
      ${rows.length === ROWS && last !== undefined && html`<p><a href="${PATH}/${run.run}?below=${last.id}">${t("more")}</a></p>`}`,
  };
}

/** The run of the path; null: it does not wait for a decision any more. Throws 404 for one that there never was. */
async function held({ database, config: { account } }: PageContext, { params }: Visit): Promise<HeldRun | null> {
  const id = runIdIn(params["run"]);
  const found = (await heldRuns(database, account)).find(({ run }) => run === id);
  if (found !== undefined) return found;
  const known = id === null ? null : await database.syncRun.findFirst({ where: { id, account }, select: { id: true } });
  if (known === null) throw refusal(404, "run_unknown", "There is no run of this number.");
  return null;
}

function decide(done: "accepted" | "rejected", store: typeof acceptRun): Route["handle"] {
  return async (context, visit) => {
    const { language, form } = visit;
    const t = wordsIn(TEXTS, language);
    const run = await held(context, visit);
    if (run === null) return refusedScreen(language, t("gone"), PATH);
    const back = `${PATH}/${run.run}`;
    const absent = digitsOf(form.get("absent"));
    if (absent === null || digitsOf(form.get("typed")) !== absent) return refusedScreen(language, t("mistyped"), back);
    return orRefused(visit, back, REFUSED, async () => {
      await store({ ...storeOf(context, visit), absent }, run.run);
      return { location: `${PATH}?done=${done}&run=${run.run}` };
    });
  };
}

/** A number as a person types it, with or without separators. */
function digitsOf(text: string | null): number | null {
  const digits = (text ?? "").replaceAll(/[\s.,'’]/g, "");
  return /^\d{1,10}$/.test(digits) ? Number(digits) : null;
}

function shareOf({ absent, known }: HeldRun, language: Visit["language"]): string {
  const share = known === 0 ? 0 : absent / known;
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(share);
}
