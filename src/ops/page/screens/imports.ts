/** Imports: the newest that match a filter, by pages. Of what was submitted, an operator sees the key and the file, a viewer neither. */
import { join, sql } from "../../../database/client.ts";
import { reasonOf } from "../../../outbox/import/reasons.ts";
import { conditionOf, LISTED_STATES, type ImportFilter } from "../../../outbox/operations/filter.ts";
import { listImports } from "../../../outbox/operations/list.ts";
import type { ImportReport } from "../../../outbox/operations/report.ts";
import { plain } from "../../../platform/text.ts";
import type { PageContext } from "../context.ts";
import { idIn, shortIn } from "../ids.ts";
import { labelsIn, type Labels } from "../labels.ts";
import { wordsIn } from "../words.ts";
import { foreign, html, type Fragment, type Value } from "../html.ts";
import { WORDS, type ImportWords } from "../import-words.ts";
import { manyImportsLinks } from "../many-imports-words.ts";
import type { Route, Screen, Visit } from "../route.ts";
import { scrolled } from "../table.ts";

export const IMPORTS_PATH = "/ops/imports";
const SHOWN = 50;
const TEXT_FIELDS = ["source", "file", "key", "campaign"] as const;

export const importsRoutes: readonly Route[] = [
  { method: "GET", path: IMPORTS_PATH, role: "viewer", nav: WORDS.nav, handle: list },
];

async function list({ database, config, state, labels: readLabels }: PageContext, visit: Visit): Promise<Screen> {
  const { language, times, query, person } = visit;
  const t = wordsIn(WORDS, language);
  const labels = labelsIn(await readLabels(), language);
  const isOperator = person.role === "operator";
  const filter = filterOf(query, isOperator);
  const condition = await conditionOf(database, config.account, filter);
  const below = idIn(query.get("below"));
  const page = below === null ? condition : join([condition, sql`i.id < ${below}`], " and ");
  const [rows, { imports }] = await Promise.all([listImports(database, page, SHOWN), state.read()]);
  const last = rows.at(-1);
  const table = scrolled(t("nav"), rows, [
    [t("import"), ({ id }) => html`<a href="${IMPORTS_PATH}/${id}">${id}</a>`],
    [t("state"), (row) => labels.of("import_state", row.state)],
    [t("reason"), ({ reasonCode }) => foreign(reasonCode === null ? "–" : labels.of("reason", reasonCode))],
    isOperator && [t("key"), ({ key }) => foreign(key ?? "–")],
    isOperator && [t("file"), (row) => fileOf(row, t)],
    [t("source"), ({ source }) => foreign(source)],
    [t("campaign"), ({ campaignId }) => campaignId ?? "–"],
    [t("submitted"), ({ createdAt }) => times.at(new Date(createdAt))],
    [t("changed"), ({ updatedAt }) => times.at(new Date(updatedAt))],
  ]);
  const { gate } = imports;
  // The reason of the kill switch is what a person typed.
  const isTyped = gate.code === "kill_switch" && !isOperator;
  const why = isTyped ? t("switchIsOn") : language === "fr" ? gate.french : gate.reason;
  return {
    title: t("nav"),
    main: html`<p>${t("forPerson", { count: times.number(imports.forPerson) })}</p>
      ${!gate.open && html`<p class="amber">${t("closed", { why: "" })}${foreign(why)}</p>`}
      <p><a href="/ops/kill-switch">${t("killSwitch")}</a></p>
      ${filterForm(visit, labels, isOperator)}
      ${isOperator && manyImportsLinks(language, shortIn(query.get("source")), idIn(query.get("campaign")))}
      ${rows.length === 0 ? html`<p>${t("none")}</p>` : table}
      ${rows.length === SHOWN && last !== undefined && html`<p><a href="${olderOf(query, last.id)}">${t("older")}</a></p>`}
      <p class="soft">${t("person")}</p>`,
  };
}

export function fileOf({ file, line }: Pick<ImportReport, "file" | "line">, t: ImportWords): Value {
  return file === null ? "–" : html`${foreign(file)}, ${t("line", { line: line ?? 0 })}`;
}

function filterForm({ query, language }: Visit, labels: Labels, isOperator: boolean): Fragment {
  const t = wordsIn(WORDS, language);
  const texts = TEXT_FIELDS.filter((name) => isOperator || (name !== "key" && name !== "file"));
  const choice = (name: "state" | "reason", kind: string) =>
    html` <label for="${name}">${t(name)}</label>
      <select id="${name}" name="${name}">
        <option value="">${t("any")}</option>
        ${labels.all(kind).map(({ code, label }) => html`<option value="${code}" ${query.get(name) === code ? html` selected` : ""}>${label}</option>`)}
      </select>`;
  return html`<form method="get" action="${IMPORTS_PATH}">
    <p>
      ${choice("state", "import_state")} ${choice("reason", "reason")}
      ${texts.map(
        (name) =>
          html` <label for="${name}">${t(name)}</label>
            <input id="${name}" name="${name}" value="${plain(shortIn(query.get(name)))}" autocomplete="off" />`,
      )}
      <label for="since">${t("since")}</label>
      <input id="since" name="since" type="date" value="${dayIn(query.get("since")) ?? ""}" />
      <label for="until">${t("until")}</label>
      <input id="until" name="until" type="date" value="${dayIn(query.get("until")) ?? ""}" />
      <button type="submit">${t("filter")}</button>
      <a href="${IMPORTS_PATH}">${t("clear")}</a>
    </p>
  </form>`;
}

/** What cannot be read filters nothing out but everything: a misspelt reason matches no import. */
function filterOf(query: URLSearchParams, isOperator: boolean): ImportFilter {
  const texts = (name: string) => [shortIn(query.get(name))].filter((text) => text !== "");
  const [since, until] = [dayIn(query.get("since")), dayIn(query.get("until"))];
  return {
    states: LISTED_STATES.filter((one) => one === query.get("state")),
    sources: texts("source"),
    reasons: texts("reason").map((code) => (reasonOf(code) === null ? "none" : code)),
    files: isOperator ? texts("file") : [],
    keys: isOperator ? texts("key") : [],
    campaigns: texts("campaign").map((text) => idIn(text) ?? 0n),
    since: since === null ? null : new Date(`${since}T00:00:00`),
    until: until === null ? null : dayAfter(until),
  };
}

/** In the time zone of the process, which is TIMEZONE. */
function dayAfter(day: string): Date {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + 1);
  return date;
}

function dayIn(text: string | null): string | null {
  return text !== null && /^(19|2\d)\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}

function olderOf(query: URLSearchParams, below: string): string {
  const kept = [...query].filter(([name, value]) => name !== "below" && value !== "");
  return `${IMPORTS_PATH}?${new URLSearchParams([...kept, ["below", below]]).toString()}`;
}
