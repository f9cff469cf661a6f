/** One import: where it is and why, what comes next, its history, and what an operator can decide about it. */
import type { ImportReport } from "../../../outbox/operations/report.ts";
import { reasonOf } from "../../../outbox/import/reasons.ts";
import type { Language } from "../../../platform/language.ts";
import type { PageContext } from "../context.ts";
import { forOperator } from "../forms.ts";
import { labelsIn } from "../labels.ts";
import { labelOf } from "../person-labels.ts";
import { wordsIn } from "../words.ts";
import { foreign, html, type Value } from "../html.ts";
import { WORDS, type ImportWords } from "../import-words.ts";
import type { Route, Screen, Visit } from "../route.ts";
import { facts, scrolled } from "../table.ts";
import { importOf, whyOfImport } from "./find-import.ts";
import { ACTIONS, isPossible } from "./import-actions.ts";
import { fileOf, IMPORTS_PATH } from "./imports.ts";

export const importRoutes: readonly Route[] = [
  { method: "GET", path: `${IMPORTS_PATH}/:id`, role: "viewer", handle: show },
];

async function show(context: PageContext, visit: Visit): Promise<Screen> {
  const { language, times, person, query } = visit;
  const t = wordsIn(WORDS, language);
  const one = await importOf(context, visit);
  const labels = labelsIn(await context.labels(), language);
  const isOperator = person.role === "operator";
  const step = ({ state, id, origin }: ImportReport["applicant"]) =>
    id === null ? labels.step(state) : `${labels.step(state)}: ${id} (${labels.origin(origin)})`;
  const history = scrolled(t("history"), one.events, [
    [t("changed"), ({ at }) => times.at(new Date(at))],
    [t("step"), (event) => labels.step(event.step)],
    [
      t("state"),
      ({ from, to }) => [from, to].flatMap((state) => (state === null ? [] : labels.step(state))).join(" → "),
    ],
    [
      t("why"),
      ({ reasonCode, reason, french }) => {
        const why = isOperator ? (language === "fr" ? french : reason) : reasonOf(reasonCode)?.text[language];
        return foreign(why ?? reasonCode ?? "–");
      },
    ],
  ]);
  return {
    title: t("one", { id: one.id }),
    main: html`${query.get("done") !== null && html`<p class="notice" role="status">${t("done")}</p>`}
      ${facts([
        [t("state"), labels.of("import_state", one.dismissedAt === null ? one.state : "dismissed")],
        [t("why"), foreign(whyOfImport(one, visit) ?? "–")],
        [t("next"), foreign(language === "fr" ? one.french.next : one.next)],
        [t("source"), html`${foreign(one.source)} (${labels.of("intake", one.intake)})`],
        [t("campaign"), one.campaignId ?? "–"],
        [t("applicant"), step(one.applicant)],
        [t("application"), one.application === null ? "–" : step(one.application)],
        [t("email"), one.emailExpected === null ? "–" : t(one.emailExpected ? "mailed" : "unmailed")],
        [t("requests"), times.number(one.attempts)],
        [t("submitted"), times.at(new Date(one.createdAt))],
        [t("changed"), times.at(new Date(one.updatedAt))],
        ...(isOperator ? personal(one, t, language) : []),
      ])}
      <h2>${t("decide")}</h2>
      ${forOperator(
        visit,
        () =>
          html`<ul>
            ${ACTIONS.filter((action) => isPossible(action, one)).map(
              (action) => html`<li><a href="${IMPORTS_PATH}/${one.id}/${action}">${t(action)}</a></li>`,
            )}
          </ul>`,
      )}
      <h2>${t("history")}</h2>
      ${history}`,
  };
}

function personal(one: ImportReport, t: ImportWords, language: Language): readonly (readonly [string, Value])[] {
  const fields = Object.entries(one.person).filter(([, value]) => value !== null && value !== false);
  return [
    [t("key"), foreign(one.key ?? "–")],
    [t("file"), fileOf(one, t)],
    ...fields.map(([name, value]): readonly [string, Value] => [
      t("ofPerson", { field: labelOf(name, language) }),
      value === true ? t("yes") : foreign(String(value)),
    ]),
  ];
}
