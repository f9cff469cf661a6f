/** The decisions about one import. Each is confirmed on a screen of its own, which says whom it may reach. */
import type { Decided } from "../../../outbox/operations/decide-one.ts";
import { holdImport, releaseImport } from "../../../outbox/operations/hold.ts";
import type { ImportReport } from "../../../outbox/operations/report.ts";
import { dismissImport, resolveImport, retryImport, type Resolution } from "../../../outbox/operations/review.ts";
import type { PageContext } from "../context.ts";
import { decisionForm, refusedScreen, storeOf } from "../forms.ts";
import { labelsIn } from "../labels.ts";
import { wordsIn } from "../words.ts";
import { foreign, html, type Fragment } from "../html.ts";
import { WORDS, type ImportWords } from "../import-words.ts";
import type { Redirect, Route, Screen, Visit } from "../route.ts";
import { facts } from "../table.ts";
import { importOf, whyOfImport } from "./find-import.ts";
import { idIn } from "../ids.ts";
import { IMPORTS_PATH } from "./imports.ts";

export const ACTIONS = ["hold", "release", "retry", "resolve", "drop", "dismiss"] as const;
export type Action = (typeof ACTIONS)[number];

/** The states in which an action can do something; what it does is decided by the functions of the commands. */
const STATES: Readonly<Record<Action, readonly string[]>> = {
  hold: ["ready", "held"],
  release: ["held"],
  retry: ["rejected", "unknown"],
  resolve: ["unknown", "needs_review", "ready", "held", "rejected", "done"],
  drop: ["draft", "held", "ready", "unknown", "needs_review"],
  dismiss: ["rejected"],
};
const REACHES: readonly Action[] = ["release", "retry", "resolve"];

export function isPossible(action: Action, { state }: Pick<ImportReport, "state">): boolean {
  return STATES[action].includes(state);
}

export const importActionRoutes: readonly Route[] = ACTIONS.flatMap((action): readonly Route[] => {
  const path = `${IMPORTS_PATH}/:id/${action}`;
  return [
    { method: "GET", path, role: "operator", handle: (context, visit) => confirm(context, visit, action) },
    { method: "POST", path, role: "operator", handle: (context, visit) => decide(context, visit, action) },
  ];
});

/** Tells what was shown from what is there now. */
const seenOf = ({ state, reasonCode, attempts, dismissedAt }: ImportReport): string =>
  [state, reasonCode, attempts, dismissedAt].join(" ");

async function confirm(context: PageContext, visit: Visit, action: Action): Promise<Screen> {
  const { language } = visit;
  const t = wordsIn(WORDS, language);
  const one = await importOf(context, visit);
  const labels = labelsIn(await context.labels(), language);
  const isReaching = REACHES.includes(action);
  const form = decisionForm({
    action: `${IMPORTS_PATH}/${one.id}/${action}`,
    language,
    button: t(action),
    isDanger: isReaching || action === "drop",
    shown: { seen: seenOf(one) },
    fields:
      action === "resolve" ? answerFields(t) : action === "release" && one.resume !== null ? resumeField(t) : html``,
  });
  return {
    title: `${t(action)} – ${t("one", { id: one.id })}`,
    main: html`${facts([
        [t("state"), labels.of("import_state", one.state)],
        [t("why"), foreign(whyOfImport(one, visit) ?? "–")],
      ])}
      ${isReaching && html`<p class="notice">${context.config.environment === "production" && html`<strong>${t("production")}</strong> `}${t("reaches")}</p>`}
      ${form}
      <p><a href="${IMPORTS_PATH}/${one.id}">${t("cancel")}</a></p>`,
  };
}

function resumeField(t: ImportWords): Fragment {
  return html`<p>
    <label><input type="checkbox" name="withoutResume" value="yes" /> ${t("withoutResume")}</label>
  </p>`;
}

function answerFields(t: ImportWords): Fragment {
  const answer = (value: string, text: string) =>
    html`<p>
      <label><input type="radio" name="answer" value="${value}" required /> ${text}</label>
    </p>`;
  return html`<fieldset>
    <legend>${t("found")}</legend>
    ${answer("applicant", t("foundApplicant"))} ${answer("application", t("foundApplication"))}
    <p>
      <label for="found">${t("foundId")}</label>
      <input id="found" name="found" inputmode="numeric" autocomplete="off" />
    </p>
    <p>
      <label><input type="checkbox" name="unchecked" value="yes" /> ${t("unchecked")}</label>
    </p>
    ${answer("absent", t("absent"))} ${answer("review", t("review"))}
  </fieldset>`;
}

async function decide(context: PageContext, visit: Visit, action: Action): Promise<Screen | Redirect> {
  const { language, form } = visit;
  const t = wordsIn(WORDS, language);
  const one = await importOf(context, visit);
  const back = `${IMPORTS_PATH}/${one.id}`;
  if (form.get("seen") !== seenOf(one)) return refusedScreen(language, t("stale"), back);
  const resolution = action === "resolve" ? resolutionIn(form) : null;
  if (action === "resolve" && resolution === null) return refusedScreen(language, t("noAnswer"), `${back}/resolve`);
  const { isDone, message, french } = await act(context, visit, action, BigInt(one.id), resolution);
  if (isDone) return { location: `${back}?done=${action}` };
  return refusedScreen(language, `${t("one", { id: one.id })}: ${language === "fr" ? french : message}.`, back);
}

function act(
  context: PageContext,
  visit: Visit,
  action: Action,
  id: bigint,
  resolution: Resolution | null,
): Promise<Decided> {
  const store = storeOf(context, visit);
  const { form } = visit;
  if (action === "hold") return holdImport(store, id);
  if (action === "release") return releaseImport(store, id, form.get("withoutResume") === "yes");
  if (action === "retry") return retryImport({ ...store, enqueue: context.enqueue }, id);
  if (action === "dismiss") return dismissImport(store, id);
  if (resolution === null) return resolveImport(store, id, { is: "drop" });
  return context.resolve(store.by, id, resolution, form.get("unchecked") === "yes");
}

function resolutionIn(form: URLSearchParams): Resolution | null {
  const [answer, id] = [form.get("answer"), idIn(form.get("found"))];
  if (answer === "absent" || answer === "review") return { is: answer };
  if ((answer === "applicant" || answer === "application") && id !== null) return { is: answer, id };
  return null;
}
