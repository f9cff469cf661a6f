/** The audit: decisions, changed settings, runs and pauses on one line of time. */
import { decisionWord } from "../../../database/audit.ts";
import type { Language, Text } from "../../../platform/language.ts";
import { inLanguage } from "../../../outbox/import/sentences.ts";
import { heldReasonIn } from "../../../outbox/restore/decision.ts";
import { namesOf } from "../../state/describe.ts";
import { detailsOf, sourceOf, subjectOf } from "../audit-details.ts";
import { auditEvents, EVENT_KINDS, type AuditEvent, type Below } from "../audit-events.ts";
import type { PageContext } from "../context.ts";
import { labelsIn } from "../labels.ts";
import { RUN_KINDS, stageOf } from "../run-words.ts";
import { wordsIn } from "../words.ts";
import { foreign, html, type Value } from "../html.ts";
import type { Route, Screen, Visit } from "../route.ts";
import { scrolled } from "../table.ts";
import { IMPORTS_PATH } from "./imports.ts";

const TEXTS = {
  title: { en: "Audit", fr: "Journal" },
  intro: {
    en: "Who decided what, from where and why; the runs; the last pause of the requests and of the imports.",
    fr: "Qui a décidé quoi, d'où et pourquoi ; les synchronisations ; la dernière pause des requêtes et des imports.",
  },
  none: { en: "Nothing has happened yet.", fr: "Rien ne s'est encore passé." },
  at: { en: "When", fr: "Quand" },
  what: { en: "What", fr: "Quoi" },
  about: { en: "About", fr: "Sujet" },
  who: { en: "Who, from where", fr: "Qui, d'où" },
  details: { en: "Details", fr: "Détails" },
  older: { en: "Older", fr: "Plus ancien" },
  run: { en: "Run of {resource}, {kind}: {state}", fr: "Synchronisation ({resource}, {kind}) : {state}" },
  api_pause: { en: "Requests paused after a refusal of the API", fr: "Requêtes suspendues après un refus de l'API" },
  import_pause: { en: "Imports paused after unknown outcomes", fr: "Imports suspendus après des résultats inconnus" },
} as const satisfies Readonly<Record<string, Text>>;

const PATH = "/ops/audit";
const SHOWN = 50;
const LONGEST_LIST = 5;

export const auditRoutes: readonly Route[] = [
  { method: "GET", path: PATH, role: "viewer", nav: TEXTS.title, handle: show },
];

async function show(
  { database, config, labels }: PageContext,
  { language, times, query, person }: Visit,
): Promise<Screen> {
  const t = wordsIn(TEXTS, language);
  const events = await auditEvents(database, config.account, belowIn(query.get("below")), SHOWN);
  const reader = { language, times, labels: labelsIn(await labels(), language) };
  const last = events.at(-1);
  const table = scrolled(t("title"), events, [
    [t("at"), ({ at }) => times.at(at)],
    [t("what"), (event) => whatOf(event, language)],
    [t("about"), (event) => aboutOf(event, language)],
    [t("who"), (event) => whoOf(event, language)],
    // A person may have named somebody.
    [t("why"), (event) => (person.role === "viewer" ? "–" : foreign(whyOf(event, language)))],
    [t("details"), (event) => foreign(detailsOf(event, reader))],
  ]);
  return {
    title: t("title"),
    main: html`<p>${t("intro")}</p>
      ${events.length === 0 ? html`<p>${t("none")}</p>` : table}
      ${
        events.length === SHOWN &&
        last !== undefined &&
        html`<p><a href="${PATH}?below=${last.at.toISOString()}~${last.kind}~${last.id}">${t("older")}</a></p>`
      }`,
  };
}

function whatOf({ kind, what, facts }: AuditEvent, language: Language): string {
  const t = wordsIn(TEXTS, language);
  if (kind === "run") {
    const [resource, run] = [String(facts["resource"]), String(facts["kind"])];
    const words = { resource: namesOf([resource], language), kind: RUN_KINDS[run]?.[language] ?? run };
    return t("run", { ...words, state: stageOf(what)[language] });
  }
  if (kind !== "decision") return t(kind);
  return decisionWord(what, language);
}

function aboutOf({ kind, what, subjects }: AuditEvent, language: Language): Value {
  if (kind === "run" || what.startsWith("deletions_") || what === "sync_started") {
    return subjects.map((run) => html`<a href="/ops/runs/${run}">${run}</a>`);
  }
  if (what.startsWith("import_")) return subjects.map((id) => html`<a href="${IMPORTS_PATH}/${id}">${id}</a> `);
  const named = subjects.slice(0, LONGEST_LIST).map((subject) => subjectOf(subject, language));
  return foreign(named.join(", ") + (subjects.length > LONGEST_LIST ? ", …" : ""));
}

function whoOf(event: AuditEvent, language: Language): Value {
  const { role, name } = event;
  const who = [name, role === "program" ? null : role, sourceOf(event, language)];
  return foreign(who.filter((one) => one !== null).join(", "));
}

/** What a worker gives as its reason is a text of ours. */
function whyOf({ why, source }: AuditEvent, language: Language): string {
  if (why === null) return "–";
  return source === "worker" ? inLanguage(language, heldReasonIn(language, why)) : why;
}

function belowIn(text: string | null): Below | null {
  const [at = "", kind = "", id = ""] = (text ?? "").split("~");
  const isKnown = EVENT_KINDS.some((one) => one === kind) && /^\d{1,18}$/.test(id);
  return isKnown && /^(19|2\d)\d\d-\d\d-\d\dT[\d:.]+Z$/.test(at) && !Number.isNaN(Date.parse(at))
    ? { at: new Date(at), kind, id }
    : null;
}
