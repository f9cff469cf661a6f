/** One run: its proof, its counts, its requests, its pages, its error. */
import { refusal } from "../../../platform/http/problem.ts";
import type { Text } from "../../../platform/language.ts";
import { namesOf } from "../../state/describe.ts";
import { reportRuns } from "../../../sync/runs/report.ts";
import type { PageContext } from "../context.ts";
import { runIdIn } from "../ids.ts";
import { foreign, html } from "../html.ts";
import type { Route, Screen, Visit } from "../route.ts";
import { countRequests, requestsOf } from "./run-requests.ts";
import { pagesOf } from "./run-pages.ts";
import { RUN_KINDS, stageMark, TRIGGERS } from "../run-words.ts";
import { facts } from "../table.ts";
import { wordsIn } from "../words.ts";

const TEXTS = {
  title: { en: "Run {run}: {resource}", fr: "Synchronisation {run} : {resource}" },
  ended: { en: "Ended", fr: "Fin" },
  counts: { en: "Counts", fr: "Décomptes" },
  refused: { en: "{count} without success", fr: "{count} sans succès" },
  total: { en: "Length of the list", fr: "Longueur de la liste" },
  inserted: { en: "New", fr: "Nouvelles" },
  updated: { en: "Changed", fr: "Modifiées" },
  restored: { en: "Back again", fr: "Réapparues" },
  unchanged: { en: "Unchanged", fr: "Inchangées" },
  details: { en: "Completed one by one", fr: "Complétées une à une" },
  proof: { en: "Proof", fr: "Preuve" },
  noProof: { en: "It proved nothing.", fr: "Elle n'a rien prouvé." },
  seen: { en: "Different rows seen", fr: "Lignes différentes vues" },
  leastTotal: { en: "Shortest length of the list", fr: "Longueur minimale de la liste" },
  overlapping: { en: "Pages read again to join them", fr: "Pages relues pour les raccorder" },
  known: { en: "Rows compared with", fr: "Lignes comparées" },
  candidates: { en: "Absent", fr: "Absentes" },
  deleted: { en: "Marked as deleted", fr: "Marquées comme supprimées" },
  refuted: { en: "Found again one by one", fr: "Retrouvées une à une" },
  all: { en: "All runs", fr: "Toutes les synchronisations" },
} as const satisfies Readonly<Record<string, Text>>;

export const runRoutes: readonly Route[] = [{ method: "GET", path: "/ops/runs/:run", role: "viewer", handle: show }];

async function show({ config: { account }, database }: PageContext, visit: Visit): Promise<Screen> {
  const { language, times, params } = visit;
  const t = wordsIn(TEXTS, language);
  const id = runIdIn(params["run"]) ?? 0;
  const row = await database.syncRun.findFirst({ where: { id, account }, select: { id: true } });
  const [run] = row === null ? [] : await reportRuns(database, [id]);
  if (run === undefined) throw refusal(404, "run_unknown", "There is no run of this number.");
  const started = new Date(run.startedAt);
  const finished = run.finishedAt === null ? null : new Date(run.finishedAt);
  const span = { account, run: id, from: started, to: finished ?? new Date() };
  const { requests, failed } = await countRequests(database, span);
  const stage = stageMark(run.state, language);
  const count = (value: number | null | undefined) => (typeof value === "number" ? times.number(value) : "–");
  const { proof, details } = run;
  return {
    title: t("title", { run: id, resource: namesOf([run.resource], language) }),
    refreshes: run.state === "running",
    main: html`
      ${facts([
        [t("state"), run.state === "needs_review" ? html`<a href="/ops/deletions/${id}">${stage}</a>` : stage],
        [t("kind"), RUN_KINDS[run.kind]?.[language] ?? foreign(run.kind)],
        [t("trigger"), TRIGGERS[run.trigger]?.[language] ?? foreign(run.trigger)],
        [t("started"), times.at(started)],
        [t("ended"), times.at(finished)],
        ...(run.error === null ? [] : [[t("error"), foreign(run.error.message)] as const]),
      ])}
      <h2>${t("counts")}</h2>
      ${facts([
        [t("requests"), `${count(requests)}${failed > 0 ? ` (${t("refused", { count: count(failed) })})` : ""}`],
        [t("pages"), count(run.pages)],
        [t("total"), count(run.total)],
        [t("rows"), count(run.rows)],
        [t("inserted"), count(run.inserted)],
        [t("updated"), count(run.updated)],
        [t("restored"), count(run.restored)],
        [t("unchanged"), count(run.unchanged)],
        [t("quarantined"), count(run.quarantined)],
        ...(details === null
          ? []
          : [[t("details"), `${count(details.completed)} / ${count(details.selected)}`] as const]),
      ])}
      <h2>${t("proof")}</h2>
      ${
        proof === null
          ? html`<p>${t("noProof")}</p>`
          : facts(
              (["seen", "leastTotal", "overlapping", "known", "candidates", "deleted", "refuted"] as const).map(
                (name) => [t(name), count(proof[name])] as const,
              ),
            )
      }
      <h2>${t("pages")}</h2>
      ${await pagesOf(database, id, visit)}
      <h2>${t("requests")}</h2>
      ${await requestsOf(database, span, visit)}
      <p><a href="/ops/runs">${t("all")}</a></p>
    `,
  };
}
